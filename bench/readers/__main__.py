"""`python -m bench.readers FOLDER`: ten real people learnt and judged by strong readers, beside counting and the longer answer.

    python -m bench.readers FOLDER --answers answers.jsonl                  # what was read, as a table; asks nobody
    python -m bench.readers FOLDER --answers answers.jsonl --queue WORK     # writes prompts into WORK/queue/ROLE, waits for WORK/answers

FOLDER has the preference files of the people (people.py). A role is one reader: `learn` sees choices, `votes` sees none, each arm has its
own, and `separates` says which of two answers a trait speaks for. About 3 prompts a person to learn, 3 to vote, one a decision and arm.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.choices.chosen_lengths import chosen_lengths
from app.domain.choices.preference import PreferencePair
from app.domain.errors import ModelUnavailable
from app.domain.personas.persona import Persona, Trait
from app.domain.prompt_targets import prompt_of
from app.domain.texts.request_kinds import kind_of
from app.domain.texts.scopes import applies
from app.induction.counting.counted_model import fit_counted, longer_log_odds
from app.induction.counting.prior import shipped_prior
from app.induction.judging.evaluation import judge_once
from app.induction.judging.judge import PLAIN, Condition
from app.induction.proof.resampling import Observation
from app.induction.proof.statistics import Mean, share
from app.induction.run import Run
from app.induction.traits.ballots import Statement, cast_votes
from app.induction.traits.learning import guide_of, learn_traits
from bench.readers.people import PEOPLE, SEED, Person, people_in
from bench.readers.port import Reader, Readers, kept

ASKED = ("plain", "traits", "prompt")
_ALIKE = 0.2


@dataclass(frozen=True)
class Judged:
    """One person: what was learnt, and by way of guessing the log-odds of each tested choice; None where nobody has read it."""

    person: Person
    traits: tuple[Trait, ...]
    log_odds: Mapping[str, Sequence[float | None]]
    separated: Sequence[float | None]
    """What the traits that speak of a choice say of it, by their weights; 0 where none does, None where nobody has voted."""


async def judged(person: Person, readers: Readers) -> Judged | None:
    """Learns one person and asks every arm about the unseen decisions; None where nobody has read what there is to learn."""
    try:
        learnt = await learn_traits(_run(readers.role("learn", "votes")), person.train, quick=True, write=False)
    except ModelUnavailable:
        return None
    persona = learnt.persona
    counted = fit_counted(person.train, shipped_prior())
    found: dict[str, Sequence[float | None]] = {
        "counted": [counted.log_odds(pair) for pair in person.tests],
        "longer": [longer_log_odds(pair) for pair in person.tests],
    }
    for arm in ASKED:
        asked = [(pair, _told(arm, persona, person)) for pair in person.tests]
        found[arm] = [one.log_odds for one in await judge_once(_run(readers.role(arm)), asked, "both_orders", None)]
    traits = persona.traits if persona else ()
    return Judged(person, traits, found, await _separated(traits, person.tests, readers))


def _run(reader: Reader) -> Run:
    return Run(reader, SEED, lambda _: None, describe=lambda _: {})


def _told(arm: str, persona: Persona | None, person: Person) -> Condition:
    if arm == "plain" or persona is None:
        return PLAIN
    if arm == "traits":
        return Condition("persona", guide_of(persona))
    prompt = prompt_of(persona, "", chosen_lengths(person.train))
    return Condition("prompt", prompt, lead="guide_prompt") if prompt else PLAIN


async def _separated(traits: Sequence[Trait], tests: Sequence[PreferencePair], readers: Readers) -> list[float | None]:
    """By the weights of the traits that hold for a question's kind of request; a trait's sentence names its kind itself."""
    votes = await cast_votes(_run(readers.role("separates")), [Statement(trait.text) for trait in traits], tests)
    return [
        _said(traits, votes.by_pair[pair.pair_id], kind_of(pair.context)) if pair.pair_id in votes.by_pair else None
        for pair in tests
    ]


def _said(traits: Sequence[Trait], votes: Sequence[int], kind: str) -> float:
    cast = zip(traits, votes, strict=True)
    return sum(trait.weight * vote for trait, vote in cast if applies(trait.when, kind))


def table(people: Sequence[Judged]) -> Iterator[str]:
    """Every way of guessing: over all decisions, over those whose answers differ by less than a fifth in length, and over those that a
    trait separates."""
    yield "| way | right | answers alike in length | a trait separates |"
    yield "|---|---|---|---|"
    for way in (*ASKED, "counted", "longer"):
        cells = [_right(people, way, which) for which in ("all", "alike", "separated")]
        yield f"| {way} | {' | '.join(cells)} |"
    said = [each for one in people for each in one.separated]
    known = [each for each in said if each is not None]
    yield ""
    if len(known) < len(said):
        yield f"Whether a trait separates the answers nobody has read of {len(said) - len(known)} of {len(said)} questions."
    else:
        right = [each > 0 for each in known if each]
        yield f"A trait separates {len(right)} of {len(said)} questions, and what the traits say there is right in {sum(right)}."


def _right(people: Sequence[Judged], way: str, which: str) -> str:
    rows = [
        (one.person.user, pair, odds)
        for one in people
        for pair, odds, said in zip(one.person.tests, one.log_odds[way], one.separated, strict=True)
        if which == "all" or (said != 0 if which == "separated" else _are_alike(pair))
    ]
    unread = sum(odds is None for _, _, odds in rows)
    if which == "separated" and any(said is None for one in people for said in one.separated):
        return "not read"
    if unread or not rows:
        return f"{unread} of {len(rows)} not read"  # the others are no sample: an empty prompt is asked as the plain judge is
    observed = [Observation(user, pair.conversation_id, pair.pair_id, _hit(odds)) for user, pair, odds in rows]
    return _written(share(observed, SEED))


def _hit(odds: float | None) -> float:
    return 0.5 if not odds else float(odds > 0)


def _are_alike(pair: PreferencePair) -> bool:
    sizes = sorted((len(pair.chosen.text), len(pair.rejected.text)))
    return sizes[0] > (1 - _ALIKE) * sizes[1]


def _written(mean: Mean) -> str:
    return f"{100 * mean.value:.1f} % [{100 * mean.low:.0f}, {100 * mean.high:.0f}] of {mean.n}"


async def _all(people: Sequence[Person], readers: Readers) -> list[Judged]:
    found = await asyncio.gather(*(judged(person, readers) for person in people))
    for person, one in zip(people, found, strict=True):
        if one is None:
            print(f"{person.user}: nobody has read what there is to learn")
    return [one for one in found if one is not None]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the preference files are")
    parser.add_argument("--answers", type=Path, required=True, help="the file of what was read, a line each")
    parser.add_argument("--queue", type=Path, help="where prompts that nobody has answered are put and waited for")
    options = parser.parse_args()
    for name in PEOPLE:
        if not (options.folder / f"{name}.jsonl").is_file():
            parser.error(f"{options.folder} has no {name}.jsonl, where some of the people are")
    readers = Readers(kept(options.answers), options.queue, options.answers)
    people = asyncio.run(_all(list(people_in(options.folder)), readers))
    for one in people:
        print(f"{one.person.user}: {len(one.person.train)} choices learnt, {len(one.person.tests)} decisions tested")
        for trait in one.traits:
            print(
                f"  {trait.text} ({len(trait.supporting)} for, {len(trait.opposing)} against, weight {trait.weight:.2f})"
            )
    if people:
        print("\n".join(table(people)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

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
from app.domain.personas.persona import Persona, Trait
from app.domain.prompt_targets import prompt_of
from app.induction.counting.counted_model import fit_counted, longer_log_odds
from app.induction.counting.prior import shipped_prior
from app.induction.judging.evaluation import judge_once
from app.induction.judging.judge import PLAIN, Condition
from app.induction.proof.resampling import Observation
from app.induction.proof.statistics import Mean, share
from app.induction.run import Run
from app.induction.traits.ballots import Statement, cast_votes
from app.induction.traits.learning import guide_for, learn_traits
from bench.readers.people import SEED, Person, people_in
from bench.readers.port import Reader, Readers, kept

ASKED = ("plain", "traits", "prompt")
_ALIKE = 0.2


@dataclass(frozen=True)
class Judged:
    """One person: what was learnt, and by way of guessing the log-odds of each tested choice; None where nobody has read it."""

    person: Person
    traits: tuple[Trait, ...]
    log_odds: Mapping[str, Sequence[float | None]]
    separated: Sequence[float]
    """What the traits that speak of a choice say of it, by their weights; 0 where none does."""


async def judged(person: Person, readers: Readers) -> Judged:
    """Learns one person and asks every arm about the unseen decisions."""
    run = _run(readers.role("learn", "votes"))
    learnt = await learn_traits(run, person.train, quick=True, write=False)
    persona, prior = learnt.persona, shipped_prior()
    counted = fit_counted(person.train, prior)
    found: dict[str, Sequence[float | None]] = {
        "counted": [counted.log_odds(pair) for pair in person.tests],
        "longer": [longer_log_odds(pair) for pair in person.tests],
    }
    for arm in ASKED:
        asked = [(pair, _told(arm, persona, person, pair)) for pair in person.tests]
        found[arm] = [one.log_odds for one in await judge_once(_run(readers.role(arm)), asked, "both_orders", None)]
    traits = persona.traits if persona else ()
    return Judged(person, traits, found, await _separated(traits, person.tests, readers))


def _run(reader: Reader) -> Run:
    return Run(reader, SEED, lambda _: None, describe=lambda _: {})


def _told(arm: str, persona: Persona | None, person: Person, pair: PreferencePair) -> Condition:
    if arm == "plain" or persona is None:
        return PLAIN
    if arm == "traits":
        return Condition("persona", guide_for(persona, pair))
    prompt = prompt_of(persona, "", chosen_lengths(person.train))
    return Condition("prompt", prompt, lead="guide_prompt") if prompt else PLAIN


async def _separated(traits: Sequence[Trait], tests: Sequence[PreferencePair], readers: Readers) -> list[float]:
    statements = [Statement(trait.text, when=trait.when) for trait in traits]
    votes = await cast_votes(_run(readers.role("separates")), statements, tests)
    cast = [votes.by_pair.get(pair.pair_id, ()) for pair in tests]
    return [sum(trait.weight * vote for trait, vote in zip(traits, its, strict=False)) for its in cast]


def table(people: Sequence[Judged]) -> Iterator[str]:
    """Every way of guessing: over all decisions, over those whose answers differ by less than a fifth in length, and over those that a
    trait separates."""
    yield "| way | right | answers alike in length | a trait separates |"
    yield "|---|---|---|---|"
    for way in (*ASKED, "counted", "longer"):
        cells = [_right(people, way, which) for which in ("all", "alike", "separated")]
        yield f"| {way} | {' | '.join(cells)} |"
    parted = [each != 0 for one in people for each in one.separated]
    right = [each > 0 for one in people for each in one.separated if each]
    yield ""
    yield f"A trait separates {sum(parted)} of {len(parted)} questions, and what the traits say there is right in {sum(right)} of {len(right)}."


def _right(people: Sequence[Judged], way: str, which: str) -> str:
    observed = [
        Observation(one.person.user, pair.conversation_id or pair.pair_id, pair.pair_id, _hit(odds))
        for one in people
        for pair, odds, said in zip(one.person.tests, one.log_odds[way], one.separated, strict=True)
        if odds is not None and (which == "all" or (said != 0 if which == "separated" else _are_alike(pair)))
    ]
    return _written(share(observed, SEED))


def _hit(odds: float) -> float:
    return 0.5 if odds == 0 else float(odds > 0)


def _are_alike(pair: PreferencePair) -> bool:
    sizes = sorted((len(pair.chosen.text), len(pair.rejected.text)))
    return sizes[0] > (1 - _ALIKE) * sizes[1]


def _written(mean: Mean) -> str:
    if not mean.n:
        return "nobody has read any"
    return f"{100 * mean.value:.1f} % [{100 * mean.low:.0f}, {100 * mean.high:.0f}] of {mean.n}"


async def _all(people: Sequence[Person], readers: Readers) -> list[Judged]:
    return list(await asyncio.gather(*(judged(person, readers) for person in people)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the preference files are")
    parser.add_argument("--answers", type=Path, required=True, help="the file of what was read, a line each")
    parser.add_argument("--queue", type=Path, help="where prompts that nobody has answered are put and waited for")
    options = parser.parse_args()
    readers = Readers(kept(options.answers), options.queue, options.answers)
    people = asyncio.run(_all(list(people_in(options.folder)), readers))
    for one in people:
        print(f"{one.person.user}: {len(one.person.train)} choices learnt, {len(one.person.tests)} decisions tested")
        for trait in one.traits:
            print(
                f"  {trait.text} ({len(trait.supporting)} for, {len(trait.opposing)} against, weight {trait.weight:.2f})"
            )
    print("\n".join(table(people)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

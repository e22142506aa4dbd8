"""Learning people from readers' replies, and asking every arm about the unseen decisions.

A later turn of a conversation shows which answer the earlier one was carried on with, so the prompts of an arm are asked over all people
together, the turns of a conversation in their order and far apart: no prompt gives the label of a later one away. The other order is asked,
of another reader, where the first one leaves it nearly open.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.choices.chosen_lengths import chosen_lengths
from app.domain.choices.preference import PreferencePair
from app.domain.errors import ModelUnavailable
from app.domain.personas.persona import Trait
from app.domain.prompt_targets import prompt_of
from app.induction.counting.counted_model import fit_counted, longer_log_odds
from app.induction.counting.prior import shipped_prior
from app.induction.guessing.stacked_guess import COUNTED, LONGER, TOLD, shipped_guess
from app.induction.guessing.stacked_guess import PLAIN as PLAIN_GUESS
from app.induction.judging.judge import PLAIN, Condition, drawn_first, judging_prompts, read_one_order
from app.induction.run import Run
from app.induction.traits.ballots import Statement, cast_votes
from app.induction.traits.learning import Learnt, guide_of, learn_traits
from bench.readers.examples import for_the_question, of_today
from bench.readers.people import SEED, Person
from bench.readers.port import PROFILE, Reader, Readers

FOR_THE_QUESTION = "examples-asked"
ASKED = ("plain", "traits", "prompt", "examples-today", FOR_THE_QUESTION)
"""Arms that ask readers, each of its own; `traits` and `prompt` show no examples, the last two show some beside the prompt."""
WAYS = (*ASKED[:3], "guess", "counted", "longer", *ASKED[3:])
NEARLY_OPEN = 0.4
"""Log-odds (about 40 to 60 in 100) within which a first order is too near to even to go by alone."""

Cast = Sequence[tuple[int, ...] | None]
"""What each trait says of each of some choices, 1, -1 or 0; None where nobody voted."""


@dataclass(frozen=True)
class Judged:
    """One person: the traits learnt, and by way of guessing the log-odds of each tested choice; None where nobody has read it.

    `votes` has a row a tested choice, by a reader who saw no label.
    """

    person: Person
    traits: tuple[Trait, ...]
    log_odds: Mapping[str, Sequence[float | None]]
    votes: Cast
    half_read: Mapping[str, int] = field(default_factory=dict)
    """By arm: how many nearly open choices nobody has read in the other order; there the first order stands alone."""

    @property
    def separated(self) -> list[float | None]:
        """What the traits say of each tested choice by their weights; 0 where none separates the answers, None where nobody voted."""
        return [
            None if cast is None else sum(trait.weight * vote for trait, vote in zip(self.traits, cast, strict=True))
            for cast in self.votes
        ]


async def judged(people: Sequence[Person], readers: Readers, arms: Sequence[str] = ASKED) -> list[Judged]:
    """Everybody, in order. Where nobody has read what there is to learn, only what needs no persona is known."""
    learnt = asyncio.ensure_future(_all_learnt(people, readers))
    votes = asyncio.ensure_future(_all_voted(people, learnt, readers))
    said = dict(
        zip(arms, await asyncio.gather(*(_asked(arm, people, learnt, votes, readers) for arm in arms)), strict=True)
    )
    return [
        _judged(person, one, cast, {arm: rows[place] for arm, rows in said.items()})
        for place, (person, one, cast) in enumerate(zip(people, await learnt, await votes, strict=True))
    ]


def _judged(person: Person, learnt: Learnt | None, votes: Cast, said: Mapping[str, _Read]) -> Judged:
    counted = fit_counted(person.train, shipped_prior())
    unread: list[float | None] = [None] * len(person.tests)
    ways: dict[str, list[float | None]] = {arm: said[arm].log_odds if arm in said else unread for arm in ASKED}
    ways[COUNTED] = [counted.log_odds(pair) for pair in person.tests]
    ways[LONGER] = [longer_log_odds(pair) for pair in person.tests]
    ways["guess"] = [_guess({way: ways[way][place] for way in ways}) for place in range(len(person.tests))]
    return Judged(person, _traits(learnt), ways, votes, {arm: one.half_read for arm, one in said.items()})


def in_turns(tests: Sequence[tuple[str, PreferencePair]]) -> list[tuple[str, PreferencePair]]:
    """Tested choices with their person, in the order in which they are asked: the turns of a conversation in their order, spread
    evenly over the whole from a place that the seed draws."""
    conversations: dict[tuple[str, str], list[tuple[str, PreferencePair]]] = {}
    for user, pair in sorted(tests, key=lambda one: one[1].seq):
        conversations.setdefault((user, pair.conversation_id), []).append((user, pair))
    placed = [
        ((turn + random.Random(f"{SEED}/{conversation}").random()) / len(turns), one)
        for conversation, turns in conversations.items()
        for turn, one in enumerate(turns)
    ]
    return [one for _, one in sorted(placed, key=lambda each: each[0])]


def run_over(reader: Reader) -> Run:
    return Run(reader, SEED, lambda _: None, describe=lambda _: {})


async def _all_learnt(people: Sequence[Person], readers: Readers) -> list[Learnt | None]:
    return list(await asyncio.gather(*(_learnt(person, readers) for person in people)))


async def _learnt(person: Person, readers: Readers) -> Learnt | None:
    try:
        return await learn_traits(run_over(readers.role("learn", "votes")), person.train, quick=True, write=False)
    except ModelUnavailable:
        return None


async def _all_voted(people: Sequence[Person], learnt: Awaitable[list[Learnt | None]], readers: Readers) -> list[Cast]:
    pairs = zip(await learnt, people, strict=True)
    return list(await asyncio.gather(*(_voted(one, person.tests, readers) for one, person in pairs)))


async def _voted(learnt: Learnt | None, tests: Sequence[PreferencePair], readers: Readers) -> Cast:
    """A trait's sentence names the requests that it holds for, and the reader says where it does not apply."""
    if learnt is None:
        return [None] * len(tests)
    statements = [Statement(trait.text) for trait in _traits(learnt)]
    votes = await cast_votes(run_over(readers.role("separates")), statements, tests)
    return [votes.by_pair.get(pair.pair_id) for pair in tests]


def _traits(learnt: Learnt | None) -> tuple[Trait, ...]:
    return learnt.persona.traits if learnt and learnt.persona else ()


@dataclass(frozen=True)
class _Read:
    """What one arm says of a person's tested choices, and how many nearly open ones were read in one order alone."""

    log_odds: list[float | None]
    half_read: int


async def _asked(
    arm: str,
    people: Sequence[Person],
    learnt: Awaitable[list[Learnt | None]],
    votes: Awaitable[list[Cast]],
    readers: Readers,
) -> list[_Read]:
    """The plain judge waits for nobody, and only examples for the question wait for what a trait says of it."""
    known = [None] * len(people) if arm == PLAIN.name else await learnt
    cast = await votes if arm == FOR_THE_QUESTION else [[None] * len(person.tests) for person in people]
    told = {
        (person.user, pair.pair_id): _told(arm, person, one, pair, said)
        for person, one, row in zip(people, known, cast, strict=True)
        for pair, said in zip(person.tests, row, strict=True)
    }
    turns = in_turns([(person.user, pair) for person in people for pair in person.tests])
    asked = {
        (user, pair.pair_id): (pair, condition)
        for user, pair in turns
        if (condition := told[user, pair.pair_id]) is not None
    }
    first = await _in_one_order(asked, readers.role(arm), again=False)
    nearly_open = {key: asked[key] for key, odds in first.items() if odds is not None and abs(odds) < NEARLY_OPEN}
    second = await _in_one_order(nearly_open, readers.role(f"{arm}-again"), again=True)
    found = []
    for person in people:
        keys = [(person.user, pair.pair_id) for pair in person.tests]
        half_read = sum(key in second and second[key] is None for key in keys)
        found.append(_Read([_both(first.get(key), second.get(key)) for key in keys], half_read))
    return found


def _both(first: float | None, second: float | None) -> float | None:
    """The mean of both orders; the first alone where the other was not asked, or not read."""
    return first if first is None or second is None else (first + second) / 2


async def _in_one_order(
    asked: Mapping[tuple[str, str], tuple[PreferencePair, Condition]], reader: Reader, *, again: bool
) -> dict[tuple[str, str], float | None]:
    """Log-odds of the real choice, the sides drawn by the seed, or the other way round."""
    sides = {key: drawn_first(SEED, pair) is not again for key, (pair, _) in asked.items()}
    prompts = {
        key: judging_prompts(pair, condition, "both_orders", PROFILE)[0 if sides[key] else 1]
        for key, (pair, condition) in asked.items()
    }
    answers = await reader.answer([fitted.prompt for fitted in prompts.values()])
    return {
        key: read_one_order(asked[key][0], PLAIN, "both_orders", fitted, answer, chosen_first=sides[key]).log_odds
        for (key, fitted), answer in zip(prompts.items(), answers, strict=True)
    }


def _told(
    arm: str, person: Person, learnt: Learnt | None, pair: PreferencePair, votes: tuple[int, ...] | None
) -> Condition | None:
    """What an arm's reader is told; None where that is not known yet. Nothing where no trait was found."""
    if arm == "plain":
        return PLAIN
    if learnt is None or (arm == FOR_THE_QUESTION and votes is None):
        return None
    if learnt.persona is None:
        return PLAIN
    if arm == "traits":
        return Condition("persona", guide_of(learnt.persona))
    examples = {
        "prompt": lambda: (),
        "examples-today": lambda: of_today(learnt),
        FOR_THE_QUESTION: lambda: for_the_question(learnt, pair, votes or ()),
    }[arm]()
    prompt = prompt_of(learnt.persona, "", chosen_lengths(person.train))
    return Condition("prompt", prompt, examples, lead="guide_prompt") if prompt or examples else PLAIN


def _guess(said: Mapping[str, float | None]) -> float | None:
    """The one guess; it stands only where both judges were read, for their absence is not what is measured."""
    if said[PLAIN_GUESS] is None or said[TOLD] is None:
        return None
    return shipped_guess().log_odds(said)

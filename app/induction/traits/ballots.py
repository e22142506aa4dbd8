"""Statements and the votes they cast on pairs: for what was chosen, for what was not, or neither.

The model that votes is not told which answer was chosen, so that a vote is evidence and not an echo of the label
(votes on all pairs: Inverse Constitutional AI, Findeis et al., ICLR 2025). Several pairs go into one prompt where the
model is able.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.preference import PreferencePair
from app.domain.request_kinds import CONDITIONS, kind_of
from app.induction.judging.judge import drawn_first
from app.induction.judging.packing import halves, in_packs, least_together
from app.induction.model.fitting import Fitted, Limits, fit, history_turns, show_answer, show_request
from app.induction.model.language_model import Answer, ModelProfile, Prompt, Reply
from app.induction.model.prompts import render
from app.induction.run import Run

_SAID = {"A": 1, "B": -1, "-": 0}
_VOTE_TOKENS, _PAIR_TOKENS, _FRAME_TOKENS = 9, 16, 40
"""Of an answer: each vote, what stands around a pair's votes and around them all, where the JSON is indented."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One leaning on trial. `opposite` is its contrary ("" where none was named); `when` a request kind, or "" for any."""

    text: str
    opposite: str = ""
    when: str = ""

    def applies_to(self, pair: PreferencePair) -> bool:
        return not self.when or kind_of(pair.context) == self.when


@dataclass(frozen=True, slots=True)
class Votes:
    """`by_pair` maps a pair's id to one vote a statement: 1 fits the chosen answer better, -1 the other, 0 neither.

    A pair on which the model gave no usable vote is missing.
    """

    statements: tuple[Statement, ...]
    by_pair: Mapping[str, tuple[int, ...]]

    def rows(self, pairs: Sequence[PreferencePair]) -> list[tuple[int, ...]]:
        """The votes on those of the pairs that have any, in their order."""
        return [self.by_pair[pair.pair_id] for pair in pairs if pair.pair_id in self.by_pair]


def spoken(text: str, when: str) -> str:
    """A trait with its condition in words: `When asked for code, prefers ...`."""
    return f"{CONDITIONS[when]}, {text[:1].lower() + text[1:]}" if when else text


async def cast_votes(
    run: Run,
    statements: Sequence[Statement],
    pairs: Sequence[PreferencePair],
    *,
    closed: int = 0,
) -> Votes:
    """Every statement's vote on every pair, in time order. About one call for `profile.packing` pairs. No prompt shows one of the first `closed` pairs beside a later one, so that what the later ones
    bring changes no vote on them."""
    heard: dict[str, tuple[int, ...]] = {pair.pair_id: () for pair in pairs}
    if statements:
        heard = await _heard(run, statements, pairs, closed)
    by_pair = {
        pair.pair_id: tuple(
            vote if statement.applies_to(pair) else 0
            for vote, statement in zip(heard[pair.pair_id], statements, strict=True)
        )
        for pair in pairs
        if pair.pair_id in heard
    }
    return Votes(tuple(statements), by_pair)


async def _heard(
    run: Run, statements: Sequence[Statement], pairs: Sequence[PreferencePair], closed: int
) -> dict[str, tuple[int, ...]]:
    parts = (pairs[:closed], pairs[closed:])

    def build(pack: Sequence[PreferencePair]) -> Fitted:
        return _prompt(statements, pack, run.profile, run.seed)

    packs = [pack for part in parts for pack in in_packs(part, build, run.profile)]
    answers = await run.ask(
        [build(pack) for pack in packs], "voting", total=len(pairs), counts=[len(pack) for pack in packs]
    )
    run.note_failures(answers, "holding traits against your choices")
    read = [(pack, _read(answer, len(statements), len(pack))) for pack, answer in zip(packs, answers, strict=True)]
    # A list that is too short, too long or cut off may speak of other choices than it seems to: each is asked alone, or
    # in halves where each call pays for thoughts.
    smaller = [
        part
        for (pack, votes), answer in zip(read, answers, strict=True)
        if votes is None and len(pack) > 1 and _came(answer)
        for part in (halves(pack) if least_together(run.profile) > 1 else [[pair] for pair in pack])
    ]
    answers = await run.ask([build(part) for part in smaller])
    read += [(part, _read(answer, len(statements), len(part))) for part, answer in zip(smaller, answers, strict=True)]
    heard: dict[str, tuple[int, ...]] = {}
    for pack, votes in read:
        for pair, said in zip(pack, votes or (), strict=False):
            if said is not None:
                side = 1 if drawn_first(run.seed, pair) else -1
                heard[pair.pair_id] = tuple(side * vote for vote in said)
    lost = len(pairs) - len(heard)
    if lost:
        run.missing.append(
            f"The model gave no usable votes on {lost} of {len(pairs)} choices; these say nothing of a trait."
        )
    return heard


def _prompt(
    statements: Sequence[Statement], pairs: Sequence[PreferencePair], profile: ModelProfile, seed: int
) -> Fitted:
    listed = "\n".join(f"S{number}: {spoken(one.text, one.when)}" for number, one in enumerate(statements, start=1))

    def build(limits: Limits) -> Prompt:
        return Prompt(
            messages=render(
                "vote",
                statements=listed,
                pairs="\n\n".join(_shown(number, pair, seed, limits) for number, pair in enumerate(pairs, start=1)),
            ),
            purpose="vote",
            max_tokens=_FRAME_TOKENS + len(pairs) * (len(statements) * _VOTE_TOKENS + _PAIR_TOKENS),
            schema=_schema(len(statements), len(pairs)),
        )

    history = max(history_turns(pair.context, pair.chosen, pair.rejected) for pair in pairs)
    return fit(build, profile, history=history, tight=True)


def _shown(number: int, pair: PreferencePair, seed: int, limits: Limits) -> str:
    first, second = (pair.chosen, pair.rejected) if drawn_first(seed, pair) else (pair.rejected, pair.chosen)
    request = show_request(pair.context, limits)
    sides = (show_answer("answer_a", first, limits), show_answer("answer_b", second, limits))
    return "\n".join([f"Pair {number}", request, *sides])


def _schema(statements: int, pairs: int) -> str:
    names = [f"S{number}" for number in range(1, statements + 1)]
    votes = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"type": "string", "enum": list(_SAID)} for name in names},
        "required": names,
    }
    listed = {"type": "array", "minItems": pairs, "maxItems": pairs, "items": votes}
    return json.dumps(
        {"type": "object", "additionalProperties": False, "properties": {"pairs": listed}, "required": ["pairs"]}
    )


def _came(answer: Answer) -> bool:
    """Whether a text of the model's own came, usable or not."""
    return isinstance(answer, Reply) or answer.unusable


def _read(answer: Answer, statements: int, pairs: int) -> list[tuple[int, ...] | None] | None:
    """The votes of each pair of a reply as seen from its first answer, None for one whose votes cannot be read; None for
    a reply that does not hold as many as it was shown."""
    if not isinstance(answer, Reply):
        return None
    try:
        found = json.loads(answer.text)["pairs"]
    except (ValueError, TypeError, KeyError):
        return None
    if not isinstance(found, list) or len(found) != pairs:
        return None
    return [_votes_of(each, statements) for each in found]


def _votes_of(found: Any, statements: int) -> tuple[int, ...] | None:
    if not isinstance(found, dict):
        return None
    said = [_SAID.get(str(found.get(f"S{number}"))) for number in range(1, statements + 1)]
    # A vote left out says nothing; a pair of which nothing can be read was not voted on.
    return None if all(each is None for each in said) else tuple(each or 0 for each in said)

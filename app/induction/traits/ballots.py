"""Statements and the votes they cast on pairs: for what was chosen, for what was not, or neither.

The model that votes is not told which answer was chosen, so that a vote is evidence and not an echo of the label
(votes on all pairs: Inverse Constitutional AI, Findeis et al., ICLR 2025). Several pairs go into one prompt where the
model is able. The choices of a decision are shown as one pair of several answers, of which those are named that fit: side
by side in pairs, the answer that keeps coming back would be known for the winner.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.choices.decisions import Decision, choices_of, decisions_of
from app.domain.choices.preference import Completion, PreferencePair
from app.domain.texts.conversation import context_as_json, digest
from app.domain.texts.request_kinds import KINDS, OTHER, kind_of
from app.domain.texts.scopes import conditioned
from app.induction.judging.judge import drawn_first
from app.induction.judging.packing import halves, in_packs, least_together
from app.induction.model.fitting import Fitted, Limits, fit, history_turns, show_answer, show_request
from app.induction.model.language_model import Answer, ModelProfile, Prompt, Reply
from app.induction.model.prompts import phrase, render
from app.induction.run import Run

_LETTERS, _NEITHER = "ABCDE", "-"
_MOST_LOSERS = len(_LETTERS) - 1
"""Losers of one decision that are voted on, the first ones; it counts once however many there are."""
_KINDS = [*KINDS, OTHER]
_VOTE_TOKENS, _PAIR_TOKENS, _FRAME_TOKENS = 9, 26, 40
"""Of an answer: each vote, what stands around a pair's votes and around them all, where the JSON is indented."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One leaning on trial. `opposite` is its contrary ("" where none was named); `when` a request kind, or "" for any."""

    text: str
    opposite: str = ""
    when: str = ""

    def applies_to(self, kind: str) -> bool:
        return not self.when or kind == self.when


@dataclass(frozen=True, slots=True)
class Votes:
    """`by_pair` maps a pair's id to one vote a statement: 1 fits the chosen answer better, -1 the other, 0 neither.

    A pair on which the model gave no usable vote is missing. `kinds` has what the model that voted called the request of a pair.
    """

    statements: tuple[Statement, ...]
    by_pair: Mapping[str, tuple[int, ...]]
    kinds: Mapping[str, str] = field(default_factory=dict)

    def kind_of(self, pair: PreferencePair) -> str:
        """The kind of a pair's request: in the model's word, which is right oftener, else by rules (docs/experiments.md)."""
        return self.kinds.get(pair.pair_id) or kind_of(pair.context)

    def beside(self, other: Votes) -> Votes:
        """With the votes of the same statements on other pairs."""
        return Votes(self.statements, {**self.by_pair, **other.by_pair}, {**self.kinds, **other.kinds})

    def rows(self, pairs: Sequence[PreferencePair]) -> list[tuple[int, ...]]:
        """The votes on those of the pairs that have any, in their order."""
        return [self.by_pair[pair.pair_id] for pair in pairs if pair.pair_id in self.by_pair]


async def cast_votes(
    run: Run,
    statements: Sequence[Statement],
    pairs: Sequence[PreferencePair],
    *,
    closed: int = 0,
) -> Votes:
    """Every statement's vote on every pair, in time order; of a decision on four losers at most. About one call for
    `profile.packing` decisions. No prompt shows one of the first `closed` pairs beside a later one, so that what the later
    ones bring changes no vote on them."""
    heard = Votes(tuple(statements), {pair.pair_id: () for pair in pairs})
    if statements:
        heard = await _heard(run, statements, pairs, closed)
    by_pair = {
        pair.pair_id: tuple(
            vote if statement.applies_to(heard.kind_of(pair)) else 0
            for vote, statement in zip(heard.by_pair[pair.pair_id], statements, strict=True)
        )
        for pair in pairs
        if pair.pair_id in heard.by_pair
    }
    return replace(heard, by_pair=by_pair)


async def _heard(run: Run, statements: Sequence[Statement], pairs: Sequence[PreferencePair], closed: int) -> Votes:
    """What the model says, whichever requests a statement is for."""
    parts = [[_shown_of(one) for one in decisions_of(part)] for part in (pairs[:closed], pairs[closed:])]

    def build(pack: Sequence[Decision]) -> Fitted:
        return _prompt(statements, pack, run.profile, run.seed)

    packs = [pack for part in parts for pack in in_packs(part, build, run.profile)]
    answers = await run.ask(
        [build(pack) for pack in packs],
        "voting",
        total=len(pairs),
        counts=[len(choices_of(pack)) for pack in packs],
    )
    run.note_failures(answers, "holding traits against your choices")
    read = [(pack, _read(answer, len(statements), pack)) for pack, answer in zip(packs, answers, strict=True)]
    # A list that is too short, too long or cut off may speak of other choices than it seems to: each is asked alone, or
    # in halves where each call pays for thoughts.
    smaller = [
        part
        for (pack, votes), answer in zip(read, answers, strict=True)
        if votes is None and len(pack) > 1 and _came(answer)
        for part in (halves(pack) if least_together(run.profile) > 1 else [[one] for one in pack])
    ]
    answers = await run.ask([build(part) for part in smaller])
    read += [(part, _read(answer, len(statements), part)) for part, answer in zip(smaller, answers, strict=True)]
    heard: dict[str, tuple[int, ...]] = {}
    kinds: dict[str, str] = {}
    for pack, votes in read:
        for decision, said in zip(pack, votes or (), strict=False):
            if said is not None:
                heard.update(_votes_on(decision, said.named, run.seed))
                kinds.update({pair.pair_id: said.kind for pair in decision.pairs if said.kind})
    lost = sum(len(choices_of(part)) for part in parts) - len(heard)
    if lost:
        run.missing.append(
            f"The model gave no usable votes on {lost} of {len(pairs)} choices; these say nothing of a trait."
        )
    return Votes(tuple(statements), heard, kinds)


def _shown_of(decision: Decision) -> Decision:
    return Decision(decision.pairs[:_MOST_LOSERS])


def _votes_on(decision: Decision, said: Sequence[frozenset[str]], seed: int) -> dict[str, tuple[int, ...]]:
    """By choice: 1 where the statement names the winner and not the loser, -1 the other way round."""
    letter_of = {answer: letter for letter, answer in zip(_LETTERS, _answers(decision, seed), strict=False)}
    chosen = letter_of[decision.head.chosen]
    return {
        pair.pair_id: tuple((chosen in named) - (letter_of[pair.rejected] in named) for named in said)
        for pair in decision.pairs
    }


def _answers(decision: Decision, seed: int) -> list[Completion]:
    """Winner and losers in the order in which they are shown, which does not depend on which of them won."""
    head = decision.head
    if len(decision.pairs) == 1:
        return [head.chosen, head.rejected] if drawn_first(seed, head) else [head.rejected, head.chosen]
    answers = dict.fromkeys((head.chosen, *(pair.rejected for pair in decision.pairs)))
    request = context_as_json(head.context)
    return sorted(answers, key=lambda one: digest(seed, request, context_as_json(one.lead_in), one.text))


def _prompt(statements: Sequence[Statement], decisions: Sequence[Decision], profile: ModelProfile, seed: int) -> Fitted:
    most = max(len(_answers(decision, seed)) for decision in decisions)
    listed = "\n".join(
        f"S{number}: {conditioned(one.when, one.text)}" for number, one in enumerate(statements, start=1)
    )

    def build(limits: Limits) -> Prompt:
        return Prompt(
            messages=render(
                "vote",
                statements=listed,
                several=f" {phrase('several', last=_LETTERS[most - 1])}" if most > 2 else "",
                pairs="\n\n".join(_shown(number, one, seed, limits) for number, one in enumerate(decisions, start=1)),
            ),
            purpose="vote",
            max_tokens=_FRAME_TOKENS + len(decisions) * (len(statements) * _VOTE_TOKENS + _PAIR_TOKENS),
            schema=_schema(len(statements), len(decisions), most),
        )

    return fit(build, profile, history=history_turns(choices_of(decisions)), tight=True)


def _shown(number: int, decision: Decision, seed: int, limits: Limits) -> str:
    request = show_request(decision.head.context, limits)
    sides = [
        show_answer(f"answer_{letter.lower()}", answer, limits)
        for letter, answer in zip(_LETTERS, _answers(decision, seed), strict=False)
    ]
    return "\n".join([f"Pair {number}", request, *sides])


def _schema(statements: int, pairs: int, most: int) -> str:
    names = [f"S{number}" for number in range(1, statements + 1)]
    vote = {"enum": ["A", "B", _NEITHER]} if most == 2 else {"maxLength": most - 1}
    votes = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "kind": {"type": "string", "enum": _KINDS},
            **{name: {"type": "string", **vote} for name in names},
        },
        "required": ["kind", *names],
    }
    listed = {"type": "array", "minItems": pairs, "maxItems": pairs, "items": votes}
    return json.dumps(
        {"type": "object", "additionalProperties": False, "properties": {"pairs": listed}, "required": ["pairs"]}
    )


def _came(answer: Answer) -> bool:
    """Whether a text of the model's own came, usable or not."""
    return isinstance(answer, Reply) or answer.unusable


@dataclass(frozen=True, slots=True)
class _Ballot:
    """What a reply says of one pair: the kind of its request, "" for none, and the answers that each statement names."""

    kind: str
    named: Sequence[frozenset[str]]


def _read(answer: Answer, statements: int, pack: Sequence[Decision]) -> list[_Ballot | None] | None:
    """The ballot on each pair of a reply, None for one whose votes cannot be read; None for a reply that does not hold as
    many as it was shown."""
    if not isinstance(answer, Reply):
        return None
    try:
        found = json.loads(answer.text)["pairs"]
    except (ValueError, TypeError, KeyError):
        return None
    if not isinstance(found, list) or len(found) != len(pack):
        return None
    return [_votes_of(each, statements, 1 + len(one.pairs)) for each, one in zip(found, pack, strict=True)]


def _votes_of(found: Any, statements: int, answers: int) -> _Ballot | None:
    if not isinstance(found, dict):
        return None
    said = [_named(str(found.get(f"S{number}")), answers) for number in range(1, statements + 1)]
    # A vote left out says nothing; a pair of which nothing can be read was not voted on.
    if all(each is None for each in said):
        return None
    kind = found.get("kind")
    return _Ballot(kind if kind in _KINDS else "", [each or frozenset() for each in said])


def _named(vote: str, answers: int) -> frozenset[str] | None:
    """The letters of a vote, none for neither; None where it is no vote on so many answers."""
    if vote == _NEITHER:
        return frozenset()
    named = frozenset(vote)
    return named if named and named <= set(_LETTERS[:answers]) and len(named) == len(vote) < answers else None

"""Candidate traits: single statements with their contraries, proposed by the model from a few choices at a time.

Choices are read in closed groups of five (a larger model: ten) in time order, so that a new choice changes no earlier
prompt; those left over vote, and propose once their group is full. What was guessed wrong blind is marked, and shown
first, because there the person is unlike everybody. The choices of one decision are shown as one, its losers below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from app.domain.choices.decisions import Decision, decisions_of
from app.domain.choices.preference import PreferencePair
from app.domain.personas.style import MEASURES, lead, told
from app.domain.personas.style_claims import claims
from app.domain.texts.request_kinds import KINDS
from app.induction.judging.bootstrap import Trace
from app.induction.model.fitting import Fitted, Limits, cut, fence, fit, show_answer, show_losers, show_request
from app.induction.model.language_model import Answer, ModelProfile, Prompt, Reply
from app.induction.model.prompts import phrase, render
from app.induction.run import Run
from app.induction.traits.ballots import Statement
from app.induction.wording.private_matters import mentions_private_matters, speaks_of_the_person
from app.induction.wording.statements import content_words, say_the_same, shared_words

GROUP = 5
_LARGE_SLOT = 8_000
MOST_STATEMENTS = 12
_PROPOSED = 8
_TOKENS_A_TRAIT, _TOKENS_A_TRAIT_TIGHT = 90, 50
"""Enough in most scripts, JSON indented; and in a slot that has no room for it, enough for English."""
_ROOMY_SLOT = 4_096
_LONGEST_REASON = 400
_LONGEST_STATEMENT = 240
"""UTF-8 bytes; twelve of them must leave a vote room for a pair in the smallest slot."""
ANY = "any request"
_OF_ONE_PAIR = re.compile(r"\b(?:chosen|other|first|second|rejected)[ _]answer\b", re.IGNORECASE)
"""What compares the two answers at hand says nothing of others."""


def closed(count: int) -> int:
    """How many of so many choices, from the first on, stand in closed groups. Up to five all do, and it may say more."""
    return max(GROUP, count // GROUP * GROUP)


async def propose(run: Run, traces: Sequence[Trace], *, surprising: frozenset[str]) -> list[Statement]:
    """At most twelve different statements, those first that were proposed first in their group. One call a group.

    `surprising` holds the ids of pairs that the blind judge guessed wrong.
    """
    groups = _groups(traces, run.profile)
    answers = await run.ask(
        [_prompt(group, surprising, run.profile) for group in groups], "proposing", total=len(groups)
    )
    run.note_failures(answers, "proposing traits")
    return different([_read(answer) for answer in answers], MOST_STATEMENTS)


def different(proposed: Sequence[Sequence[Statement]], most: int) -> list[Statement]:
    """The statements of several lists taken in turn, without those that say the same as, or the contrary of, one before."""
    common = shared_words([statement.text for group in proposed for statement in group])
    kept: list[Statement] = []
    for place in range(max(map(len, proposed), default=0)):
        for group in proposed:
            if place < len(group) and not any(_same(group[place], other, common) for other in kept):
                kept.append(group[place])
    return kept[:most]


def counted_statements(pairs: Sequence[PreferencePair]) -> list[Statement]:
    """What the measures of style can say, the side that more of the choices are on first; for models too weak to propose."""
    found = []
    for measure in MEASURES:
        sides = [lead(measure, pair.chosen.text, pair.rejected.text) for pair in pairs]
        more, less = (f"prefers answers with {told(measure, side)}" for side in (1, -1))
        apart = sides.count(1) - sides.count(-1)
        if any(sides):
            found.append((abs(apart), Statement(more, less) if apart >= 0 else Statement(less, more)))
    return [statement for _, statement in sorted(found, key=lambda each: -each[0])]


def _same(one: Statement, other: Statement, common: frozenset[str]) -> bool:
    if one.when != other.when:
        return False
    return any(
        say_the_same(a, b, common) for a in (one.text, one.opposite) for b in (other.text, other.opposite) if a and b
    )


def group_ends(count: int, profile: ModelProfile) -> list[int]:
    """The places at which the groups that propose end, of so many choices."""
    size = GROUP if profile.slot_tokens < _LARGE_SLOT else 2 * GROUP
    whole = min(count, closed(count))
    return [*range(size, whole, size), whole] if whole else []


def _groups(traces: Sequence[Trace], profile: ModelProfile) -> list[list[Trace]]:
    ends = group_ends(len(traces), profile)
    return [list(traces[start:end]) for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _prompt(group: Sequence[Trace], surprising: frozenset[str], profile: ModelProfile) -> Fitted:
    # Texts give way from the end, and where the person is unlike everybody they say most.
    decisions = decisions_of(trace.pair for trace in group)
    ordered = sorted(decisions, key=lambda one: not any(pair.pair_id in surprising for pair in one.pairs))
    reasons = {trace.pair.pair_id: trace.reasoning for trace in group if trace.reasoning}

    def build(limits: Limits) -> Prompt:
        shown = [_shown(number, one, reasons, surprising, limits) for number, one in enumerate(ordered, start=1)]
        return Prompt(
            messages=render("propose", choices="\n\n".join(shown), count=str(_PROPOSED)),
            purpose="propose",
            max_tokens=_PROPOSED * (_TOKENS_A_TRAIT if profile.slot_tokens >= _ROOMY_SLOT else _TOKENS_A_TRAIT_TIGHT),
            schema=_SCHEMA,
        )

    history = min(2, max(len(trace.pair.context) - 1 for trace in group))
    return fit(build, profile, history=history, tight=True)


def _shown(
    number: int, decision: Decision, reasons: Mapping[str, str], surprising: frozenset[str], limits: Limits
) -> str:
    ids = [pair.pair_id for pair in decision.pairs]
    parts = [
        f"Choice {number}",
        show_request(decision.head.context, limits),
        show_answer("chosen_answer", decision.head.chosen, limits),
        *show_losers(decision, limits),
    ]
    said = next((reasons[one] for one in ids if one in reasons), "")
    if said:
        parts.append(fence("reason", cut(said, _LONGEST_REASON)))
    if not surprising.isdisjoint(ids):
        parts.append(phrase("unlike"))
    return "\n".join(parts)


_TRAIT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "trait": {"type": "string", "maxLength": 160},
        "opposite": {"type": "string", "maxLength": 160},
        "when": {"type": "string", "enum": [ANY, *KINDS]},
    },
    "required": ["trait", "opposite", "when"],
}
_TRAITS = {"type": "array", "minItems": _PROPOSED, "maxItems": _PROPOSED, "items": _TRAIT}
_SCHEMA = json.dumps(
    {"type": "object", "additionalProperties": False, "properties": {"traits": _TRAITS}, "required": ["traits"]}
)


def _read(answer: Answer) -> list[Statement]:
    if not isinstance(answer, Reply):
        return []
    try:
        rows = json.loads(answer.text)["traits"]
    except (ValueError, TypeError, KeyError):
        return []
    found = [_statement(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [statement for statement in found if _may_be_tried(statement.text)]


def _statement(row: dict[str, object]) -> Statement:
    text, opposite = (" ".join(str(row.get(name) or "").split()).rstrip(".") for name in ("trait", "opposite"))
    when = str(row.get("when") or "")
    is_other = not say_the_same(text, opposite) and (not claims(text) or claims(text) != claims(opposite))
    may_be_tried = is_other and _may_be_tried(opposite)
    return Statement(text, opposite if may_be_tried else "", when if when in KINDS else "")


def _may_be_tried(text: str) -> bool:
    if len(text.encode("utf-8", "replace")) > _LONGEST_STATEMENT or not content_words(text):
        return False
    if _OF_ONE_PAIR.search(text):
        return False
    return not mentions_private_matters(text) and not speaks_of_the_person(text)

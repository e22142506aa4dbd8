"""Candidate traits: single statements with their contraries, proposed by the model from a few choices at a time.

In one call a group the model notes of each choice what the winner has that every loser lacks, and which virtue was given up for it,
then proposes traits from the notes with the numbers of the choices for and against each, and names which of a fixed list of manners
show (cited.py says what becomes of them). Choices are read in closed groups of five (a larger model: ten) in time order, so that a
new choice changes no earlier prompt; those left over vote, and propose once their group is full. What was guessed wrong blind is
marked, and shown first, because there the person is unlike everybody. The choices of one decision are shown as one, its losers below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.choices.decisions import Decision, choices_of, decisions_of
from app.domain.choices.preference import PreferencePair
from app.domain.manners import listed
from app.domain.measures.differences import ENGLISH, language_of_pair
from app.domain.personas.style import MEASURES, lead, told
from app.induction.judging.bootstrap import Trace
from app.induction.model.fitting import (
    Fitted,
    Limits,
    cut,
    fence,
    fit,
    history_turns,
    show_answer,
    show_losers,
    show_request,
)
from app.induction.model.language_model import ModelProfile, Prompt
from app.induction.model.prompts import phrase, render
from app.induction.run import Run
from app.induction.traits import reply
from app.induction.traits.ballots import Statement
from app.induction.traits.cited import MOST_STATEMENTS, chosen_from, wished

__all__ = ["GROUP", "MOST_STATEMENTS", "closed", "counted_statements", "group_ends", "propose"]

GROUP = 5
LARGE_SLOT = 8_000
_ROOMY_SLOT = 4_096
_TRAITS, _TRAITS_SMALL_GROUP, _TRAITS_TIGHT = 8, 6, 5
"""Most that are asked for of a group: of ten choices, of five, and of five in a slot that has no room for more."""
_TRAITS_A_DECISION = 2
"""More out of few decisions are filler, as readers in the place of the model found."""
_TRAIT_TOKENS, _NOTE_TOKENS, _MANNER_TOKENS = 95, 50, 24
_TRAIT_TOKENS_TIGHT, _NOTE_TOKENS_TIGHT = 58, 30
"""Enough in most scripts, JSON indented; and in a slot that has no room for it, enough for English."""
_LONGEST_REASON = 400


def closed(count: int) -> int:
    """How many of so many choices, from the first on, stand in closed groups. Up to five all do, and it may say more."""
    return max(GROUP, count // GROUP * GROUP)


async def propose(run: Run, traces: Sequence[Trace], *, surprising: frozenset[str]) -> list[Statement]:
    """At most twelve different statements, those first that are to be tried first. One call a group.

    `surprising` holds the ids of pairs that the blind judge guessed wrong. The person's own words are among them only where something
    was proposed.
    """
    groups = [_shown_first(group, surprising) for group in _groups(traces, run.profile)]
    reasons = {trace.pair.pair_id: trace.reasoning for trace in traces if trace.reasoning}
    answers = await run.ask(
        [_prompt(group, reasons, surprising, run.profile) for group in groups], "proposing", total=len(groups)
    )
    run.note_failures(answers, "proposing traits")
    found = [reply.read(answer, group, surprising) for answer, group in zip(answers, groups, strict=True)]
    return chosen_from(found, wished(run.stated), surprising, run.prior) if any(found) else []


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


def group_ends(count: int, profile: ModelProfile) -> list[int]:
    """The places at which the groups that propose end, of so many choices."""
    size = GROUP if profile.slot_tokens < LARGE_SLOT else 2 * GROUP
    whole = min(count, closed(count))
    return [*range(size, whole, size), whole] if whole else []


def _groups(traces: Sequence[Trace], profile: ModelProfile) -> list[list[PreferencePair]]:
    ends = group_ends(len(traces), profile)
    pairs = [trace.pair for trace in traces]
    return [pairs[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _shown_first(group: Sequence[PreferencePair], surprising: frozenset[str]) -> list[Decision]:
    # Texts give way from the end, and where the person is unlike everybody they say most.
    return sorted(decisions_of(group), key=lambda one: not any(pair.pair_id in surprising for pair in one.pairs))


def _prompt(
    group: Sequence[Decision], reasons: Mapping[str, str], surprising: frozenset[str], profile: ModelProfile
) -> Fitted:
    is_large, is_roomy = profile.slot_tokens >= LARGE_SLOT, profile.slot_tokens >= _ROOMY_SLOT
    # The list is in English, and so would be the traits.
    with_list = is_large and all(language_of_pair(one.head) == ENGLISH for one in group)
    most = _TRAITS if is_large else _TRAITS_SMALL_GROUP if is_roomy else _TRAITS_TIGHT
    form = reply.Form(len(group), max(reply.FEWEST + 1, min(most, _TRAITS_A_DECISION * len(group))), with_list)
    known = phrase("manners", listed=listed(), most=str(reply.MOST_MANNERS)) if with_list else ""

    def build(limits: Limits) -> Prompt:
        shown = [_shown(number, one, reasons, surprising, limits) for number, one in enumerate(group, start=1)]
        return Prompt(
            messages=render(
                "propose",
                choices="\n\n".join(shown),
                count=str(form.traits),
                known=f"\n{known}" if known else "",
                manners=f" {phrase('manners_asked')}" if known else "",
            ),
            purpose="propose",
            max_tokens=_most_tokens(form, is_roomy=is_roomy),
            schema=form.schema,
        )

    return fit(build, profile, history=history_turns(choices_of(group)), tight=True)


def _most_tokens(form: reply.Form, *, is_roomy: bool) -> int:
    if not is_roomy:
        return form.traits * _TRAIT_TOKENS_TIGHT + form.decisions * _NOTE_TOKENS_TIGHT
    manners = reply.MOST_MANNERS * _MANNER_TOKENS if form.manners else 0
    return form.traits * _TRAIT_TOKENS + form.decisions * _NOTE_TOKENS + manners


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

"""Step 1: each pair judged once without knowledge of the person (paper, section 3.1; by probability, ours).

A verdict by probability costs one token; written reasoning is asked for where the model is torn, and kept where it
reaches the real choice. Pairs guessed wrong go on with their label: there the person is unlike everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.choices.preference import PreferencePair
from app.induction.judging.bootstrap import EXPLANATION, Trace, guess_choices
from app.induction.judging.evaluation import judge_each, judge_once
from app.induction.judging.judge import PLAIN, Condition
from app.induction.run import Judgement, Progress, Run
from app.induction.traits.proposals import GROUP, group_ends

_TORN = 1.5
"""Log-odds within which a verdict is uncertain."""
_FEWEST_TO_REASON = 10

BLIND = Condition("blind")


@dataclass(frozen=True, slots=True)
class Blind:
    """One trace a pair in order, with reasoning where some was kept; `surprising` are the ids of those guessed wrong, `judged` of
    those guessed at all."""

    traces: tuple[Trace, ...]
    surprising: frozenset[str]
    judged: frozenset[str] = frozenset()

    @property
    def guessed(self) -> Mapping[str, bool]:
        """Whether each that was judged was guessed rightly."""
        return {one: one not in self.surprising for one in self.judged}


async def judge_blind(run: Run, pairs: Sequence[PreferencePair]) -> Blind:
    """The pairs, in time order, judged blind: one call a pair (two where the profile judges pointwise), and one more for
    the most uncertain pair of each closed group of five. Stacked, one call for the pairs of a group that proposes, and
    none for those that the run has judged blind before."""
    if run.profile.judging == "reasoned":
        traces = await guess_choices(run, pairs)
        guessed = [run.judgements[pair.pair_id, EXPLANATION] for pair in pairs]
        return Blind(tuple(traces), frozenset(one.pair_id for one in guessed if one.hit is False), _usable(guessed))
    judged = await _judged(run, pairs)
    run.stop_if_silent()
    failed = sum(one.hit is None for one in judged)
    if failed:
        run.missing.append(f"The model gave no usable first guess on {failed} of {len(pairs)} choices.")
    wrong = {one.pair_id for one in judged if one.hit is False}
    chosen = _most_torn(judged)
    reasons: dict[str, str] = {}
    # One that thinks has reasoned already, and each reason in words would be a call with thoughts of its own.
    may_reason = run.profile.judging != "stacked"
    if chosen and len(pairs) >= _FEWEST_TO_REASON and may_reason:
        part = run.apart()
        reasoned = await guess_choices(part, [pair for pair in pairs if pair.pair_id in chosen], PLAIN)
        run.missing.extend(part.missing)
        for judgement in part.judgements.values():
            run.keep(judgement)
        reasons = {trace.pair.pair_id: trace.reasoning for trace in reasoned if trace.reasoning}
    kept = frozenset(wrong - reasons.keys())
    run.emit(Progress("guessing", len(pairs), len(pairs), {"unlike_others": len(kept)}))
    return Blind(tuple(Trace(pair, reasons.get(pair.pair_id, "")) for pair in pairs), kept, _usable(judged))


def _usable(judged: Sequence[Judgement]) -> frozenset[str]:
    return frozenset(one.pair_id for one in judged if one.hit is not None)


async def _judged(run: Run, pairs: Sequence[PreferencePair]) -> list[Judgement]:
    form = run.profile.judging
    asked = [(pair, BLIND) for pair in pairs]
    if form == "pointwise":
        return await judge_each(run, asked, form, "guessing", total=len(pairs))
    if form != "stacked":
        return await judge_once(run, asked, form, "guessing", total=len(pairs))
    # A fold's packs would be others than those of the whole fit, and so be asked anew.
    known = [run.blind.get(pair.pair_id) for pair in pairs]
    if None in known:
        # Shown beside a later choice, an earlier one could be judged otherwise, and all that follows would change.
        found = await judge_once(
            run, asked, form, "guessing", total=len(pairs), cuts=group_ends(len(pairs), run.profile)
        )
        run.blind.update((one.pair_id, one) for one in found)
        return found
    return [run.keep(one) for one in known if one is not None]


def _most_torn(judged: Sequence[Judgement]) -> set[str]:
    """The pair of each closed group on which the verdict is most uncertain, where it is uncertain at all.

    Groups are those that propose (proposals.py): drawn from all pairs, a new choice could take the place of an older one,
    and without its reasoning the older one's prompt and everything after it would change.
    """
    found: set[str] = set()
    for start in range(0, len(judged) - GROUP + 1, GROUP):
        torn = [
            (abs(one.log_odds), place, one.pair_id)
            for place, one in enumerate(judged[start : start + GROUP])
            if one.log_odds is not None and abs(one.log_odds) < _TORN
        ]
        found.update(pair_id for *_, pair_id in sorted(torn)[:1])
    return found

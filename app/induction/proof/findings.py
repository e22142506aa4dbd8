"""What a person may be told after a test: whether a taste was found, whether something simpler explains the choices, how
many more choices would settle it. Arithmetic on judgements, and the sentences for it; no call.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.choices.alike_length import alike_in_length
from app.domain.choices.decisions import heads_of
from app.domain.choices.preference import PreferencePair
from app.domain.personas.counted import Counted
from app.domain.personas.persona import Accuracy
from app.domain.prompt_targets.report import FARTHEST_FORECAST
from app.domain.report import ArmResult, Forecast, Share, Taste
from app.induction.counting.weights import chance_of_foresight
from app.induction.run import Judgement
from app.induction.traits.evidence import CHANCE, Evidence

_SETTLED = 0.05
_Z_LEVEL, _Z_POWER = 1.959964, 0.841621
_MOSTLY_FIRST = 0.8
_EXPLAINS, _EXPLAINS_ALONE = 0.6, 0.8
_FEWEST_TO_TELL = 6
"""Of five choices that all agree, one in 32 people without any taste would make each kind."""


@dataclass
class Sorted:
    """Which unseen choices are between answers that are about as long, and which a trait tells apart, by id.

    `told_apart` is None where no trait was asked.
    """

    alike: set[str] = field(default_factory=set)
    told_apart: set[str] | None = None

    def note_lengths(self, pairs: Iterable[PreferencePair]) -> None:
        self.alike.update(pair.pair_id for pair in pairs if alike_in_length(pair))

    def note_told_apart(self, pairs: Iterable[PreferencePair]) -> None:
        self.told_apart = (self.told_apart or set()) | {pair.pair_id for pair in pairs}


def arm_result(arm: str, judgements: Sequence[Judgement], among: Sorted | None = None) -> ArmResult:
    """Hits of the pairs that could be judged, all and those of each sort, and how many verdicts changed with the order where
    an order was asked."""
    usable = [one for one in judgements if one.hit is not None]
    turned = [one.flipped for one in usable if one.flipped is not None]
    every = _share(arm, usable)
    told_apart = among.told_apart if among else None
    return ArmResult(
        name=arm,
        hits=every.hits,
        n=every.n,
        failed=len(judgements) - len(usable),
        flips=sum(turned) if turned else None,
        flips_of=len(turned) if turned else None,
        alike=_share(arm, [one for one in usable if one.pair_id in among.alike]) if among else None,
        told_apart=None if told_apart is None else _share(arm, [one for one in usable if one.pair_id in told_apart]),
    )


def _share(arm: str, usable: Sequence[Judgement]) -> Share:
    return Share(len(usable) / 2 if arm == "coin" else sum(bool(one.hit) for one in usable), len(usable))


def taste_of(evidence: Evidence, foreseen: Sequence[float], choices: int, folds: int) -> Taste | None:
    """Whether the choices lean more than choices without any taste would; None where too little was voted to tell.

    By what the votes foresaw of choices they were not weighed on (`foreseen`, log-odds) where some were held back, in so
    many `folds`. Else by the choices themselves, which is on the generous side: traits were proposed with these before
    the eyes (weights.chance_of).
    """
    if choices < _FEWEST_TO_TELL or not evidence.rows or (folds and not foreseen):
        return None
    chance = chance_of_foresight(foreseen, evidence.seed, crossed=folds > 1) if foreseen else evidence.chance
    return Taste(found=chance <= CHANCE, chance=chance, foreseen=len(foreseen))


def counted_taste(counted: Counted) -> Taste | None:
    """The gate of counting as a taste that was found or not; None where too little was chosen to tell.

    Of people without any taste at most one in `times` gets a ratio of so many times, by Markov's inequality.
    """
    if counted.choices < _FEWEST_TO_TELL:
        return None
    return Taste(found=counted.passes, chance=min(1.0, 1 / counted.times), times=counted.times)


def explained_by(
    results: Mapping[str, ArmResult], taste: Taste | None, pairs: Sequence[PreferencePair], tested: str = "prompt"
) -> str:
    """What explains the choices at least as well as what was `tested` (an arm) and is simpler: "first_shown", "stated",
    "longer", "counted", or "".

    The side counts where no taste was found and the person `takes_sides`. A rule
    that is right on fewer than three in five explains nothing, however badly the prompt does; where no prompt was tested
    it takes four in five.
    """
    if taste and not taste.found and takes_sides(pairs):
        return "first_shown"
    prompt = results.get(tested)
    least = max(prompt.hits / prompt.n, _EXPLAINS) if prompt and prompt.n else _EXPLAINS_ALONE
    rivals = [results[name] for name in ("stated", "longer", "counted") if name in results and name != tested]
    return next((rival.name for rival in rivals if rival.n and rival.hits / rival.n >= least), "")


def takes_sides(pairs: Sequence[PreferencePair]) -> bool:
    """Whether at least four in five choices fell on the answer shown first, and not by chance."""
    heads = heads_of(pairs)
    first = Accuracy(sum(pair.chosen_first for pair in heads), len(heads))
    return first.share >= _MOSTLY_FIRST and first.interval()[0] > 1 / 2


def side_words(pairs: Sequence[PreferencePair]) -> str:
    """How often the answer shown first was chosen, for people whose choices follow the side."""
    heads = heads_of(pairs)
    first = sum(pair.chosen_first for pair in heads)
    return f"You chose the answer shown first {first} of {len(heads)} times: that may say more about the place than about taste."


def forecast(prompt: Sequence[Judgement], plain: Sequence[Judgement], most_tested: int) -> Forecast:
    """About how many more unseen choices a paired test would need to settle whether the prompt helps, if it goes on so.

    It is settled where McNemar's exact test is below 5 %. Else the sample size is Connor's (1987) for 5 % and a power of
    80 %, from the shares of choices on which only one of the two is right, half a choice added to each. `more` is 0 where it is
    settled and None where no number in reach would settle it. `most_tested` is how many choices one run tests.
    """
    both = [(a.hit, b.hit) for a, b in zip(prompt, plain, strict=True) if a.hit is not None and b.hit is not None]
    n = len(both)
    if not n:
        return Forecast(None, "")
    better, worse = (sum(bool(pair[one]) and not pair[1 - one] for pair in both) for one in (0, 1))
    if _sign_test(better, worse) <= _SETTLED:
        return Forecast(0, f"That it {'helps' if better > worse else 'does harm'} is settled by these {n} choices.")
    gap, apart = (better - worse) / (n + 1), (better + worse + 1) / (n + 1)
    if better == worse:
        return Forecast(None, "So far there is no difference to settle; more choices may bring one out.")
    needed = math.ceil((_Z_LEVEL * math.sqrt(apart) + _Z_POWER * math.sqrt(apart - gap * gap)) ** 2 / gap**2)
    more = max(1, needed - n)
    if more > FARTHEST_FORECAST:
        return Forecast(
            None, f"If it goes on like this, {FARTHEST_FORECAST} more choices would not settle whether it helps."
        )
    if needed > most_tested:
        said = f"it would take about {needed} tested choices to settle whether it helps; one run tests {most_tested} at most."
    else:
        said = f"about {more} more {'choice' if more == 1 else 'choices'} would settle whether it helps."
    return Forecast(more, f"If it goes on like this, {said}")


def _sign_test(better: int, worse: int) -> float:
    """Two-sided p-value of a fair coin for the choices on which only one of the two is right."""
    n, least = better + worse, min(better, worse)
    ways = sum(math.comb(n, hits) for hits in range(least + 1))
    return min(1.0, math.ldexp(ways, 1 - n))

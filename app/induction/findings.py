"""What a person may be told after a test: whether a taste was found, whether something simpler explains the choices, how
many more choices would settle it. Arithmetic on judgements, and the sentences for it; no call.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from app.domain.persona import Accuracy
from app.domain.preference import PreferencePair
from app.domain.report import ArmResult, Forecast, Taste
from app.induction.evidence import CHANCE, Evidence
from app.induction.run import Judgement

_SETTLED = (1.96 + 0.84) ** 2
"""Normal quantiles of a two-sided test at 5 % that finds a real difference four times in five."""
_MOST_FORECAST = 500
_MOSTLY_FIRST = 0.8
_EXPLAINS = 0.6


def arm_result(arm: str, judgements: Sequence[Judgement]) -> ArmResult:
    """Hits of the pairs that could be judged, and how many verdicts changed with the order where an order was asked."""
    usable = [one for one in judgements if one.hit is not None]
    turned = [one.flipped for one in usable if one.flipped is not None]
    hits: float = sum(bool(one.hit) for one in usable)
    if arm == "coin":
        hits = len(usable) / 2
    return ArmResult(
        name=arm,
        hits=hits,
        n=len(usable),
        failed=len(judgements) - len(usable),
        flips=sum(turned) if turned else None,
        flips_of=len(turned) if turned else None,
    )


def taste_of(evidence: Evidence) -> Taste:
    """Whether the choices lean more than choices without any taste would (weights.chance_of)."""
    chance = evidence.chance
    return Taste(found=chance <= CHANCE, chance=chance)


def explained_by(results: Mapping[str, ArmResult], taste: Taste | None, pairs: Sequence[PreferencePair]) -> str:
    """What explains the choices at least as well as the prompt and is simpler: "first_shown", "longer", "style", or "".

    The side counts where no taste was found and at least four in five choices fell on the answer shown first. A rule
    that is right on fewer than three in five explains nothing, however badly the prompt does.
    """
    first = Accuracy(sum(pair.chosen_first for pair in pairs), len(pairs))
    if taste and not taste.found and first.share >= _MOSTLY_FIRST and first.interval()[0] > 1 / 2:
        return "first_shown"
    prompt = results.get("both")
    for name in ("longer", "style"):
        rival = results.get(name)
        if rival and prompt and rival.n and prompt.n and rival.hits / rival.n >= max(prompt.hits / prompt.n, _EXPLAINS):
            return name
    return ""


def side_words(pairs: Sequence[PreferencePair]) -> str:
    """How often the answer shown first was chosen, for people whose choices follow the side."""
    first = sum(pair.chosen_first for pair in pairs)
    return f"You chose the answer shown first {first} of {len(pairs)} times: that says more about the place than about taste."


def forecast(prompt: Sequence[Judgement], plain: Sequence[Judgement]) -> Forecast:
    """About how many more unseen choices a paired test would need to settle whether the prompt helps, if it goes on so.

    Sample size of McNemar's test (Connor 1987) from the pairs on which the two differ, each kind counted half a pair
    higher, since few were seen. `more` is None where no number in reach would settle it, 0 where it is settled.
    """
    both = [(a.hit, b.hit) for a, b in zip(prompt, plain, strict=True) if a.hit is not None and b.hit is not None]
    n = len(both)
    if not n:
        return Forecast(None, "")
    better = sum(bool(a) and not b for a, b in both) + 0.5
    worse = sum(bool(b) and not a for a, b in both) + 0.5
    gap, apart = (better - worse) / n, (better + worse) / n
    if abs(gap) < 1e-9:
        return Forecast(None, "So far there is no difference to settle; more choices may bring one out.")
    needed = math.ceil(_SETTLED * max(apart - gap * gap, 0.05) / gap**2)
    if needed <= n:
        said = "helps" if gap > 0 else "does harm"
        return Forecast(0, f"That it {said} is settled as far as {n} choices can settle it.")
    more = needed - n
    if more > _MOST_FORECAST:
        return Forecast(
            None, f"If it goes on like this, {_MOST_FORECAST} more choices would not settle whether it helps."
        )
    what = "that it helps" if gap > 0 else "that it does not help"
    return Forecast(more, f"If it goes on like this, about {more} more choices would settle {what}.")

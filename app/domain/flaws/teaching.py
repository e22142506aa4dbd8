"""Which choices teach something of manner: those whose loser has no flaw that the winner has not as well.

A broken winner stays: who takes a rough answer over a polished one says more than most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.flaws.flaws import FLAWS, Flaw, flaws
from app.domain.texts.conversation import Turn


def flaw_beside(context: Sequence[Turn], lost: Sequence[Turn], won: Sequence[Turn]) -> Flaw | Literal[""]:
    """The first flaw of the answer not chosen that the chosen one does not share; "" where there is none.

    Either answer is the last of its turns, after those that led to it alone.
    """
    found = flaws((*context, *lost[:-1]), lost[-1].content)
    return first_unshared(found, flaws((*context, *won[:-1]), won[-1].content)) if found else ""


def first_unshared(lost: Sequence[Flaw], won: Sequence[Flaw]) -> Flaw | Literal[""]:
    """The same of flaws that are known already, those of either answer in the order of `FLAWS`."""
    return next((flaw for flaw in lost if flaw not in won), "")


@lru_cache(maxsize=1_000)
def flaw_of_loser(pair: PreferencePair) -> Flaw | Literal[""]:
    """The same of a pair."""
    return flaw_beside(pair.context, _turns(pair.rejected), _turns(pair.chosen))


def _turns(completion: Completion) -> tuple[Turn, ...]:
    return (*completion.lead_in, Turn("assistant", completion.text))


def that_teach(pairs: Iterable[PreferencePair]) -> list[PreferencePair]:
    """The pairs without such a flaw, in their order."""
    return [pair for pair in pairs if not flaw_of_loser(pair)]


def left_out_words(pairs: Sequence[PreferencePair]) -> str:
    """`3 choices teach nothing of manner and were left out, for the answer not chosen is broken (2) or looping (1).`; ""
    where all teach."""
    kinds = Counter(flaw for pair in pairs if (flaw := flaw_of_loser(pair)))
    if not kinds:
        return ""
    number = kinds.total()
    told = " or ".join(
        f"{flaw if flaw != 'another language' else 'in another language'} ({kinds[flaw]})"
        for flaw in FLAWS
        if kinds[flaw]
    )
    what = "1 choice teaches" if number == 1 else f"{number:,} choices teach"
    return f"{what} nothing of manner and {'was' if number == 1 else 'were'} left out: the answer not chosen is {told}."

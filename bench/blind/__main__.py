"""python -m bench.blind [PAIRS]: records 2,000 pairs and says whether anything but the texts tells which model is which.

Ends with 1 where it does, where sides are further from 50 % than 3 points, or where the classifier would not have seen a difference of pace.
"""

from __future__ import annotations

import secrets
import sys
import time

from bench.blind.recording import recorded
from bench.blind.telling import chance_of, hits, pace, told

PAIRS = 2_000
LEVEL = 0.01
MOST_OFF_HALF = 0.03


def main(pairs: int) -> int:
    import random

    seed, began = secrets.randbits(32), time.monotonic()
    found = list(recorded(pairs, random.Random(seed)))
    size = sum(len(reply.body) for one in found for reply in one.replies)
    count = sum(len(one.replies) for one in found)
    print(
        f"seed {seed}: {len(found):,} pairs, {count:,} replies of {size / 1e6:,.0f} MB in {time.monotonic() - began:.0f} s"
    )
    share = sum(one.fast_is_first for one in found) / len(found)
    print(f"the fast model stood first in {share:.1%} of the pairs (50 % within {MOST_OFF_HALF:.0%})")
    rows = [told(one) for one in found]
    right, of = hits(found, rows)
    by_chance = chance_of(right, of)
    print(
        f"all but the texts: {right} of {of} guessed ({right / of:.1%}), by a coin this or more has a chance of {by_chance:.3f}"
    )
    seen, of = hits(found, [{**row, **pace(one)} for row, one in zip(rows, found, strict=True)])
    control = chance_of(seen, of)
    print(
        f"with the pace of each side, to see that it sees: {seen} of {of} guessed ({seen / of:.1%}), chance {control:.1e}"
    )
    is_blind = by_chance > LEVEL and abs(share - 0.5) <= MOST_OFF_HALF and control < LEVEL
    print("blind" if is_blind else "NOT BLIND, or the classifier sees nothing")
    return 0 if is_blind else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS))

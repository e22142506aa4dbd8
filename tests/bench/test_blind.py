"""Whether anything but the texts tells the model behind a side, over a tenth of the pairs of `make blind`; and that the classifier sees."""

from __future__ import annotations

import random
import secrets

import pytest

from bench.blind.recording import Recorded, Reply, recorded
from bench.blind.telling import chance_of, hits, pace, told

TENTH = 200
LEVEL = 0.001
"""A tenth of that of `make blind`: sides and ids are drawn anew each time, and this one runs often."""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_nothing_but_the_texts_tells_which_model_wrote_which_side() -> None:
    found = list(recorded(TENTH, random.Random(secrets.randbits(32))))

    rows = [told(one) for one in found]
    right, of = hits(found, rows)
    seen, _ = hits(found, [{**row, **pace(one)} for row, one in zip(rows, found, strict=True)])

    assert chance_of(right, of) > LEVEL, f"{right} of {of} guessed"
    assert chance_of(seen, of) < LEVEL, f"with the pace of each side only {seen} of {of} were guessed"
    first = sum(one.fast_is_first for one in found)
    assert chance_of(max(first, TENTH - first), TENTH) > LEVEL


def test_three_pairs_are_recorded_with_pages_streams_data_and_headers_and_name_no_model() -> None:
    found = list(recorded(3, random.Random(3)))

    for one in found:
        names = [reply.name for reply in one.replies]
        assert {"last /choose//stream", "last /api/v1/me/data", "1 /choose"} <= set(names)
        sent = b"".join(reply.body + repr(reply.headers).encode() for reply in one.replies)
        assert b"rain" in sent
        assert b"openai/slow wrote" not in sent
        assert {"content-type"} <= set(one.replies[0].headers)


def test_a_header_that_tells_the_side_is_seen() -> None:
    chance = random.Random(1)

    def leaking(number: int, leaks: bool) -> Recorded:
        is_first = chance.random() < 0.5
        headers = {"etag": f"{'left' if is_first and leaks else 'right'}"}
        reply = Reply("asked", 200, headers, b"%d" % chance.randrange(10**6), chance.random())
        return Recorded((reply,), is_first, ((number, number),), ("rain falls", "hill bends"))

    for leaks, is_seen in ((True, True), (False, False)):
        pairs = [leaking(number, leaks) for number in range(200)]
        right, of = hits(pairs, [told(one) for one in pairs])
        assert (chance_of(right, of) < 1e-6) is is_seen

"""Which choices teach something of manner."""

from __future__ import annotations

from app.domain.flaws import flaw_of_loser, left_out_words, that_teach
from tests.induction.given import pair

LOOP = "It is what it is. " * 9
OPEN = "```python\nprint("


def test_a_broken_loser_teaches_nothing_and_a_broken_winner_does():
    lost, won = pair(1, chosen="Fine.", rejected=LOOP), pair(2, chosen=LOOP, rejected="Fine.")

    assert (flaw_of_loser(lost), flaw_of_loser(won)) == ("looping", "")
    assert that_teach([won, lost]) == [won]


def test_a_flaw_that_the_winner_shares_does_not_count():
    assert flaw_of_loser(pair(1, chosen=OPEN, rejected=OPEN + "1")) == ""
    assert flaw_of_loser(pair(1, chosen=OPEN, rejected=LOOP)) == "looping"


def test_how_many_were_left_out_and_why_is_said():
    given = [pair(1), pair(2, rejected=LOOP), pair(3, rejected=OPEN), pair(4, rejected=LOOP)]

    assert left_out_words(given) == (
        "3 choices teach nothing of manner and were left out: the answer not chosen is broken (1) or looping (2)."
    )
    assert left_out_words(given[:1]) == ""
    assert left_out_words(given[1:2]).startswith("1 choice teaches nothing of manner and was left out")

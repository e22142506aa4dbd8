"""Which answers plainly stop before their end."""

from __future__ import annotations

import pytest

from app.domain.flaws import stops_short

BEFORE = "There is much to say about gardens in a dry summer, and most of it comes down to water. "


@pytest.mark.parametrize(
    "end",
    [
        "Water in the evening, when the sun is low and the ground is no longer hot, and do not forget that",
        "Anger is a secondary emotion that can be used as a warning sign that something else i",
        "Both sides have their reasons, such as",
        "Water them, because",
        "First the roses,",
        "Here is a script:\n```python\nprint(",
    ],
)
def test_what_stops_in_the_middle_is_cut(end):
    assert stops_short(BEFORE * 3 + end)


@pytest.mark.parametrize(
    "end",
    [
        "Water in the evening.",
        "What do you grow?",
        "Ready! 🌱",
        "You need:\n- a can\n- a hose with a nozzle that can be set to a fine spray, so that the seedlings are not washed away",
        "Yours sincerely,\nThe gardener",
        "\nWhat water is here: a metaphor",
        "\nThe answer is: True",
        "\nThe best mark is A",
        "Do it today. #garden #summer #water",
        "Read more: http://gardens.example/gardens",
        "| plant | water |\n|---|---|\n| rose | 2 l |",
        "\n```python\nprint(1)\n```",
        "我们下次再谈。",
    ],
)
def test_what_ends_without_a_full_stop_may_be_whole(end):
    assert not stops_short(BEFORE * 3 + end)


def test_a_short_answer_is_whole():
    assert not stops_short("Rome, and")

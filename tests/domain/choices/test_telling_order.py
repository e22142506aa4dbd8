from __future__ import annotations

from app.domain.choices.telling_order import most_telling

AXES = ["length", "lists", "warmth"]


def asked(*seen: tuple[str, bool]) -> str:
    return most_telling(AXES, seen)


def test_each_axis_is_asked_about_once_in_their_order() -> None:
    assert asked() == "length"
    assert asked(("length", True)) == "lists"
    assert asked(("length", True), ("lists", False)) == "warmth"


def test_where_choices_agree_it_goes_on_and_where_they_do_not_it_stops() -> None:
    once = [("length", True), ("lists", False), ("warmth", True)]

    assert asked(*once) == "length"
    assert asked(*once, ("length", False)) == "lists"
    assert asked(*once, ("length", True)) == "length"
    assert asked(*once, ("length", False), ("lists", False)) == "lists"


def test_what_is_settled_waits_for_what_is_not() -> None:
    settled = [("length", True)] * 12

    assert asked(*settled, ("lists", False), ("warmth", True)) == "lists"
    assert most_telling(["length"], settled) == "length"

"""What the stand-in says where a prompt shows several losers of one decision."""

from __future__ import annotations

from tests.bench.test_stand_in_answers import LONG, SHORT, TRAITS, asked


def test_of_several_answers_all_that_fit_a_statement_are_named():
    shown = "\n".join(
        f"<answer_{letter}>\n{text}\n</answer_{letter}>"
        for letter, text in zip("abc", (LONG, SHORT, LONG + LONG), strict=True)
    )
    row = {"type": "object", "properties": {name: {"type": "string", "maxLength": 2} for name in ("S1", "S2")}}
    schema = {"properties": {"pairs": {"type": "array", "minItems": 1, "maxItems": 1, "items": row}}}

    said = asked(
        "vote",
        schema,
        statements="S1: prefers long, detailed answers\nS2: prefers short answers",
        several="",
        pairs=f"Pair 1\n<request>\nShould I fly?\n</request>\n{shown}",
    )

    assert said == {"pairs": [{"S1": "AC", "S2": "B"}]}


def test_what_a_choice_over_several_answers_leans_to_is_read_from_all_of_them():
    others = "\n".join(f"<other_answer>\n{text}\n</other_answer>" for text in (SHORT, LONG, LONG, LONG))
    shown = f"Choice 1\n<request>\nShould I fly?\n</request>\n<chosen_answer>\n{SHORT} Go.\n</chosen_answer>\n{others}"

    traits = asked("propose", TRAITS, choices=shown, count="8", known="", manners="")["traits"]

    assert any(word in traits[0]["trait"] for word in ("short", "brief", "concise", "few"))

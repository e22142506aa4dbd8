"""The shapes in which a preference is written: where the question stands, how turns are told, what stands beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.errors import BadInput
from app.domain.transcripts.detector import read_preferences
from tests.domain.transcripts.cases import answers, case, read, said

ASKED = {"role": "user", "content": "Sky?"}
BLUE, RED = {"role": "assistant", "content": "Blue."}, {"role": "assistant", "content": "Red."}
BRIEF = {"role": "system", "content": "Be brief."}


def test_a_question_that_stands_in_the_prompt_and_in_both_conversations_stands_once() -> None:
    found = read_preferences(case("question-twice.jsonl"))

    assert [said(one) for one in found.comparisons] == [
        [("user", "How warm is lava?")],
        [("user", "Name a river in Chile.")],
        [("user", "Name a river in Chile."), ("assistant", "The Loa."), ("user", "And in Peru?")],
    ]
    assert (found.skipped, found.left_out) == ((), ())


@pytest.mark.parametrize(
    ("prompt", "before"),
    [
        ("Sky?", []),
        ([ASKED], []),
        ([BRIEF, ASKED], [("system", "Be brief.")]),
        ("Human: Sky?\n\nAssistant:", []),
        ("\n\nHuman: Sky?\n\nAssistant:", []),
        ("Sky?\n\nAssistant:", []),
        (" Sky?\n", []),
    ],
    ids=["text", "list", "system turn", "labelled", "labelled as HH", "before Assistant", "white space"],
)
@pytest.mark.parametrize("name", ["prompt", "context"])
def test_a_repeated_question_is_known_however_the_prompt_writes_it(
    prompt: Any, before: list[tuple[str, str]], name: str
) -> None:
    if name == "context" and isinstance(prompt, str) and "Assistant:" in prompt:
        pytest.skip("a context is turns, never a labelled text")
    found = read({name: prompt, "chosen": [ASKED, BLUE], "rejected": [ASKED, RED]})

    assert said(found.comparisons[0]) == [*before, ("user", "Sky?")]
    assert answers(found) == [("Blue.", "Red.")]


def test_a_system_turn_in_the_conversations_is_not_doubled_by_the_prompt_s() -> None:
    found = read({"prompt": [BRIEF, ASKED], "chosen": [BRIEF, ASKED, BLUE], "rejected": [BRIEF, ASKED, RED]})

    assert said(found.comparisons[0]) == [("system", "Be brief."), ("user", "Sky?")]


def test_an_earlier_conversation_as_prompt_stays_before_the_question_of_both_sides() -> None:
    before = [{"role": "user", "content": "Sea?"}, {"role": "assistant", "content": "Wet."}]

    found = read({"prompt": before, "chosen": [ASKED, BLUE], "rejected": [ASKED, RED]})

    assert said(found.comparisons[0]) == [("user", "Sea?"), ("assistant", "Wet."), ("user", "Sky?")]


def test_a_prompt_that_says_something_else_is_left_out_and_told() -> None:
    found = read({"prompt": "Something else", "chosen": [ASKED, BLUE], "rejected": [ASKED, RED]})

    assert said(found.comparisons[0]) == [("user", "Sky?")]
    assert found.left_out[0].where == "line 1"
    assert "prompt" in found.left_out[0].why


def test_whole_texts_with_labels_are_read_turn_by_turn() -> None:
    found = read_preferences(case("hh-whole-texts.jsonl"))

    assert (len(found.comparisons), found.skipped) == (8, ())
    assert [role for role, _ in said(found.comparisons[0])] == ["user", "assistant", "user"]
    assert found.comparisons[0].first.text == "Short answer 1."


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("user", ["Human", "User"])
def test_the_labels_of_whole_texts_may_be_either_pair_with_either_line_end(user: str, line_end: str) -> None:
    empty = line_end * 2
    start = f"{empty}{user}: Sky?{empty}Assistant: Grey?{empty}{user}: No.{empty}Assistant:"

    found = read({"chosen": f"{start} Blue.", "rejected": f"{start} Red."})

    assert said(found.comparisons[0]) == [("user", "Sky?"), ("assistant", "Grey?"), ("user", "No.")]
    assert answers(found) == [("Blue.", "Red.")]


def test_texts_without_prompt_and_labels_are_refused_with_that_reason() -> None:
    with pytest.raises(BadInput, match=r"Line 1: There is no prompt, and chosen and rejected do not hold the whole"):
        read({"chosen": "Blue.", "rejected": "Red."})


@pytest.mark.parametrize("name", ["lists-written-as-text.jsonl"])
def test_lists_written_as_text_are_lists_and_never_answers(name: str) -> None:
    assert answers(read_preferences(case(name))) == [("Yes, 1.", "No, 1."), ("Yes, 2.", "No, 2.")]


@pytest.mark.parametrize(
    "written",
    [
        json.dumps,
        repr,
        lambda turns: repr(turns).replace("}, {", "}\n {"),
        lambda turns: f"array({turns!r}, dtype=object)",
        lambda turns: json.dumps(turns, indent=2),
    ],
    ids=["JSON", "Python", "as tables print", "an array", "over lines"],
)
@pytest.mark.parametrize("prompt", [None, "Sky?", [ASKED]])
def test_a_list_in_a_text_is_read_in_every_way_that_is_met(written: Any, prompt: Any) -> None:
    answer = {"role": "assistant", "content": 'It\'s "blue", {truly}\nand\\n wide.'}
    row = {"chosen": written([ASKED, answer]), "rejected": written([ASKED, RED])}
    if prompt is not None:
        row["prompt"] = written(prompt) if isinstance(prompt, list) else prompt

    assert answers(read(row)) == [(answer["content"], "Red.")]


def test_a_list_in_a_text_that_is_cut_off_is_refused_as_that() -> None:
    whole = json.dumps([ASKED, BLUE])

    with pytest.raises(BadInput, match="chosen is a list of turns written as text, and it can be read neither"):
        read({"prompt": "Sky?", "chosen": whole[:-9], "rejected": json.dumps([ASKED, RED])})


def test_an_answer_that_is_about_such_a_list_stays_an_answer() -> None:
    example = json.dumps([ASKED, BLUE])

    found = read({"prompt": "Show me messages as JSON.", "chosen": example, "rejected": "I would rather not."})

    assert answers(found) == [(example, "I would rather not.")]


def test_a_hostile_list_in_a_text_is_refused_within_limits() -> None:
    deep = "[{'role': 'user', 'content': " + "[" * 30_000
    with pytest.raises(BadInput, match="too many parts"):
        read({"prompt": "Sky?", "chosen": deep, "rejected": deep})


def test_roles_as_other_data_have_them_are_the_known_ones() -> None:
    assert len(read_preferences(case("role-model.jsonl")).comparisons) == 8


@pytest.mark.parametrize("user", ["user", "Human", "PROMPTER", "customer"])
@pytest.mark.parametrize("assistant", ["assistant", "model", "GPT", "bot", "ai", " Assistant "])
@pytest.mark.parametrize("names", [("role", "content"), ("from", "value")])
def test_every_usual_name_of_a_speaker_is_taken(user: str, assistant: str, names: tuple[str, str]) -> None:
    by, says = names

    found = read(
        {
            "prompt": [{by: user, says: "Sky?"}],
            "chosen": [{by: assistant, says: "Blue."}],
            "rejected": {by: assistant, says: "Red."},
        }
    )

    assert (said(found.comparisons[0]), answers(found)) == ([("user", "Sky?")], [("Blue.", "Red.")])


def test_rows_for_openai_s_preference_tuning_are_read() -> None:
    row = {"input": {"messages": [BRIEF, ASKED]}, "preferred_output": [BLUE], "non_preferred_output": [RED]}

    found = read(row, {**row, "input": {"messages": [ASKED], "tools": [{"type": "function"}]}})

    assert [said(one)[-1] for one in found.comparisons] == [("user", "Sky?")] * 2
    assert [(told.where, told.why) for told in found.left_out] == [("line 2", "The list of tools was left out.")]


@pytest.mark.parametrize(
    "row",
    [
        {"instruction": "Translate:", "input": "Sky?"},
        {"question": "Translate:\n\nSky?"},
        {"prompt": "Sky?", "history": [["Translate:", "What?"]]},
        {"conversations": [{"from": "human", "value": "Translate: Sky?"}]},
    ],
    ids=["instruction and input", "question", "history", "conversations"],
)
def test_relatives_of_the_prompt_column_are_read(row: dict[str, Any]) -> None:
    found = read({**row, "chosen": "Himmel?", "rejected": "Ciel?"})

    whole = " ".join(text for _, text in said(found.comparisons[0]))
    assert "Translate:" in whole
    assert "Sky?" in whole


def test_a_picture_is_left_out_and_told_with_its_line() -> None:
    found = read_preferences(case("picture-in-the-question.jsonl"))

    assert said(found.comparisons[0]) == [("user", "What does the sign say?")]
    assert [(told.where, told.why) for told in found.left_out] == [("line 1", "A picture was left out.")]


PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"prompt": [{"role": "user", "content": [{"type": "text", "text": "Sky?"}, {"type": "image"}]}]}, "A picture"),
        ({"prompt": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}, "Sky?"]}]}, "A sound"),
        ({"prompt": [{"role": "user", "content": ["Sky?", {"type": "file", "file": {}}]}]}, "A file"),
        ({"prompt": [ASKED, {"role": "assistant", "content": None, "tool_calls": [{}]}, {"role": "tool", "content": "x"}, ASKED]}, "A call of a tool"),
        ({"images": ["a.png"]}, "A picture"),
        ({"tools": [{"name": "look"}]}, "The list of tools"),
        ({"chosen": [{"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Blue."}]}]}, "The model's thoughts"),
    ],
    ids=["picture", "sound", "file", "tool", "column of pictures", "column of tools", "thoughts"],
)  # fmt: skip
def test_what_is_no_text_is_left_out_and_named(changed: dict[str, Any], told: str) -> None:
    found = read({"prompt": [ASKED], "chosen": [BLUE], "rejected": [RED], **changed})

    assert answers(found) == [("Blue.", "Red.")]
    assert f"{told} was left out." in [each.why for each in found.left_out]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"prompt": [{"role": "user", "content": [PICTURE]}]}, "without text; a picture had to be left out"),
        (
            {"chosen": [{"role": "assistant", "content": None, "tool_calls": [{}]}]},
            "a call of a tool had to be left out",
        ),
        ({"chosen": [BLUE, {"role": "tool", "content": "42"}]}, "a tool's turn had to be left out"),
    ],
    ids=["only a picture", "only a call", "ends with a tool"],
)
def test_a_row_of_which_no_question_or_answer_is_left_is_skipped_with_the_true_reason(
    changed: dict[str, Any], reason: str
) -> None:
    good = {"prompt": [ASKED], "chosen": [BLUE], "rejected": [RED]}

    found = read(good, {**good, **changed})

    assert len(found.comparisons) == 1
    assert [told.where for told in found.skipped] == ["line 2"]
    assert reason in found.skipped[0].why


def test_a_column_of_system_prompts_becomes_the_system_turn() -> None:
    found = read_preferences(case("system-column.jsonl"))

    assert [said(one)[0] for one in found.comparisons] == [("system", "Answer in one word.")] * 2


@pytest.mark.parametrize(
    ("row", "first", "told"),
    [
        ({"system": "Be brief.", "context": [ASKED], "chosen": "a", "rejected": "b"}, "Be brief.", 0),
        ({"system_prompt": "Be brief.", "prompt": "Sky?", "chosen": "a", "rejected": "b"}, "Be brief.", 0),
        ({"system": "Be brief.", "prompt": [BRIEF, ASKED], "chosen": "a", "rejected": "b"}, "Be brief.", 0),
        ({"system": "Be long.", "prompt": [BRIEF, ASKED], "chosen": "a", "rejected": "b"}, "Be brief.", 1),
        ({"system": "Be brief.", "conversation_a": [ASKED, BLUE], "conversation_b": [ASKED, RED], "winner": "tie"}, "Be brief.", 0),
    ],
)  # fmt: skip
def test_the_system_column_is_read_in_every_format_and_never_doubled(row: Any, first: str, told: int) -> None:
    found = read(row)

    assert said(found.comparisons[0])[0] == ("system", first)
    assert sum(role == "system" for role, _ in said(found.comparisons[0])) == 1
    assert len(found.left_out) == told


def test_nan_in_a_column_that_nobody_reads_is_no_fault() -> None:
    data = case("nan-in-another-column.jsonl")
    as_array = b"[" + b",\n".join(data.strip().split(b"\n")) + b"]"

    for one in (data, as_array):
        found = read_preferences(one)
        assert (len(found.comparisons), found.skipped) == (3, ())


@pytest.mark.parametrize(
    "odd", ["NaN", "-Infinity", "1e999", "9" * 5_000, '{"a": 1, "a": 2}', "null"], ids=lambda odd: odd[:12]
)
@pytest.mark.parametrize("name", ["rating", "score_chosen", "seq", "user_id", "split"])
def test_an_odd_value_harms_no_row_that_does_not_need_it(odd: str, name: str) -> None:
    if name == "split" and odd.startswith("{"):
        pytest.skip("a split that is no known word is told, see test_reading_people")
    row = f'{{"prompt": "Sky?", "chosen": "Blue.", "rejected": "Red.", "{name}": {odd}}}'.encode()

    for data in (row, b"[" + row + b"]"):
        assert answers(read_preferences(data)) == [("Blue.", "Red.")]

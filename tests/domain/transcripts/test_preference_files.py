from __future__ import annotations

import json

import pytest

from app.domain.errors import BadInput
from app.domain.people.about import About
from app.domain.transcripts.preference_files import everyone_from_jsonl, pairs_from_jsonl


def row(**changed: object) -> dict[str, object]:
    return {
        "context": [{"role": "user", "content": "Why?"}],
        "chosen": {"role": "assistant", "content": "Because."},
        "rejected": {"role": "assistant", "content": "Hm."},
        **changed,
    }


def lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(one) for one in rows).encode()


def test_context_chosen_and_rejected_are_enough():
    found = pairs_from_jsonl(lines(row()), "f.jsonl")

    (pair,) = found.pairs
    assert (pair.context[0].content, pair.chosen.text, pair.rejected.text) == ("Why?", "Because.", "Hm.")
    assert pair.conversation_id == pair.pair_id


def test_the_optional_fields_are_honoured():
    full = row(
        user_id="u1", split="test", seq=7, conversation_id="k1", pair_id="x", present_first="rejected",
        chosen={"role": "assistant", "content": "B", "continuation": [{"role": "assistant", "content": "A"}, {"role": "user", "content": "more"}]},
    )  # fmt: skip

    (pair,) = pairs_from_jsonl(lines(full), "f.jsonl").test

    assert (pair.pair_id, pair.seq, pair.conversation_id, pair.chosen_first) == ("x", 7, "k1", False)
    assert [turn.content for turn in pair.chosen.lead_in] == ["A", "more"]


def test_sides_without_a_field_are_drawn_by_the_texts_and_not_by_the_label():
    rows = [row(chosen=f"answer {number}", rejected=f"other {number * 7}") for number in range(60)]

    sides = [pair.chosen_first for pair in pairs_from_jsonl(lines(*rows), "f").pairs]

    assert 15 < sum(sides) < 45


def test_one_person_is_taken_and_must_be_named_where_there_are_several():
    data = lines(row(user_id="a"), row(user_id="b", chosen="C"))

    assert len(pairs_from_jsonl(data, "f", "b").pairs) == 1
    with pytest.raises(BadInput, match=r"2 people .*Name one"):
        pairs_from_jsonl(data, "f")
    with pytest.raises(BadInput, match=r"f holds no choices of 'z'\. It has those of a with 1, b with 1"):
        pairs_from_jsonl(data, "f", "z")


def test_everybody_in_a_file_is_read_in_the_order_of_the_file():
    data = lines(row(user_id="b"), row(user_id="a", chosen="C"), row(user_id="b", chosen="D", split="test"))

    found = everyone_from_jsonl(data, "f")

    assert [(one.user, len(one.pairs), len(one.test)) for one in found] == [("b", 1, 1), ("a", 1, 0)]
    assert [(one.user, len(one.pairs)) for one in everyone_from_jsonl(lines(TRL), "f")] == [("", 1)]


def test_what_a_person_said_of_themselves_comes_along_as_plain_text():
    stated = {"self_description": "I am honest. ", "system_string": "Be brief.", "wishes": ["jokes", None, "lists"]}
    data = lines(
        row(user_id="a"),
        row(user_id="a", chosen="B", stated_preferences=stated, demographics={"age": "35-44 years old", "gender": ""}),
        row(user_id="b", stated_preferences="Be kind.", demographics=None),
        row(user_id="c", stated_preferences=7),
    )

    found = {one.user: one.about for one in everyone_from_jsonl(data, "f")}

    assert found["a"] == About(
        "About themselves: I am honest.\nHow an assistant should be: Be brief.\nWishes: jokes, lists",
        "Age: 35-44 years old",
    )
    assert (found["b"], found["c"]) == (About("Be kind."), About("7"))


def test_doubles_and_equal_answers_are_left_out_with_a_reason():
    found = pairs_from_jsonl(lines(row(), row(), row(chosen="Same.", rejected="Same.")), "f")

    assert len(found.pairs) == 1
    assert found.skipped == (
        "Line 3 was left out: chosen and rejected are the same text, so there is nothing to choose.",
        "Line 2 was left out: it says the same as line 1.",
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (b" \n ", "The file is empty"),
        (b'{"a": "\x00"}', "none of the known sets of fields"),
        (lines(row())[:-9], "Line 1: It is no JSON"),
        (b"[1, 2]", "Item 1: It is no object"),
        (b"[" * 100_000, "nested too deep"),
        (lines({"context": "Why?", "chosen": "a"}), "rejected is missing"),
        (lines(row(context=[])), "must share the turns up to a question"),
        (lines(row(context=[{"role": "boss", "content": "x"}])), "the role 'boss'"),
        (lines(row(context=5)), "must be a text or a list of turns"),
        (lines(row(chosen=5)), "chosen must be a text or a list"),
        (lines(row(chosen=" ")), "A turn of the assistant is empty"),
        (lines(row(chosen={"content": "x", "continuation": [1]})), "the continuation of chosen has a turn"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence_that_names_the_fault(data, said):
    with pytest.raises(BadInput, match=r"^f\.jsonl: ") as refused:
        pairs_from_jsonl(data, "f.jsonl")

    assert said in str(refused.value)


TRL = {"prompt": [{"role": "user", "content": "Why?"}], "chosen": [{"role": "assistant", "content": "Because."}],
       "rejected": [{"role": "assistant", "content": "Hm."}]}  # fmt: skip
BATTLE = {
    "conversation_a": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}],
    "conversation_b": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Hm."}],
    "winner": "model_a",
}


@pytest.mark.parametrize(
    "data", [lines(TRL), lines(BATTLE), json.dumps([row()]).encode()], ids=["TRL", "LMSYS", "an array of our own rows"]
)
def test_rows_of_trl_and_lmsys_and_arrays_are_read_too(data):
    (pair,) = pairs_from_jsonl(data, "f.jsonl").pairs

    assert (pair.context[0].content, pair.chosen.text, pair.rejected.text) == ("Why?", "Because.", "Hm.")


def test_battles_keep_their_sides_and_lose_what_is_no_choice():
    other = {**BATTLE, "conversation_a": [BATTLE["conversation_a"][0], {"role": "assistant", "content": "So it is."}]}

    found = pairs_from_jsonl(lines(BATTLE, {**other, "winner": "tie"}, BATTLE), "f.jsonl")

    assert [pair.chosen_first for pair in found.pairs] == [True]
    assert found.skipped == (
        "Line 3 was left out: it says the same as line 1.",
        "Line 2 was left out: it is no choice between the two.",
    )


def test_a_file_without_people_is_nobodys_in_particular():
    with pytest.raises(BadInput, match="names no people"):
        pairs_from_jsonl(lines(TRL), "f.jsonl", "u1")

"""Reading files of preferences: every format we name, and every kind of bad file we know of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.choices.preference import Verdict, first_is_left
from app.domain.errors import BadInput, TooLarge
from app.domain.texts.conversation import Turn
from app.domain.transcripts import text
from app.domain.transcripts.detector import Read, read_preferences
from app.domain.transcripts.found import FoundComparison, side_seed

SAMPLES = Path(__file__).parents[2] / "samples"
ASKED = [{"role": "user", "content": "Sky?"}]
BLUE = {"role": "assistant", "content": "Blue."}
RED = {"role": "assistant", "content": "Red."}


def read(*rows: Any) -> Read:
    return read_preferences("\n".join(json.dumps(row) for row in rows).encode())


def only(*rows: Any) -> FoundComparison:
    found = read(*rows).comparisons
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("name", "rows"), [("mtbench", 7), ("tulu", 6), ("pandalm", 6)])
def test_real_files_of_pairs_are_read_whole(name: str, rows: int) -> None:
    found = read_preferences((SAMPLES / f"{name}.jsonl").read_bytes())

    assert (len(found.comparisons), found.skipped) == (rows, ())
    assert all(each.context[-1].role == "user" and each.verdict.is_choice for each in found.comparisons)


def test_a_continuation_becomes_what_leads_to_each_answer() -> None:
    second_turns = [
        each for each in read_preferences((SAMPLES / "mtbench.jsonl").read_bytes()).comparisons if each.first.lead_in
    ]

    assert len(second_turns) == 3
    assert [turn.role for turn in second_turns[0].first.lead_in] == ["assistant", "user"]


def test_the_recorded_side_is_kept() -> None:
    row = {"context": ASKED, "chosen": BLUE, "rejected": {"role": "model", "content": "Red."}, "chosen_model": "m1"}

    on_a, on_b, unknown = only({**row, "orig_side": "a"}), only({**row, "orig_side": "b"}), only(row)

    assert (on_a.verdict, on_a.first.text, on_a.first_model, on_a.sides_known) == (Verdict.FIRST, "Blue.", "m1", True)
    assert (on_b.verdict, on_b.first.text, on_b.second_model) == (Verdict.SECOND, "Red.", "m1")
    assert not unknown.sides_known
    assert on_a.digest == on_b.digest == unknown.digest


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": ASKED, "chosen": [BLUE], "rejected": [RED]},
        {"chosen": [*ASKED, BLUE], "rejected": [*ASKED, RED]},
        {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Red."},
        {"prompt": "\n\nHuman: Sky?\n\nAssistant:", "chosen": "Blue.", "rejected": "Red."},
        {"chosen": "\n\nHuman: Sky?\n\nAssistant: Blue.", "rejected": "\n\nHuman: Sky?\n\nAssistant: Red."},
        {"context": ASKED, "chosen": BLUE, "rejected": RED},
        {"context": "Sky?", "chosen": "Blue.", "rejected": "Red."},
        {
            "prompt": [{"role": "user", "content": [{"type": "text", "text": "Sky?"}]}],
            "chosen": [BLUE],
            "rejected": [RED],
        },
    ],
    ids=["explicit", "implicit", "plain", "labelled prompt", "labelled", "pairs", "plain pairs", "parts"],
)
def test_every_way_to_write_one_choice_gives_the_same_comparison(row: dict[str, Any]) -> None:
    found = only(row)

    assert found.context == (Turn("user", "Sky?"),)
    assert (found.first.text, found.second.text, found.verdict) == ("Blue.", "Red.", Verdict.FIRST)


@pytest.mark.parametrize(
    ("winner", "verdict"),
    [
        ({"winner": "model_a"}, Verdict.FIRST),
        ({"winner": "model_b"}, Verdict.SECOND),
        ({"winner": "tie"}, Verdict.SAME),
        ({"winner": "tie (bothbad)"}, Verdict.BOTH_BAD),
        ({"winner": None, "verdict": "skip"}, Verdict.SKIP),
    ],
)
def test_battles_give_all_five_verdicts(winner: dict[str, Any], verdict: Verdict) -> None:
    battle = {"conversation_a": [*ASKED, BLUE], "conversation_b": [*ASKED, RED], "model_a": "a", "model_b": "b"}

    found = only({**battle, **winner})

    assert (found.verdict, found.first_model, found.second_model, found.sides_known) == (verdict, "a", "b", True)


def test_a_battle_of_several_turns_shares_what_both_sides_have_in_common() -> None:
    found = only(
        {"winner": "tie", "conversation_a": [*ASKED, BLUE, *ASKED, RED], "conversation_b": [*ASKED, RED, *ASKED, BLUE]}
    )

    assert found.context == (Turn("user", "Sky?"),)
    assert [turn.content for turn in found.first.lead_in] == ["Blue.", "Sky?"]


def test_the_stored_seed_explains_the_side_of_every_import() -> None:
    digest = only({"context": ASKED, "chosen": BLUE, "rejected": RED}).digest

    assert first_is_left(side_seed(digest, keep_first=True))
    assert not first_is_left(side_seed(digest, keep_first=False))
    assert side_seed(digest, keep_first=None) == side_seed(digest, keep_first=None)


def test_a_json_array_and_an_object_over_several_lines_are_read_too() -> None:
    row = {"context": ASKED, "chosen": BLUE, "rejected": RED}

    array = read_preferences(b"\xef\xbb\xbf " + json.dumps([row, {**row, "context": "Sea?"}], indent=1).encode())
    one = read_preferences(json.dumps(row, indent=2).encode())

    assert (len(array.comparisons), len(one.comparisons)) == (2, 1)


def test_bad_rows_are_told_with_their_line_and_the_good_ones_kept() -> None:
    row = {"context": ASKED, "chosen": BLUE, "rejected": RED}
    lines = [json.dumps(row), "", "{broken", json.dumps({"hello": 1}), json.dumps({**row, "rejected": BLUE}), "[1]"]

    found = read_preferences("\r\n".join(lines).encode())

    assert len(found.comparisons) == 1
    assert [told.where for told in found.skipped] == ["line 3", "line 4", "line 5", "line 6"]
    assert "same text" in found.skipped[2][1]


GOOD = json.dumps({"context": ASKED, "chosen": BLUE, "rejected": RED}).encode()
HOSTILE = {
    "empty": (b"", "empty"),
    "only space": (b" \n\t\n", "empty"),
    "no rows": (b"[]", "It has no rows"),
    "another format": (b'{"mapping": {}}', "known sets of fields"),
    "no JSON": (b"hello there", "neither JSON nor a table"),
    "a damaged zip": (b"PK\x03\x04\x00\x00", "zip and damaged"),
    "truncated line": (GOOD[:40], "cut off"),
    "truncated array": (b"[" + GOOD, "cut off"),
    "array broken in the middle": (b"[" + GOOD + b",\n" + GOOD[:30] + b"]", "line 2"),
    "latin-1": (GOOD + b"\n\xe9", "Line 2 of the file is not UTF-8"),
    "half of utf-16": (GOOD.decode().encode("utf-16")[:-1], "UTF-16"),
    "bytes that are no text": (b"\x00\x01\xff\xfe\x80 GIF", "NUL bytes and is no text"),
    "NaN": (GOOD.replace(b'"Blue."', b"NaN"), "chosen has a turn whose content is NaN"),
    "Infinity": (b'[{"context": -Infinity, "chosen": "a", "rejected": "b"}]', "context is NaN"),
    "1e999": (b'{"context": 1e999, "chosen": "a", "rejected": "b"}', "context is NaN"),
    "200,000 digits": (b'{"prompt": "a", "chosen": "b", "rejected": ' + b"9" * 200_000 + b"}", "rejected is NaN"),
    "deep arrays": (b"[" * 100_000, "nested too deep"),
    "deep objects": (b'{"a":' * 100_000, "nested too deep"),
    "a key twice": (
        b'{"prompt": "a", "chosen": "b", "rejected": "c", "chosen": "d"}',
        "chosen is NaN, or stands there twice",
    ),
    "not text": (GOOD.replace(b'"Blue."', b"7"), "not text"),
    "unknown role": (GOOD.replace(b"assistant", b"wizard"), "the role 'wizard'"),
    "empty turn": (GOOD.replace(b"Blue.", b" "), "empty"),
    "long turn": (GOOD.replace(b"Blue", b"B" * 100_001), "100,000"),
    "many turns": (json.dumps({"context": ASKED * 2_001, "chosen": BLUE, "rejected": RED}).encode(), "2,000"),
    "no question shared": (json.dumps({"chosen": [BLUE], "rejected": [RED]}).encode(), "share"),
    "wrong winner": (
        json.dumps({"conversation_a": [*ASKED, BLUE], "conversation_b": [*ASKED, RED], "winner": "me"}).encode(),
        "winner",
    ),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_file_without_one_usable_row_is_refused_in_a_sentence(name: str) -> None:
    data, reason = HOSTILE[name]

    with pytest.raises(BadInput, match=r"^[A-Z].*\.$") as refusal:
        read_preferences(data)

    assert reason.lower() in str(refusal.value).lower()
    assert len(str(refusal.value)) < 600


def test_limits_hold_at_one_over_and_name_themselves() -> None:
    rows = b'{"a": 1}\n' * (text.MOST_ROWS - 1) + GOOD

    assert len(read_preferences(rows).comparisons) == 1
    with pytest.raises(TooLarge, match="10,000 rows"):
        read_preferences(rows + b"\n" + GOOD)
    with pytest.raises(TooLarge, match="20 MB"):
        read_preferences(b" " * (text.MOST_UPLOADED_BYTES + 1))


def test_a_name_is_made_fit_to_show_in_one_line() -> None:
    assert text.clean_name(" a\0b\n\ud800c.jsonl " + "x" * 300)[:12] == "a\ufffdb \ufffdc.jsonl"[:12]
    assert len(text.clean_name("x" * 300)) == 200


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400)
    | st.recursive(
        st.none()
        | st.booleans()
        | st.floats()
        | st.text(max_size=5)
        | st.sampled_from(["user", "assistant", "model_a"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "context",
                        "chosen",
                        "rejected",
                        "prompt",
                        "role",
                        "content",
                        "continuation",
                        "conversation_a",
                        "conversation_b",
                        "winner",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=25,
    ).map(lambda value: json.dumps(value).encode())
)
def test_whatever_is_brought_is_read_or_refused(data: bytes) -> None:
    try:
        found = read_preferences(data)
    except BadInput as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017
    else:
        assert found.comparisons

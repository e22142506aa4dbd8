from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.prompt_targets.compiler import MOST_LINES
from app.domain.texts.conversation import Turn
from app.domain.texts.request_kinds import kind_of
from app.induction.model.language_model import ModelProfile, Prompt, Reply
from bench.obey.__main__ import prompts, table
from bench.obey.answering import NOTHING, Answered, answer_all, kept
from bench.obey.measuring import keeps, moved
from bench.obey.prompts import RIVAL, RIVALS, SHIPPED, TASTES
from bench.obey.requests import CONVERSATIONS, TURNS

LONG = "Leaves change since the tree takes the green back. " * 12
LIST = "- red\n- yellow\n- brown"


class Remembering:
    """Answers with the number of messages it was shown, and fails after so many calls."""

    profile = ModelProfile(name="remembering")

    def __init__(self, fails_after: int = 1_000) -> None:
        self.prompts: list[Prompt] = []
        self.fails_after = fails_after

    async def complete(self, prompt: Prompt) -> Reply:
        if len(self.prompts) == self.fails_after:
            raise RuntimeError("unplugged")
        self.prompts.append(prompt)
        return Reply(f"Answer to {prompt.messages[-1].content} after {len(prompt.messages)}")


def answered(taste: str, answer: str, conversation: int = 0, turn: int = 1) -> Answered:
    return Answered(taste, SHIPPED, conversation, turn, CONVERSATIONS[conversation][turn - 1], answer, cut=False)


def test_twenty_different_requests_of_five_kinds_are_measured() -> None:
    measured = [requests[turn - 1] for requests in CONVERSATIONS for turn in TURNS]
    assert len(set(measured)) == 20
    assert {kind_of((Turn("user", request),)) for request in measured} >= {
        "facts",
        "advice",
        "making",
        "code",
        "calculation",
    }


def test_every_taste_has_each_of_its_lines_in_the_exported_text() -> None:
    for taste in TASTES.values():
        text = taste.prompt(SHIPPED)
        lines = [taste.line(measure, more=more) for measure, more in taste.sides]
        assert len(set(lines)) == len(lines) <= MOST_LINES
        assert all(f"- {line}\n" in text for line in lines)


def test_a_rival_is_asked_only_where_a_line_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.obey.prompts.RIVALS", {("lists", False): "No lists."})
    monkeypatch.setattr("bench.obey.__main__.RIVALS", {("lists", False): "No lists."})
    asked = prompts([NOTHING, *TASTES], rival=True)
    assert [key for key in asked if key[1] == RIVAL] == [("brief", RIVAL)]
    assert asked["brief", RIVAL] == asked["brief", SHIPPED].replace(
        TASTES["brief"].line("lists", more=False), "No lists."
    )
    assert asked[NOTHING, SHIPPED] == ""


def test_rivals_are_wordings_of_lines_that_are_tried_and_differ_from_them() -> None:
    tried = {side: taste.line(side[0], more=side[1]) for taste in TASTES.values() for side in taste.sides}
    assert set(RIVALS) <= set(tried)
    assert all(rival != tried[side] for side, rival in RIVALS.items())


def test_each_turn_is_asked_after_the_models_own_answers_and_a_stopped_command_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    asked = {("brief", SHIPPED): "Be brief."}
    with pytest.raises(ExceptionGroup):
        asyncio.run(answer_all(Remembering(fails_after=3), asked, CONVERSATIONS[:1], file, 1))
    assert [one.turn for one in kept(file)] == [1, 2, 3]
    model = Remembering()
    asyncio.run(answer_all(model, asked, CONVERSATIONS[:1], file, 1))
    assert len(model.prompts) == 5
    assert [one.turn for one in kept(file)] == list(range(1, 9))
    last = [(message.role, message.content) for message in model.prompts[-1].messages]
    assert last[0] == ("system", "Be brief.")
    assert last[-1] == ("user", CONVERSATIONS[0][7])
    assert last[-2] == ("assistant", f"Answer to {CONVERSATIONS[0][6]} after 14")
    assert all(json.loads(line)["answer"] for line in file.read_text(encoding="utf-8").splitlines())


def test_an_answer_moves_a_line_its_way_against_it_or_not() -> None:
    taste = replace(TASTES["brief"], more=(), less=("length", "lists"))
    answers = [
        answered(NOTHING, LONG + LIST),
        answered("brief", "The green goes."),
        answered(NOTHING, LONG, 1),
        answered("brief", LONG + LIST, 1),
        answered(NOTHING, LONG, 2),
    ]
    found = {one.measure: one for one in moved(answers, "brief", taste)}
    assert (found["lists"].moved, found["lists"].against, found["lists"].net.n) == (1, 1, 2)
    assert (found["length"].moved, found["length"].against) == (1, 0)
    assert (found["length"].kept, found["length"].kept_without) == (1, 0)
    assert not list(moved(answers, "brief", taste, (8,)))


def test_no_prompt_moves_nothing() -> None:
    answers = [
        answered(taste, f"{LONG} {number}", number)
        for taste in (NOTHING, "thorough")
        for number in range(len(CONVERSATIONS))
    ]
    assert all(one.moved == one.against == 0 for one in moved(answers, "thorough", TASTES["thorough"]))


@pytest.mark.parametrize(
    ("measure", "more", "answer", "is_kept"),
    [
        ("length", False, "word " * 75, True),
        ("length", False, "word " * 76, False),
        ("length", True, "word " * 47, False),
        ("length", True, "word " * 60, True),
        ("lists", True, LIST, True),
        ("lists", True, "- one\n- two", False),
        ("lists", False, "- one", False),
        ("question_back", True, "It does. Do you mean oaks?", True),
        ("question_back", False, "It does. Do you mean oaks?", False),
        ("headings", False, "One text.", True),
    ],
)
def test_an_answer_keeps_a_line_or_not(measure: str, more: bool, answer: str, is_kept: bool) -> None:
    assert keeps(measure, more, 60, answered("brief", answer)) is is_kept


def test_the_table_has_a_row_for_each_line_and_its_turns() -> None:
    answers = [
        answered(taste, text, 0, turn) for taste, text in ((NOTHING, LONG), ("brief", "Short.")) for turn in TURNS
    ]
    rows = list(table(answers))
    length = next(row for row in rows if "less length" in row)
    assert "| 4 | 4 | 0 | +1.00" in length
    assert length.endswith("+1.00 | +1.00 | +1.00 | +1.00 |")
    assert sum(row.startswith("| brief | shipped | ") for row in rows) == 1 + sum(1 for _ in TASTES["brief"].sides)

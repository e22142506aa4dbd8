"""Readers behind the port: an answer is kept and given again, an unread prompt is no hit, and what shows choices goes to other readers."""

from __future__ import annotations

import asyncio
import json

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.personas.persona import Trait
from app.domain.texts.conversation import Turn
from app.induction.model.language_model import Message, ModelFailure, Prompt, Reply
from bench.readers.__main__ import Judged, _said, judged, table
from bench.readers.people import Person
from bench.readers.port import DIGITS, Readers, kept

JUDGED = Prompt((Message("user", "A or B?"),), "judge", 1, labels=("A", "B"))
PROPOSED = Prompt((Message("user", "What do they like?"),), "propose", 90, schema="{}")


def answered(readers, prompt):
    return asyncio.run(readers.role("learn", "votes").answer([prompt]))[0]


def test_what_nobody_has_read_fails_and_is_not_guessed():
    assert isinstance(answered(Readers({}), JUDGED), ModelFailure)


def test_what_was_read_is_kept_with_its_role_and_given_again(tmp_path):
    file = tmp_path / "answers.jsonl"
    for prompt, role, said in ((JUDGED, "votes", {"p_first": 0.75}), (PROPOSED, "learn", {"answer": {"traits": []}})):
        name = f"{prompt.digest[:DIGITS]}.json"
        (tmp_path / "answers").mkdir(exist_ok=True)
        (tmp_path / "answers" / name).write_text(json.dumps(said))

        read = answered(Readers({}, tmp_path, file), prompt)

        assert json.loads((tmp_path / "queue" / role / name).read_text())["purpose"] == prompt.purpose
        assert answered(Readers(kept(file)), prompt) == read
    assert [(row["role"], row.get("p_first")) for row in kept(file).values()] == [("votes", 0.75), ("learn", None)]


def test_a_probability_of_the_first_label_is_its_share(tmp_path):
    reply = answered(Readers({JUDGED.digest[:DIGITS]: {"p_first": 0.2}}), JUDGED)

    assert isinstance(reply, Reply)
    assert reply.text == "B"
    assert reply.label_logprobs["A"] < reply.label_logprobs["B"]


PAIRS = tuple(
    PreferencePair(f"p{n}", (Turn("user", "Why?"),), Completion("A long answer."), Completion("No."), f"c{n}", True, n)
    for n in range(2)
)


def rows_of(one):
    lines = list(table([one]))
    return {line.split(" | ")[0].strip("| "): line for line in lines[2:] if line.startswith("|")}, lines[-1]


def test_a_person_whom_nobody_has_read_is_left_out():
    assert asyncio.run(judged(Person("u", PAIRS, PAIRS), Readers({}))) is None


def test_a_way_that_was_read_in_part_has_no_figure():
    log_odds: dict[str, list[float | None]] = {
        "plain": [1.0, -1.0],
        "traits": [1.0, None],
        "prompt": [1.0, 1.0],
        "counted": [0.0, 1.0],
        "longer": [1.0, 1.0],
    }
    rows, said = rows_of(Judged(Person("u", (), PAIRS), (), log_odds, [2.0, None]))

    assert rows["plain"].startswith("| plain | 50.0 % [")
    assert rows["counted"].startswith("| counted | 75.0 % [")
    assert "1 of 2 not read" in rows["traits"]
    assert "not read" in rows["prompt"].rsplit("|", 2)[1]
    assert "nobody has read of 1 of 2" in said


def test_what_the_traits_say_counts_where_they_separate():
    log_odds = {way: [1.0, 1.0] for way in ("plain", "traits", "prompt", "counted", "longer")}
    rows, said = rows_of(Judged(Person("u", (), PAIRS), (), log_odds, [2.0, 0.0]))

    assert "of 1 |" in rows["plain"]
    assert said == "A trait separates 1 of 2 questions, and what the traits say there is right in 1."


def test_a_trait_of_one_kind_says_nothing_of_another():
    traits = (
        Trait("Likes lists", ("p0",), weight=1.0),
        Trait("For code, likes none", ("p1",), weight=2.0, when="code"),
    )

    assert _said(traits, (1, -1), "code") == -1
    assert _said(traits, (1, -1), "facts") == 1

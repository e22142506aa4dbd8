"""Readers behind the port: an answer is kept and given again, an unread prompt is no hit, and what shows choices goes to other readers."""

from __future__ import annotations

import asyncio
import json

from app.induction.model.language_model import Message, ModelFailure, Prompt, Reply
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

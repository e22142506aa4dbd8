"""What is sent for a prompt, by the habits of the model."""

from __future__ import annotations

import json

from app.adapters.request_form import request_of
from app.induction.model.habits import Habits
from app.induction.model.language_model import Message, Prompt

SCHEMA = '{"properties":{"word":{"type":"string"}},"type":"object"}'
SAID = (Message("system", "Be brief."), Message("user", "A or B?"))
LETTER = Prompt(SAID, "judge", 1, labels=("A", "B"), seed=7)
AS_JSON = Prompt(SAID, "vote", 300, schema=SCHEMA)


def test_a_model_that_takes_everything_is_sent_everything():
    assert request_of(LETTER, Habits()) == {
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "A or B?"}],
        "max_tokens": 1,
        "temperature": 0.0,
        "seed": 7,
        "logprobs": True,
        "top_logprobs": 20,
    }
    asked = request_of(AS_JSON, Habits())["response_format"]
    assert asked["json_schema"]["schema"] == json.loads(SCHEMA)


def test_what_it_does_not_take_is_not_sent():
    sent = request_of(LETTER, Habits(seed=False, temperature=False, top_logprobs=0, limit="max_completion_tokens"))

    assert set(sent) == {"messages", "max_completion_tokens"}


def test_log_probabilities_are_asked_for_as_many_as_are_told():
    assert request_of(LETTER, Habits(top_logprobs=5))["top_logprobs"] == 5


def test_a_letter_that_is_read_from_the_text_gets_room_for_the_marks_around_it():
    assert request_of(LETTER, Habits(top_logprobs=0))["max_tokens"] == 8


def test_thoughts_get_their_room_beside_the_answer_within_context_and_limits():
    thinker = Habits().thinking(400)
    prompt = Prompt((Message("user", "word " * 300),), "vote", 300)

    assert request_of(AS_JSON, thinker)["max_tokens"] == 2_300
    assert request_of(AS_JSON, Habits(least_tokens=16, top_logprobs=0, thought_room=100))["max_tokens"] == 400
    assert request_of(AS_JSON, Habits(most_tokens=1_000, thought_room=2_000))["max_tokens"] == 1_000
    tight = request_of(prompt, Habits(thought_room=2_000, context_tokens=2_048))["max_tokens"]
    assert 300 <= tight <= 2_048 - prompt.estimated_tokens


def test_the_least_that_is_taken_is_asked_for_at_least():
    assert request_of(LETTER, Habits(least_tokens=16))["max_tokens"] == 16


def test_without_a_system_role_its_text_leads_in_the_first_message():
    plain = Habits(system_role=False)
    answered = Prompt((Message("system", "One."), Message("assistant", "Hm."), Message("system", "Two.")), "judge", 5)

    assert request_of(LETTER, plain)["messages"] == [{"role": "user", "content": "Be brief.\n\nA or B?"}]
    assert request_of(answered, plain)["messages"] == [
        {"role": "user", "content": "One.\n\nTwo."},
        {"role": "assistant", "content": "Hm."},
    ]


def test_json_is_asked_for_in_words_where_no_schema_is_taken_and_the_prompt_stays_the_same_call():
    digest = AS_JSON.digest
    words = request_of(AS_JSON, Habits(schema="words"))
    as_object = request_of(AS_JSON, Habits(schema="json_object"))

    assert "response_format" not in words
    assert as_object["response_format"] == {"type": "json_object"}
    for sent in (words, as_object):
        assert sent["messages"][-1]["content"].startswith("A or B?\n\nAnswer with one JSON object")
        assert sent["messages"][-1]["content"].endswith(SCHEMA)
    assert AS_JSON.digest == digest


def test_words_about_json_follow_as_a_message_of_their_own_where_the_last_is_not_the_persons():
    prompt = Prompt((Message("user", "Go."), Message("assistant", "{")), "vote", 10, schema=SCHEMA)

    sent = request_of(prompt, Habits(schema="words"))["messages"]

    assert [message["role"] for message in sent] == ["user", "assistant", "user"]

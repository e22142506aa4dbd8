"""What the stand-in says to each of the product's prompts, asked in process with the prompts' own texts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.personas.persona import Demonstration
from app.domain.texts.conversation import Turn
from app.induction.judging.entries import read_entries
from app.induction.judging.judge import PLAIN, Condition, judging_prompts
from app.induction.judging.stacked import stacked_prompt
from app.induction.model.language_model import ModelProfile, Prompt
from app.induction.model.prompts import render
from bench import people
from bench.in_process import PROFILE, reply_to
from bench.stand_in_model import completion
from bench.stand_in_statements import read_statement
from tests.induction.given import pair as numbered

SHORT = "Take the train. It is cheaper."
LONG = "Take the train, because it is cheaper. " * 12


def pair(chosen: str = SHORT, rejected: str = LONG, request: str = "Should I fly?") -> PreferencePair:
    return PreferencePair(
        "p", (Turn("user", request),), Completion(chosen), Completion(rejected), "c", chosen_first=True
    )


def odds_of_chosen(one: PreferencePair, condition: Condition, profile: ModelProfile = PROFILE) -> float:
    """Log-odds of the chosen answer over both orders."""
    prompts = judging_prompts(one, condition, profile.judging, profile)
    first, second = (reply_to(fitted.prompt).label_logprobs for fitted in prompts)
    yes, no = prompts[0].prompt.labels
    return (first[yes] - first[no] - second[yes] + second[no]) / 2


def asked(name: str, schema: dict[str, Any], **parts: str) -> Any:
    prompt = Prompt(render(name, **parts), name, 400, schema=json.dumps(schema))
    return json.loads(reply_to(prompt).text)


def exhibits(choices: list[PreferencePair]) -> str:
    return "\n\n".join(
        f"Choice {number}\n<request>\n{one.context[-1].content}\n</request>\n"
        f"<chosen_answer>\n{one.chosen.text}\n</chosen_answer>\n<other_answer>\n{one.rejected.text}\n</other_answer>"
        for number, one in enumerate(choices, start=1)
    )


TRAITS = {
    "properties": {
        "traits": {
            "type": "array",
            "minItems": 8,
            "maxItems": 8,
            "items": {
                "properties": {
                    "trait": {"type": "string"},
                    "opposite": {"type": "string"},
                    "when": {"type": "string", "enum": ["any request", "code", "calculation", "making", "advice"]},
                }
            },
        }
    }
}


def votes(statements: dict[str, str], shown: str) -> list[dict[str, str]]:
    field = {"type": "string", "enum": ["A", "B", "-"]}
    items = {"type": "object", "properties": dict.fromkeys(statements, field)}
    schema = {"properties": {"pairs": {"type": "array", "items": items}}}
    listed = "\n".join(f"{label}: {text}" for label, text in statements.items())
    found: list[dict[str, str]] = asked("vote", schema, several="", statements=listed, pairs=shown)["pairs"]
    return found


def axis_of(trait: str) -> tuple[str, int] | None:
    return next(iter(read_statement(trait).leanings.items()), None)


def shown_pair(number: int, first: str, second: str, request: str = "Should I fly?") -> str:
    return f"Pair {number}\n<request>\n{request}\n</request>\n<answer_a>\n{first}\n</answer_a>\n<answer_b>\n{second}\n</answer_b>"


def test_told_nothing_it_likes_the_longer_answer_and_what_stands_first():
    assert odds_of_chosen(pair(), PLAIN) < 0
    assert odds_of_chosen(pair(LONG, SHORT), PLAIN) > 0


def test_told_a_taste_it_follows_it():
    assert odds_of_chosen(pair(), Condition("persona", "Traits:\n- Prefers shorter answers")) > 2


def test_a_taste_for_other_requests_is_not_followed():
    guide = "Traits:\n- For code: prefers shorter answers"

    assert odds_of_chosen(pair(), Condition("persona", guide)) < 0
    assert odds_of_chosen(pair(request="Write a Python script."), Condition("persona", guide)) > 2


def test_worked_examples_pull_a_little():
    shown = tuple(Demonstration(one) for one in people.pairs("single", 0, 3))

    pulled = odds_of_chosen(pair(), Condition("demonstrations", "", shown)) - odds_of_chosen(pair(), PLAIN)

    assert (
        0
        < pulled
        < odds_of_chosen(pair(), Condition("persona", "- Prefers shorter answers")) - odds_of_chosen(pair(), PLAIN)
    )


def test_an_answer_alone_is_judged_too():
    alone = ModelProfile("small", judging="pointwise")

    assert odds_of_chosen(pair(), Condition("persona", "- Prefers shorter answers"), alone) > 2


def test_equal_prompts_get_equal_answers_and_another_seed_another_one_only_above_temperature_0():
    messages = render("propose", choices=exhibits(people.pairs("none", 0, 4)), count="8", known="", manners="")

    def said(temperature: float, seed: int) -> str:
        prompt = Prompt(messages, "propose", 400, schema=json.dumps(TRAITS), temperature=temperature, seed=seed)
        return reply_to(prompt).text

    assert said(0, 1) == said(0, 2)
    assert said(0.5, 1) != said(0.5, 2)


@pytest.mark.parametrize("seed", range(4))
def test_the_traits_it_proposes_hold_what_the_choices_show_and_some_that_say_nothing(seed):
    ((axis, side),) = people.person("single", seed).tastes[""].items()

    proposed = asked(
        "propose", TRAITS, choices=exhibits(people.pairs("single", seed, 24)), count="8", known="", manners=""
    )["traits"]

    assert len(proposed) == 8
    assert axis_of(proposed[0]["trait"]) == (axis, 1 if side > 0 else -1)
    assert axis_of(proposed[0]["opposite"]) == (axis, -1 if side > 0 else 1)
    assert any(axis_of(row["trait"]) is None for row in proposed)


def test_it_believes_what_the_prompt_says_was_chosen():
    turned = [replace(one, chosen=one.rejected, rejected=one.chosen) for one in people.pairs("single", 0, 24)]

    proposed = asked("propose", TRAITS, choices=exhibits(turned), count="8", known="", manners="")["traits"]

    assert axis_of(proposed[0]["trait"]) == ("long", 1)


def test_a_leaning_of_one_kind_of_request_is_proposed_for_that_kind():
    proposed = asked(
        "propose", TRAITS, choices=exhibits(people.pairs("conditional", 0, 20)), count="8", known="", manners=""
    )["traits"]

    assert ("code", ("long", -1)) in {(row["when"], axis_of(row["trait"])) for row in proposed}


def test_each_statement_votes_on_each_pair_by_what_the_texts_show():
    found = votes(
        {"S1": "prefers short answers", "S2": "prefers long answers"},
        "\n\n".join([shown_pair(1, SHORT, LONG), shown_pair(2, LONG, SHORT)]),
    )

    assert found == [{"S1": "A", "S2": "B"}, {"S1": "B", "S2": "A"}]


def test_a_statement_does_not_vote_where_its_condition_is_not_met_or_nothing_differs():
    found = votes({"S1": "For code: prefers shorter answers", "S2": "prefers lists"}, shown_pair(1, SHORT, LONG))

    assert found == [{"S1": "-", "S2": "-"}]


def test_a_summary_is_made_of_the_statements():
    schema = {"properties": {"summary": {"type": "string"}}}

    said = asked("summarise", schema, traits="1. Prefers lists (clear)\n2. Dislikes long answers (likely)", words="100")

    assert "prefers lists" in said["summary"]
    assert "dislikes long answers" in said["summary"]
    assert "clear" not in said["summary"]


def test_a_memory_keeps_facts_of_the_history():
    schema = {"properties": {"facts": {"type": "array", "maxItems": 8, "items": {"type": "string"}}}}
    history = "<notes>\n1. Asked: Should I fly?\nChose: Take the train.\n2. Asked: Why?\nChose: Because.\n</notes>"

    facts = asked("memory", schema, history=history, count="8", known="", manners="")["facts"]

    assert "The person asked: Should I fly?" in facts


def test_an_answer_longer_than_what_was_asked_for_is_cut_off():
    messages = [
        {"role": message.role, "content": message.content}
        for message in render("propose", choices=exhibits([pair()]), count="8", known="", manners="")
    ]
    asked_for = {"messages": messages, "response_format": {"json_schema": {"schema": TRAITS}}}

    whole, cut = (completion({**asked_for, "max_tokens": limit}, "")["choices"][0] for limit in (4_000, 20))

    assert whole["finish_reason"] == "stop"
    assert cut["finish_reason"] == "length"
    assert whole["message"]["content"].startswith(cut["message"]["content"])
    assert 60 <= len(cut["message"]["content"]) <= 80


def stacked(given, told=PLAIN):
    fitted = stacked_prompt([(one, told, True) for one in given], ModelProfile("any", slot_tokens=100_000))
    return read_entries(reply_to(fitted.prompt), len(given))


def test_several_questions_get_an_entry_each_and_a_stated_taste_decides_them():
    given = [numbered(number) for number in range(8)]

    for_short, for_long = (
        stacked(given, Condition("told", f"Traits:\n- prefers {taste} answers")) for taste in ("shorter", "longer")
    )

    assert for_short.keys() == for_long.keys() == set(range(1, 9))
    assert all(margin > 0 for margin in for_short.values())
    assert all(margin < 0 for margin in for_long.values())


def test_what_is_told_under_one_question_moves_no_other():
    told = [Condition("told", f"Traits:\n- prefers {taste} answers") for taste in ("shorter", "longer")]
    shown = [(numbered(number), told[number % 2], True) for number in range(6)]

    fitted = stacked_prompt(shown, ModelProfile("any", slot_tokens=100_000))

    margins = read_entries(reply_to(fitted.prompt), 6)
    assert [margins[number] > 0 for number in range(1, 7)] == [True, False] * 3


def test_worked_examples_of_a_stacked_prompt_are_read():
    examples = tuple(Demonstration(numbered(number)) for number in range(20, 24))

    without, with_them = (
        stacked([numbered(number) for number in range(8)], Condition("told", demonstrations=shown))
        for shown in ((), examples)
    )

    assert sum(with_them.values()) > sum(without.values())


def body_of(prompt: Prompt, more: str = "") -> dict[str, Any]:
    """A request that carries the messages alone, with words after the last one."""
    said = [{"role": message.role, "content": message.content} for message in prompt.messages]
    said[-1]["content"] += more
    return {"messages": said}


@pytest.mark.parametrize("response_format", [None, {"type": "json_object"}])
def test_a_schema_that_is_given_in_words_is_obeyed(response_format):
    prompt = stacked_prompt([(numbered(1), PLAIN, True)], PROFILE).prompt
    body = body_of(prompt, f"\n\nAnswer with one JSON object of this schema: {prompt.schema}")

    text = completion({**body, "response_format": response_format}, "")["choices"][0]["message"]["content"]

    assert [one["question"] for one in json.loads(text)["answers"]] == [1]


def test_braces_and_schemas_in_a_persons_text_are_no_schema_asked_for():
    texts = ("{not JSON", '{"properties": {"word": {"type": "string"}}}')
    prompt = judging_prompts(pair(*texts), PLAIN, "both_orders", PROFILE)[0].prompt

    assert completion(body_of(prompt), "")["choices"][0]["message"]["content"] in {"A", "B"}


@pytest.mark.parametrize(("form", "labels"), [("both_orders", {"A", "B"}), ("pointwise", {"Yes", "No"})])
def test_a_label_is_written_where_no_probabilities_are_asked_for(form, labels):
    prompt = judging_prompts(pair(), PLAIN, form, PROFILE)[0].prompt

    told, written = (
        completion({**body_of(prompt), **asked_for}, "")["choices"][0]["message"]["content"]
        for asked_for in ({"logprobs": True}, {"max_tokens": 1})
    )

    assert written == told
    assert written in labels

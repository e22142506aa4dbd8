"""The field cases of pasted conversations, and other inputs of their kinds: nothing is lost, moved or put in another's mouth."""

from __future__ import annotations

import pytest

from app.domain.transcripts.pasted.text import PastedConversation, read_conversation
from tests.domain.transcripts.cases import CASES

QUESTION, ANSWER = "Why is the sky blue?", "Light is scattered."
FOUR = [("user", QUESTION), ("assistant", ANSWER), ("user", "thank you"), ("assistant", "you are welcome")]


def turns(pasted: str) -> list[tuple[str, str]]:
    return [(turn.role, turn.content) for turn in read_conversation(pasted).turns]


def case(name: str) -> list[tuple[str, str]]:
    return turns((CASES / name).read_text(encoding="utf-8"))


def written(user: str, assistant: str, *, between: str = "\n") -> str:
    """The four turns with these labels; {n} is a number that differs a turn."""
    labels = [user, assistant, user, assistant]
    return between.join(
        f"{label.format(n=n)}{text}" for n, (label, (_, text)) in enumerate(zip(labels, FOUR, strict=True))
    )


@pytest.mark.parametrize(
    ("name", "third"),
    [
        ("paste-user-and-chatgpt.txt", "thank you"),
        ("paste-times-in-labels.txt", "thank you"),
        ("paste-exporter-headings.md", "thank you"),
        ("paste-spanish-labels.txt", "gracias"),
        ("paste-german-thinking-time.txt", "Danke"),
    ],
)
def test_each_has_four_turns_of_two_speakers(name: str, third: str) -> None:
    found = case(name)

    assert [role for role, _ in found] == ["user", "assistant"] * 2
    assert found[2] == ("user", third)


def test_examples_with_labels_inside_a_turn_are_that_turn_s() -> None:
    assert case("paste-fewshot.txt") == [
        ("user", "Go on with this list:\nUser: red\nAssistant: warm\nUser: blue\nAssistant: cold\nUser: green"),
        ("assistant", "fresh"),
        ("user", "thank you"),
        ("assistant", "you are welcome"),
    ]


INNER = "User: red\nAssistant: warm\nUser: blue\nAssistant: cold\nUser: green\nAssistant: fresh"


@pytest.mark.parametrize(
    ("user", "assistant"),
    [
        ("You said:\n", "ChatGPT said:\n"),
        ("Du hast gesagt:\n", "ChatGPT hat gesagt:\n"),
        ("Vous avez dit :\n", "ChatGPT a dit :\n"),
        ("**You:** ", "**ChatGPT:** "),
        ("### User\n", "### Assistant\n"),
        ("USER: ", "ASSISTANT: "),
        ("Human: ", "Claude: "),
        ("Me: ", "Bot: "),
        ("Usuario: ", "Asistente: "),
        ("User (10:0{n}): ", "Assistant (10:0{n}): "),
        ("You\n", "Gemini\n"),
    ],
)
@pytest.mark.parametrize("inside", [INNER, INNER.lower(), "user: bob\nassistant: eve", "You: a\nMe: b\nAI: c"])
def test_labels_of_another_style_inside_any_turn_are_text(user: str, assistant: str, inside: str) -> None:
    if user.startswith(("Me", "Human")) and inside.startswith(("User", "You")):
        pytest.skip("no reader can tell these apart by their marks; the names do, see below")
    for position in range(4):
        pasted = [f"{label}{text}" for label, (_, text) in zip([user, assistant] * 2, FOUR, strict=True)]
        pasted[position] += f"\n{inside}\nThat is all."

        found = turns("\n".join(each.replace("{n}", str(n)) for n, each in enumerate(pasted)))

        expected = [text for _, text in FOUR]
        expected[position] += f"\n{inside}\nThat is all."
        assert [text for _, text in found] == expected


def test_of_two_names_with_the_same_marks_the_first_one_is_the_speaker() -> None:
    pasted = "Human: Write a dialogue\nAssistant: Sure:\nUser: hello\nBot: hi\nHuman: thanks\nAssistant: welcome"

    assert turns(pasted) == [
        ("user", "Write a dialogue"),
        ("assistant", "Sure:\nUser: hello\nBot: hi"),
        ("user", "thanks"),
        ("assistant", "welcome"),
    ]


@pytest.mark.parametrize(
    ("user", "assistant"),
    [
        ("User: ", "ChatGPT: "),
        ("Human: ", "Claude: "),
        ("Benutzer: ", "Assistent: "),
        ("Ich: ", "KI: "),
        ("Utilisateur : ", "Assistant : "),
        ("Moi : ", "IA : "),
        ("Vous avez dit :\n", "ChatGPT a dit :\n"),
        ("Usuario: ", "Asistente: "),
        ("Dijiste:\n", "ChatGPT dijo:\n"),
        ("Has dicho:\n", "ChatGPT ha dicho:\n"),
        ("Usuário: ", "Assistente: "),
        ("Você disse:\n", "O ChatGPT disse:\n"),
        ("Utente: ", "Assistente: "),
        ("Hai detto:\n", "ChatGPT ha detto:\n"),
        ("Frage: ", "Antwort: "),
        ("USUARIO: ", "ASISTENTE: "),
        ("user: ", "assistant: "),
        ("User (10:0{n}): ", "Assistant (10:0{n}): "),
        ("[10:0{n}] User: ", "[10:0{n}] Assistant: "),
        ("[2026-11-01, 10:0{n}:33] Me: ", "[2026-11-01, 10:0{n}:40] ChatGPT: "),
        ("01.11.2026, 10:0{n} - Ich: ", "01.11.2026, 10:0{n} - ChatGPT: "),
        ("User 10:0{n} AM\n", "Assistant 10:0{n} AM\n"),
        ("**User** (10:0{n}):\n", "**Assistant** (10:0{n}):\n"),
        ("You (typed):\n", "ChatGPT (GPT-4o):\n"),
        ("### 🧑 User\n\n", "### 🤖 Assistant\n\n"),
        ("## 👤 You:\n", "## 🤖 ChatGPT:\n"),
        ("**🧑‍💻 User:** ", "**🤖 Assistant:** "),
        ("#### You:\n", "#### ChatGPT:\n"),
        ("## Prompt:\n", "## Response:\n"),
        ("Q{n}: ", "A{n}: "),
        ("User - 10:0{n}\n", "Assistant - 10:0{n}\n"),
        ("2026-11-01T10:0{n}:11Z User: ", "2026-11-01T10:0{n}:15Z Assistant: "),
        ("__Human__: ", "__AI__: "),
        ("Vous\n", "Claude\n"),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n"])
def test_labels_of_many_styles_and_languages_are_known(user: str, assistant: str, between: str) -> None:
    assert turns(written(user, assistant, between=between)) == FOUR


def test_a_turn_that_is_a_button_s_word_is_kept() -> None:
    found = case("paste-turn-is-a-button-word.txt")

    assert (len(found), found[2]) == (6, ("user", "retry"))


@pytest.mark.parametrize("word", ["retry", "Copy", "Edit", "share", "Regenerate", "---", "Thought for 7s", "Kopieren"])
@pytest.mark.parametrize("position", [0, 1, 2, 3])
@pytest.mark.parametrize("page", [True, False])
def test_no_turn_is_emptied_whatever_word_it_is(word: str, position: int, page: bool) -> None:
    user, assistant = ("You said:\n", "ChatGPT said:\n") if page else ("User: ", "Assistant: ")
    texts = [text for _, text in FOUR]
    texts[position] = word

    pasted = "\n".join(f"{label}{text}" for label, text in zip([user, assistant] * 2, texts, strict=True))

    assert [text for _, text in turns(pasted)] == texts


def test_a_list_of_button_words_stays_a_list() -> None:
    assert case("paste-list-of-button-words.txt")[1][1] == "These three:\nCopy\nEdit\nShare\nAsk if you need more."


@pytest.mark.parametrize(("user", "assistant"), [("You said:\n", "ChatGPT said:\n"), ("User: ", "Assistant: ")])
@pytest.mark.parametrize("said", ["These:\nCopy\nEdit\nShare", "Copy\nEdit\nShare", "Share\nmore"])
def test_a_list_of_button_words_at_the_end_of_an_answer_is_kept_too(user: str, assistant: str, said: str) -> None:
    pasted = f"{user}Which?\n{assistant}{said}\n{user}thank you\n{assistant}you are welcome"

    assert turns(pasted)[1] == ("assistant", said)


def test_rules_and_front_matter_inside_an_answer_are_its_text() -> None:
    said = case("paste-rules-and-front-matter.txt")[1][1]

    assert said.count("---\n") == 2
    assert "\n\n***\n\n" in said


def test_a_rule_before_every_label_is_the_exporter_s_and_a_rule_before_some_is_text() -> None:
    every = "User: a\n\n---\n\nAssistant: b\n\n---\n\nUser: c\n\n---\n\nAssistant: d"
    some = "User: a\nAssistant: b\n---\nUser: c\nAssistant: d\nUser: e\nAssistant: f"

    assert [text for _, text in turns(every)] == ["a", "b", "c", "d"]
    assert read_conversation(every).left_out == ("---", "---", "---")
    assert turns(some)[1] == ("assistant", "b\n---")


def test_settings_in_small_letters_are_text() -> None:
    assert "user: bob\nassistant: eve" in case("paste-settings-in-small-letters.txt")[1][1]


@pytest.mark.parametrize(
    ("user", "assistant", "thought"),
    [
        ("Du hast gesagt:", "ChatGPT hat gesagt:", "1m 41s nachgedacht"),
        ("Du hast gesagt:", "ChatGPT hat gesagt:", "Nachgedacht für 12s"),
        ("You said:", "ChatGPT said:", "Thought for 7s"),
        ("You said:", "ChatGPT said:", "Thought for a couple of seconds"),
        ("Vous avez dit :", "ChatGPT a dit :", "Réflexion durant 12 s"),
        ("Dijiste:", "ChatGPT dijo:", "Pensó durante 12 s"),
        ("Você disse:", "ChatGPT disse:", "Pensou por 12 s"),
        ("Hai detto:", "ChatGPT ha detto:", "Ha pensato per 12 s"),
        ("You", "Claude", "Thought for 7s"),
    ],
)
@pytest.mark.parametrize("place", ["before the label", "after the label"])
def test_the_thinking_time_is_the_page_s_and_is_told(user: str, assistant: str, thought: str, place: str) -> None:
    label = f"{thought}\n{assistant}" if place == "before the label" else f"{assistant}\n{thought}"

    found = read_conversation(f"{user}\nWhy?\n{label}\nSo.\n{user}\nThanks\n{assistant}\nWelcome")

    assert [turn.content for turn in found.turns] == ["Why?", "So.", "Thanks", "Welcome"]
    assert found.left_out == (thought,)


def test_a_thinking_time_inside_a_turn_or_under_written_labels_is_text() -> None:
    said = "It says\nThought for 7s\nabove the answer."

    assert turns(f"You said:\nWhat?\nChatGPT said:\n{said}")[1] == ("assistant", said)
    assert turns("User: What?\nThought for 7s\nAssistant: Yes")[0] == ("user", "What?\nThought for 7s")


def test_the_buttons_of_a_block_of_code_go_and_its_lines_stay() -> None:
    found = read_conversation("You said:\nHow?\nChatGPT said:\nSo:\npython\nCopy code\n    print('Copy')\nCopy it.")

    assert found.turns[1].content == "So:\npython\n    print('Copy')\nCopy it."
    assert found.left_out == ("Copy code",)


def test_no_first_turn_is_lost() -> None:
    begun = read_conversation(
        f"{QUESTION}\n\nChatGPT said:\n{ANSWER}\nYou said:\nthank you\nChatGPT said:\nyou are welcome"
    )
    titled = read_conversation(f"# Sky\n\n{written('User: ', 'Assistant: ')}")

    assert [(turn.role, turn.content) for turn in begun.turns] == FOUR
    assert [(turn.role, turn.content) for turn in titled.turns] == FOUR
    assert (begun.left_out, titled.left_out) == ((), ("# Sky",))


def test_a_heading_that_looks_like_a_label_is_not_the_speaker() -> None:
    assert turns(f"Model: GPT-4\n\n{written('User: ', 'Assistant: ')}") == FOUR


def test_what_is_written_in_a_turn_is_kept_as_written() -> None:
    pasted = "You said:\n    def f():\n\treturn 1  \n\n\n\nmore\u200b\u202e\nChatGPT said:\n  ok  "

    assert turns(pasted) == [("user", "    def f():\n\treturn 1  \n\n\n\nmore\u200b\u202e"), ("assistant", "  ok  ")]


def test_halves_and_nul_become_the_replacement_and_are_counted() -> None:
    found = read_conversation("User: a\0\nAssistant: \ud83e b")

    assert found == PastedConversation(found.turns, labelled=True, left_out=(), changed=2)
    assert [turn.content for turn in found.turns] == ["a\ufffd", "\ufffd b"]


def test_what_the_system_was_told_first_is_its_turn() -> None:
    assert turns("System: Be brief.\nAlways.\n\nUser: a\nAssistant: b") == [
        ("system", "Be brief.\nAlways."),
        ("user", "a"),
        ("assistant", "b"),
    ]


def test_the_box_for_the_next_question_and_the_warning_below_it_are_the_page_s() -> None:
    pasted = (
        "You said:\na\nChatGPT said:\nAsk anything\n\nor less\n\nAsk anything\n\nChatGPT can make mistakes. Check it."
    )

    assert turns(pasted) == [("user", "a"), ("assistant", "Ask anything\n\nor less")]
    assert turns("You said:\na\nChatGPT said:\nb\nAsk anything")[1] == ("assistant", "b\nAsk anything")

"""What is wrong with an answer, and what looks wrong and is not."""

from __future__ import annotations

import pytest

from app.domain.flaws import flaws
from app.domain.texts.conversation import Turn

GERMAN = (
    "Am besten ist es, wenn man mit einfachen Gerichten beginnt und nicht zu viel auf einmal will. Das ist für die "
    "Familie auch schön, weil man zusammen isst und mit der Zeit immer mehr kann."
)
POEM = "Autumn is here and the leaves come down, red and gold and weary brown.\nStay, my heart, and do not go.\n"


def asked(request: str, answer: str) -> tuple[str, ...]:
    return flaws((Turn("user", request),), answer)


@pytest.mark.parametrize(
    ("flaw", "request_", "answer"),
    [
        ("broken", "Write a loop in Python.", "Here it is:\n\n```python\nfor n in range(10):\n    print("),
        (
            "broken",
            "Who was Ada Lovelace?",
            "NETWORK ERROR DUE TO HIGH TRAFFIC. PLEASE REGENERATE OR REFRESH THIS PAGE.",
        ),
        ("broken", "Who was Ada Lovelace?", '{"error": {"message": "overloaded"}}'),
        ("broken", "Was ist ein Knödel?", "Ein KnÃ¶del ist ein KloÃŸ aus Semmeln, der in SalzwassÃ©r gart."),
        ("empty", "Who was Ada Lovelace?", " \n…\n"),
        ("looping", "Name adjectives.", "\n".join(f"{n}. {('Creative', 'Bold')[n % 2]}" for n in range(1, 40))),
        ("looping", "Why?", "It is what it is. " * 8 + "It is wh"),
        ("looping", "Celebrate!", "Great news " + "🔧💻" * 30),
        (
            "looping",
            "Find me links.",
            "Here:\n" + "[How to sort a list](http://gardens.example/sort)\n" * 8 + "Note: links change.",
        ),
        (
            "another language",
            "What is the best way to learn how to cook for a family?",
            GERMAN,
        ),
        (
            "off the request",
            "Sum up: The cat sat on the mat.",
            "I'm sorry, but you haven't provided any text to sum up.",
        ),
        (
            "off the request",
            "How do I buy groceries with so little money?",
            "asked by Pandora's Locket 6 years ago\nI only have about 50 dollars to my name.",
        ),
        ("off the request", "Sum up: The cat sat.", "Sorry, but you HAVEN'T provided any text."),
        ("off the request", "Who was Ada Lovelace?", "A mathematician. All RIGHTS reſerved."),
        ("off the request", "Who was Ada Lovelace?", "A mathematician.\nLEAVE A COMMENT"),
    ],
)
def test_a_flaw_is_told(flaw, request_, answer):
    assert asked(request_, answer) == (flaw,)


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ("What is 3 + 10?", "13"),
        ("Which language is this: printf()", "C"),
        ("Write something rude.", "I'm sorry, but I can't help with that."),
        ("Write a loop.", "```python\nfor n in range(10):\n    print(n)\n```"),
        ("What does an API answer to a lost page, an error?", "404 Not Found, with a body that says what is missing."),
        ("Why do I see Ã¼ and Ã¶ and Ã¤ in my file?", "Ã¼, Ã¶ and Ã¤ are ü, ö and ä, read in the wrong encoding."),
        ("A poem with a refrain.", POEM * 3),
        ("Fill a 5 by 5 matrix.", "0 0 0 0 0\n" * 5),
        ("Draw a table.", "| a | b |\n|---|---|\n" + "| - | - |\n" * 10),
        (
            "Translate to German: the cat is on the table and it is not happy",
            "Die Katze ist auf dem Tisch und nicht froh, " * 2,
        ),
        (
            "How do I say in French that I am sorry for the mess that I made?",
            "Je suis désolé pour le désordre que j'ai fait. " * 2,
        ),
        (
            "Describe a vivid character.",
            "The lighthouse keeper hobbled along the shore, his beard the colour of salt. " * 2,
        ),
        ("Tell me of blogs.", "A blog shows when a text was written. Below it readers answer each other."),
        ("😀", "😀"),
        (
            "Plan nine days.",
            "\n".join(f"Day {n}: walk\n- Dinner at a local restaurant\n- Sleep in {'abcdefghi'[n]}" for n in range(9)),
        ),
    ],
)
def test_what_only_looks_like_one_is_none(request_, answer):
    assert asked(request_, answer) == ()


def test_a_language_that_was_named_before_is_no_flaw():
    context = (
        Turn("system", "Answer in German."),
        Turn("user", "What is the best way to learn how to cook for a family?"),
    )

    assert flaws(context, GERMAN) == ()


def test_finding_flaws_in_a_huge_answer_takes_no_time():
    assert asked("Go on.", "a " * 200_000) == ("looping",)
    assert asked("Go on.", " ".join(f"word{n}" for n in range(100_000))) == ()

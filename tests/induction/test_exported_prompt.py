"""The exported prompt of generated people: theirs for the most part, surely theirs, never against their own words, the same again."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.measures import NAMES, row_of
from app.domain.people.about import About
from app.domain.prompt_targets import prompt_lines, prompt_of, system_prompt
from app.domain.prompt_targets.compiler import ABOUT_THE_PERSON, about_the_person
from app.domain.texts.conversation import Turn
from tests.domain.prompt_targets.test_own_words import SAID
from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import induced

CLOSE = "Facts and safety first, then my request, then this.\n"


PARTS = {
    "examples": " For example, take two eggs, or imagine a small pan.",
    "hedging": " It may help, perhaps, though it could possibly vary.",
    "warmth": " Great question! You've got this, good luck!",
    "question_back": " Which of these do you have at home?",
    "reasons": " That works because heat sets it, since steam would not.",
    "lists": "\n\n- Warm it.\n- Stir it.\n- Serve it.\n\nDone.",
    "headings": "\n\n# Way\n\nGo on.\n\n# End\n\nStop.",
}
LONG = " Then go on as before and keep at it while the rest gets ready."


def answer(draw: random.Random) -> str:
    """An answer with each manner or without it, as it comes."""
    parts = [text for text in PARTS.values() if draw.random() < 0.5]
    return "Put it on the stove and wait." + LONG * draw.choice([0, 1, 4, 10]) + "".join(parts)


def person(tastes: dict[str, float], seed: int, choices: int) -> list[PreferencePair]:
    """Choices by somebody with these log-odds a unit of each measure."""
    draw = random.Random(seed)
    made = []
    for place in range(choices):
        asked = (Turn("user", f"How do I cook dish number {place}?"),)
        pair = PreferencePair(
            f"c{place}", asked, Completion(answer(draw)), Completion(answer(draw)), f"v{place}", True, place
        )
        leaning = sum(tastes.get(name, 0.0) * entry for name, entry in zip(NAMES, row_of(pair), strict=True))
        if draw.random() > 1 / (1 + math.exp(-leaning)):
            pair = replace(pair, chosen=pair.rejected, rejected=pair.chosen, chosen_first=False)
        made.append(pair)
    return made


TASTES = st.dictionaries(st.sampled_from(["length", *PARTS]), st.sampled_from([-9.0, -4.0, 4.0, 9.0]), max_size=4)
STATED = st.one_of(st.none(), st.sampled_from(SAID))


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(TASTES, st.integers(0, 999), st.integers(10, 40), STATED)
def test_an_exported_prompt_is_the_persons_own_and_surely_so(tastes, seed, choices, stated):
    pairs = person(tastes, seed, choices)
    about = About(stated=stated[0] if stated else "")

    result = induced(pairs, FakeCompleter(small_profile()), about=about)
    document = result.document()
    lines, text = prompt_lines(document), system_prompt(document)

    told = [document["traits"][line.trait] for line in lines if line.trait is not None]
    assert all(trait["certainty"] != "tentative" for trait in told)
    if len(lines) >= 3:
        assert about_the_person(document) >= ABOUT_THE_PERSON
    if stated:
        assert lines[0].text == stated[0]
        contrary = (stated[1], not stated[2])
        assert contrary not in [(trait["counted"]["measure"], trait["counted"]["more"]) for trait in told]
    assert text == document["prompts"]["system"] == prompt_of(result.persona, result.stated, result.lengths)
    assert (text.endswith(CLOSE) and text.count("Facts and safety") == 1) if lines else text == ""
    again = induced(pairs[::-1], FakeCompleter(small_profile()), about=about).document()
    assert again["prompts"] == document["prompts"]
    assert again["letter"] == document["letter"]


def test_the_people_above_are_told_apart_and_some_have_three_lines_and_more():
    many = [
        induced(person(tastes, 1, 60), FakeCompleter(small_profile())).document()
        for tastes in (
            {"warmth": 9.0, "reasons": -9.0, "examples": -9.0},
            {"lists": -9.0, "hedging": -9.0, "examples": -9.0},
        )
    ]

    texts = [system_prompt(document) for document in many]
    assert all(len(prompt_lines(document)) >= 3 for document in many)
    assert all(about_the_person(document) >= ABOUT_THE_PERSON for document in many)
    assert texts[0] != texts[1]

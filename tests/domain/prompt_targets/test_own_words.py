"""Own words are never contradicted: however they are put, turned round or in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.domain.measures import NAMES
from app.domain.prompt_targets.compiler import left_out_beside_words, prompt_lines
from app.domain.prompt_targets.subjects import SUBJECTS_OF, is_understood, subjects_of

MORE: Mapping[str, tuple[str, ...]] = {
    "length": (
        "Long, detailed answers with examples.", "Please be thorough", "Don't be too short!", "I never want it brief",
        "No need to keep it short", "More detail, fewer platitudes", "Ausführliche Antworten bitte", "Nicht so kurz", "Pas trop court",
        "Des réponses détaillées", "Respuestas largas y completas", "Risposte dettagliate", "Respostas longas, por favor",
        "Geen korte antwoorden", "Tell me everything in full", "I hate terse replies", "Anything but short", "Far from brief", "The opposite of short", "用长一点的回答",
    ),
    "lists": (
        "Use bullet points", "I like lists", "Never long prose; lists", "Bitte mit Aufzählungen", "Des listes à puces", "Con listas",
        "Usa elenchi puntati", "Use tópicos", "Gebruik opsommingen", "Please don't avoid lists", "No walls of running text",
    ),
    "headings": ("Put headings over the parts", "Mit Überschriften", "Avec des titres", "Con títulos", "Met koppen", "Structure it"),
    "bold": ("Bold the key terms", "Wichtiges fett", "Mots en gras", "Resalta en negrita", "Use formatting"),
    "code": ("Always show code", "Quelltext zeigen", "Muestra el código", "Give me a script"),
    "hedging": ("Tell me when you are not sure", "Never sound certain when you are not", "Sag, wenn du unsicher bist", "Nuancé et prudent"),
    "refusal": ("Tell me your limits", "Say if you are an AI and cannot know", "Nenne deine Grenzen"),
    "warmth": ("Be warm and friendly", "Not so cold, please", "Sei freundlich", "Ton chaleureux", "Sé amable", "Sii cordiale", "Wees vriendelijk"),
    "you": ("Speak to me personally", "Sprich mich mit du an", "Tutoie-moi", "Say what it means for my situation"),
    "question_back": ("Ask me questions back", "Stell Rückfragen", "Pose-moi des questions", "Hazme preguntas", "Clarify first"),
    "offer": ("Offer further help", "Biete weitere Hilfe an", "Suggest a follow-up"),
    "examples": ("With examples", "Never without an example", "Mit Beispielen", "Avec des exemples", "Con ejemplos", "Met voorbeelden", "Make it concrete"),
    "numbers": ("Give me the numbers", "Mit Zahlen", "Avec des chiffres", "Con cifras y datos", "Be precise"),
    "reasons": ("Explain why", "Explain the steps", "Mit Begründung", "Explique pourquoi", "Explica por qué", "Leg uit waarom", "Show your reasoning"),
    "summary": ("End with a summary", "Mit Fazit am Ende", "Termine par une conclusion", "TLDR at the end"),
    "answer_first": ("Answer first", "Start with the conclusion", "Ergebnis zuerst", "La conclusion d'abord", "Primero la respuesta", "No preamble"),
    "repetition": ("Repeat the main point", "Wiederhole das Wichtigste"),
}  # fmt: skip
LESS: Mapping[str, tuple[str, ...]] = {
    "length": (
        "Keep it short", "Brevity!", "Be concise, no rambling", "Not too long", "I don't have time for essays", "Kurz und knapp", "Nicht zu lang",
        "Sois bref", "Respuestas cortas", "Breve, grazie", "Seja breve", "Kort alsjeblieft", "Two sentences at most", "Don't explain at length",
        "Antworte in einem Satz", "簡潔に", "短く", "Коротко", "Kısa yaz", "Kratko, molim",
    ),
    "lists": (
        "No lists!", "Write prose, not bullet points", "Keine Aufzählungen", "Pas de listes", "Sin listas", "Niente elenchi", "Geen lijstjes",
        "I can't stand bullets", "不要列表", "Don't you dare use a list",
    ),
    "headings": ("No headings", "Keine Überschriften", "Plain text only", "No markdown"),
    "bold": ("No bold", "Nichts fett", "Plain text only", "Sin formato", "No formatting"),
    "code": ("No code", "Explain without code", "Kein Code", "Plain text only"),
    "hedging": ("Be direct", "No hedging", "Sag es klar", "Sois direct", "No maybes, take a stance", "Stop saying it depends", "Sé directo"),
    "refusal": ("No disclaimers", "Don't say you're an AI", "Keine Warnungen", "Skip the moralising lecture", "Stop apologising"),
    "warmth": ("No flattery", "Matter-of-fact, please", "Sachlich bleiben", "Ton neutre", "Don't be chatty", "No emojis", "Geen complimenten"),
    "you": ("Don't address me", "Nicht duzen", "Keep it impersonal"),
    "question_back": ("Don't ask me questions", "Keine Rückfragen", "Pas de questions", "No follow-ups"),
    "offer": ("Don't offer more help", "Keine weiteren Angebote", "Stop when you are done"),
    "examples": ("No examples", "Ohne Beispiele", "Sans exemples", "Sin ejemplos", "Skip the anecdotes"),
    "numbers": ("No statistics", "Keine Zahlen", "Spare me the figures"),
    "reasons": ("Just the result, no explanation", "Ohne Erklärung", "Don't explain", "Sans explications"),
    "summary": ("No summary at the end", "Kein Fazit", "Don't wrap up"),
    "answer_first": ("Build up to the point", "The conclusion comes last", "Erst die Herleitung, das Ergebnis am Ende"),
    "repetition": ("Don't repeat yourself", "Keine Wiederholungen", "Say it once"),
}  # fmt: skip
SAID = [
    (words, measure, more)
    for more, table in ((True, MORE), (False, LESS))
    for measure, all_ in table.items()
    for words in all_
]
LENGTHS = {"": 147, "facts": 58}


def counted(measure: str, more: bool) -> dict[str, Any]:
    told = {"measure": measure, "more": more, "for": 8, "against": 1, "most_people": 0.3, "sets_apart": False}
    return {"text": f"prefers {measure}", "certainty": "clear", "counted": told}


def sides_of(stated: str, *traits: dict[str, Any]) -> dict[str, bool]:
    """Measure -> side, of each line beside the own words."""
    lines = prompt_lines({"traits": list(traits), "stated": stated, "lengths": LENGTHS})
    assert " ".join(line.text for line in lines if line.source == "words") == " ".join(stated.split())
    found = [traits[line.trait]["counted"] for line in lines if line.trait is not None]
    return {str(each["measure"]): bool(each["more"]) for each in found}


@pytest.mark.parametrize(("words", "measure", "more"), SAID)
def test_no_line_goes_against_own_words_however_they_are_put(words: str, measure: str, more: bool) -> None:
    assert sides_of(words, counted(measure, not more)) == {}


PHRASES = st.lists(st.sampled_from(SAID), min_size=1, max_size=3)
JOINTS = st.sampled_from([". ", "\n", "; ", ", and "])


@example([("I like lists", "lists", True), ("簡潔に", "length", False)], ". ", ["length"], True)
@example([("I like lists", "lists", True), ("Kratko, molim", "length", False)], "\n", ["length"], True)
@given(PHRASES, JOINTS, st.lists(st.sampled_from(NAMES), unique=True, max_size=9), st.booleans())
def test_nor_where_several_wishes_stand_together(
    said: list[tuple[str, str, bool]], joint: str, measures: list[str], more: bool
) -> None:
    # What is said in an unread language inside a sentence of a known one is not noticed.
    assume(joint != ", and " or all(is_understood(words) for words, _, _ in said))
    wanted = {(measure, side) for _, measure, side in said}
    stood = sides_of(joint.join(words for words, _, _ in said), *(counted(measure, more) for measure in measures))

    assert not [
        measure for measure, side in stood.items() if (measure, not side) in wanted and (measure, side) not in wanted
    ]


@pytest.mark.parametrize(
    ("stated", "statement"),
    [
        ("No jokes.", "Likes jokes and puns"),
        ("Keep it short.", "Prefers longer answers"),
        ("Nicht zu lang", "Prefers detailed answers"),
        ("Don't compare with sports", "Likes comparisons with sports"),
        ("Я люблю коротко", "Prefers long answers"),
    ],
)
def test_nor_does_a_line_made_of_a_statement(stated: str, statement: str) -> None:
    lines = prompt_lines({"traits": [{"text": statement, "certainty": "clear"}], "stated": stated, "lengths": {}})
    assert [line.source for line in lines] == ["words"]


def test_what_plainly_agrees_or_has_another_subject_stands() -> None:
    assert sides_of("Keep it short.", counted("length", False), counted("examples", True)) == {
        "length": False,
        "examples": True,
    }
    assert sides_of("With examples, please", counted("lists", True), counted("examples", True)) == {
        "lists": True,
        "examples": True,
    }
    assert sides_of("", counted("length", False)) == {"length": False}


def test_of_words_in_a_language_that_is_not_read_nothing_can_be_told() -> None:
    assert not is_understood("Kratko, molim")
    assert not is_understood("短く")
    assert is_understood("Kurz, bitte")
    assert is_understood("Be good to the cat")
    assert sides_of("Kratko, molim", counted("code", True)) == {}


def test_every_measure_has_a_subject_and_every_subject_can_be_found() -> None:
    assert set(SUBJECTS_OF) == set(NAMES)
    said = {subject for words, _, _ in SAID for subject in subjects_of(words)}
    assert {subject for subjects in SUBJECTS_OF.values() for subject in subjects} <= said | {"wording"}


@pytest.mark.parametrize(
    "stated",
    [
        "British spelling please. No emojis, and I hate bullet lists. I work as a nurse.",
        "Use British spelling.",
        "Metric units.",
        "Python, not Java.",
        "Dutch names stay Dutch. Thanks!",
        "Gracias, responde siempre en español.",
    ],
)
def test_ordinary_wishes_leave_the_lines_that_they_do_not_speak_of(stated: str) -> None:
    assert sides_of(stated, counted("length", False)) == {"length": False}


def test_what_is_left_out_beside_own_words_is_told() -> None:
    told = {
        "traits": [counted("length", False), counted("code", True)],
        "stated": "In full detail.",
        "lengths": LENGTHS,
    }
    (left_out,) = left_out_beside_words(told)
    assert left_out.startswith("Keep to about 150 words")
    assert left_out_beside_words({**told, "stated": ""}) == ()

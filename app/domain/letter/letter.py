"""The text of a persona, made from its document alone: the same choices give the same bytes.

As it is stored in the document, under "letter" (shortened):
`{"title": "Kept short, with examples", "sentences": ["You would rather have it in a few lines than in full: ...", ...],
"traits": [{"name": "Kept short", "sentence": "you take the shorter answer in 8 of the 9 choices that differ in length; most
people take the longer answer in 7 of 10. This sets you apart.", "group": "own", "measure": "length"}]}`
How sure one may be stands beside it, never in its sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.letter.beside import is_counted, told_with_counts, trait_text
from app.domain.letter.leanings import Leaning, Read, counts, lower, most_do, no_pattern_of
from app.domain.letter.second_person import to_you, trait_to_you
from app.domain.measures import LENGTH
from app.domain.texts.sentences import sentences_of

HEADINGS = (("own", "What you like"), ("common", "As most people do"))
"""Groups of traits in the order in which they are told, each with what stands over it."""
NO_PATTERN_TITLE = "No clear pattern yet"
WORDED_TITLE = "How you like your answers"
NOTHING_APART = "Most people like that too; nothing here sets you apart yet."
NOT_SETTLED = "Most people do not lean that way; whether it truly sets you apart, more choices will show."
NOTHING_ELSE = "Nothing else has shown a pattern yet."
LENGTH_ALONE = "What your choices show so far is length alone: whatever else the answers you took have in common came along with it."
MOST_TITLE_WORDS = 6
FEWEST_SENTENCES, MOST_SENTENCES = 2, 4
_MOST_LIKED = 3


def letter_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The stored letter; for a document of before there were any, the one that it would get."""
    stored: Mapping[str, Any] | None = document.get("letter")
    return stored or letter(document)


def letter(document: Mapping[str, Any]) -> dict[str, Any]:
    """`title` of at most six words, two to four `sentences`, and one of `traits` for each of the document's, in its order: `name` ("" where none is known), `sentence`, `group` ("common" is what most people like
    too), and the `measure` by which its passages can be marked, "" where none can."""
    traits = [trait_text(trait, read_of(document)) for trait in document["traits"]]
    if not traits:
        title, sentences = NO_PATTERN_TITLE, no_pattern_of(document, number_of(document), read_of(document).noun)
    elif document.get("title") and to_you(str(document["summary"])):
        title, sentences = str(document["title"]), _summed_up(document)
    elif all(is_counted(trait) for trait in document["traits"]):
        title, sentences = _counted(_told(document), document)
    else:
        title, sentences = _worded(document, traits)
    if document.get("length_alone"):
        told = [sentence for sentence in sentences if sentence != NOTHING_ELSE]
        sentences = [*told[: MOST_SENTENCES - 1], LENGTH_ALONE]
    return {"title": title, "sentences": sentences, "traits": traits}


def read_of(document: Mapping[str, Any]) -> Read:
    """What wrote it: choices, or decisions where some of them have one request and one winner."""
    read = int(document.get("n_read") or document["n_choices"])
    decided = int(document.get("n_decisions") or read)
    return Read(decided, "decisions" if decided < read else "choices")


def number_of(document: Mapping[str, Any]) -> str:
    """As in `12 choices`, or `7 decisions` where choices share request and winner."""
    number, noun = read_of(document)
    return f"{number} {noun.removesuffix('s') if number == 1 else noun}"


def _told(document: Mapping[str, Any]) -> list[Leaning]:
    """The counted traits that sentences are made of: length, where all others came along with it."""
    leanings = [Leaning.of(trait["counted"]) for trait in document["traits"]]
    alone = [each for each in leanings if each.measure == LENGTH] if document.get("length_alone") else []
    return alone or leanings


def _counted(leanings: Sequence[Leaning], document: Mapping[str, Any]) -> tuple[str, list[str]]:
    own = sorted((each for each in leanings if not each.is_common), key=lambda each: not each.sets_apart)
    common = [each for each in leanings if each.is_common]
    first, *rest = own or common
    told = [f"{first.side.plainly}: {counts(first, read_of(document))}, {most_do(first)}."]
    if not own:
        told += _joined(rest[: _MOST_LIKED - 1])
        return f"{first.side.name}, like most people", [
            *told,
            *_as_long_as(document, leanings)[: 3 - len(told)],
            NOTHING_APART,
        ]
    told += _joined(rest[: _MOST_LIKED - 1])
    told += _as_long_as(document, own)[: 3 - len(told)]
    if common:
        told.append(
            f"As most people do, you also like answers {listed([each.side.liked for each in common[:_MOST_LIKED]])}."
        )
    elif not first.sets_apart:
        told.append(NOT_SETTLED)
    elif len(told) == 1:
        told.append(NOTHING_ELSE)
    return _title([each.side.name for each in own[:2]]), told


def _joined(leanings: Sequence[Leaning]) -> list[str]:
    """Each as a sentence of its own."""
    return [f"{each.side.plainly}." for each in leanings]


def _as_long_as(document: Mapping[str, Any], leanings: Sequence[Leaning]) -> list[str]:
    """How long the chosen answers are, where length is part of what is said."""
    words = (document.get("lengths") or {}).get("")
    if not words or not any(each.measure == "length" for each in leanings):
        return []
    return [f"Three in four of the answers you took have at most {words} words."]


def _worded(document: Mapping[str, Any], traits: Sequence[Mapping[str, str]]) -> tuple[str, list[str]]:
    """Traits that a model worded, without a title of its own: the names of the surest over what they come to."""
    sure = [told for trait, told in zip(document["traits"], traits, strict=True) if trait["certainty"] != "tentative"]
    known = [told["name"] for told in sorted(sure, key=lambda told: told["group"] == "common") if told["name"]]
    known = list(dict.fromkeys(known))
    title = _title(known[:2]) if known else WORDED_TITLE
    return title, _summed_up(document)


def _summed_up(document: Mapping[str, Any]) -> list[str]:
    """The summary's sentences as far as they can be spoken to the person, else the first traits; one alone does not stay so."""
    traits, read = document["traits"], read_of(document)
    said = sentences_of(to_you(str(document["summary"])))[:MOST_SENTENCES]
    if len(said) >= FEWEST_SENTENCES:
        return said
    if said:
        whole = said[0] if said[0].endswith((".", "!", "?", "。", "！", "？")) else f"{said[0]}."
        return [whole, told_with_counts(traits[0], read)]
    if len(traits) == 1:
        return [told_with_counts(traits[0], read), NOTHING_ELSE]
    told = [trait_to_you(str(trait["text"])) for trait in traits[:_MOST_LIKED]]
    return [f"{text[:1].upper()}{text[1:]}." for text in told]


def _title(names: Sequence[str]) -> str:
    """The first name, and the second where both have room."""
    both = ", ".join([names[0], *map(lower, names[1:])])
    return both if len(both.split()) <= MOST_TITLE_WORDS else names[0]


def listed(parts: Sequence[str]) -> str:
    """As in `a, b and c`."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[1:] else []), parts[-1]])

"""The text of a persona, made from its document alone: the same choices give the same bytes.

As it is stored in the document, under "letter" (shortened):
`{"title": "Kept short, with examples", "sentences": ["You like answers kept short and with examples.", ...], "traits": [{
"name": "Kept short", "sentence": "you take the shorter answer in 8 of your 10 choices; most people take the longer answer in
7 of 10. This sets you apart.", "group": "own", "measure": "length"}]}`
How sure one may be stands beside it, never in its sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from app.domain.letter.names import Side, is_named, side
from app.domain.letter.second_person import to_you, trait_to_you
from app.domain.persona import wilson
from app.domain.style_claims import claims

Group = Literal["own", "common"]

NO_PATTERN_TITLE = "No clear pattern yet"
LIKE_MOST_TITLE = "Much as most people choose"
WORDED_TITLE = "How you like your answers"
NO_FAULT = "That is no fault: you may choose by content, which counting cannot see."
NOTHING_APART = "Nothing here sets you apart yet."
_MOST_LIKED = 3
_HALF = 0.5


def letter_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The stored letter; for a document of before there were any, the one that it would get."""
    stored: Mapping[str, Any] | None = document.get("letter")
    return stored or letter(document)


def letter(document: Mapping[str, Any]) -> dict[str, Any]:
    """`title` of at most six words, two to four `sentences` (a model's summary may be one), and one of `traits` for each of
    the document's, in its order: `name` ("" where none is known), `sentence`, `group` ("common" is what most people like
    too), and the `measure` by which its passages can be marked, "" where none can."""
    traits = list(document["traits"])
    counted = [trait["counted"] for trait in traits if _is_counted(trait)]
    if not traits:
        title, sentences = _nothing(document)
    elif len(counted) == len(traits):
        title, sentences = _counted(counted, _choices(document))
    else:
        title, sentences = _worded(document)
    return {"title": title, "sentences": sentences, "traits": [_trait(trait, _choices(document)) for trait in traits]}


def how_sure(document: Mapping[str, Any], *, is_being_tested: bool = False) -> str:
    """One plain sentence, without a statistic."""
    tested = document.get("accuracy")
    if is_being_tested:
        return "How often it is right is still being counted."
    if document["is_sketch"]:
        return f"A first guess from {_number(_choices(document))}."
    if not tested or not tested["n"]:
        return f"Made from {_number(_choices(document))}, and not tested on others yet."
    if str(document["verdict"]).startswith("Worse than no persona"):
        return str(document["verdict"]).partition(". ")[0] + ". Better not use it."
    small = (
        ""
        if wilson(int(tested["hits"]), int(tested["n"]))[0] > _HALF
        else " That is a small test: a few more choices may change it."
    )
    return f"Right on {tested['hits']} of {tested['n']} unseen choices.{small}"


def _is_counted(trait: Mapping[str, Any]) -> bool:
    return bool(trait.get("counted")) and is_named(str(trait["counted"]["measure"]))


def _choices(document: Mapping[str, Any]) -> int:
    """How many choices wrote it."""
    return int(document.get("n_read") or document["n_choices"])


def _number(choices: int) -> str:
    return f"{choices} {'choice' if choices == 1 else 'choices'}"


def _group(counted: Mapping[str, Any]) -> Group:
    return "common" if float(counted["most_people"]) > _HALF and not counted["sets_apart"] else "own"


def _side(counted: Mapping[str, Any], *, other: bool = False) -> Side:
    return side(str(counted["measure"]), more=bool(counted["more"]) != other)


def _nothing(document: Mapping[str, Any]) -> tuple[str, list[str]]:
    coin = (
        f"No clear pattern of your own yet: as far as counting goes, a coin could have made these "
        f"{_number(_choices(document))}."
    )
    return NO_PATTERN_TITLE, [coin, NO_FAULT]


def _counted(traits: Sequence[Mapping[str, Any]], choices: int) -> tuple[str, list[str]]:
    own = [trait for trait in traits if _group(trait) == "own"]
    common = [trait for trait in traits if _group(trait) == "common"]
    if not own:
        return LIKE_MOST_TITLE, [_like_most(common, choices), NOTHING_APART]
    own.sort(key=lambda trait: not trait["sets_apart"])
    names = [_side(trait).name for trait in own[:2]]
    title = ", ".join([names[0], *(name[:1].lower() + name[1:] for name in names[1:])])
    sentences = [f"You like answers {_listed([_side(trait).liked for trait in own[:_MOST_LIKED]])}."]
    apart = [trait for trait in own if trait["sets_apart"]]
    if apart:
        sentences.append(
            f"Unlike most people you take {_listed([_side(trait).taken for trait in apart[:2]])}: {_count(apart[0], choices)}."
        )
    else:
        sentences.append("Most people do not lean that way; whether it truly sets you apart, more choices will show.")
    if common:
        liked = _listed([_side(trait).liked for trait in common[:_MOST_LIKED]])
        sentences.append(f"As most people do, you also like them {liked}.")
    return title, sentences


def _like_most(common: Sequence[Mapping[str, Any]], choices: int) -> str:
    first, rest = common[0], common[1:3]
    most = round(10 * float(first["most_people"]))
    told = [f"{_side(first).taken} in {_count(first, choices)} (most people: {most} in 10)"]
    told += [f"{_side(trait).taken} in {trait['for']} of {trait['for'] + trait['against']}" for trait in rest]
    return f"You choose much as most people do: {', '.join(told)}."


def _worded(document: Mapping[str, Any]) -> tuple[str, list[str]]:
    """A persona that a model worded: its summary where it can be spoken to the person, else its first traits."""
    known = [name for name in (_name(trait) for trait in _sure_of(document)[:2]) if name]
    title = ", ".join([known[0], *(name[:1].lower() + name[1:] for name in known[1:])]) if known else WORDED_TITLE
    summary = to_you(str(document["summary"]))
    if summary:
        return title, [summary]
    told = [trait_to_you(str(trait["text"])) for trait in document["traits"][:3]]
    return title, [f"{text[:1].upper()}{text[1:]}." for text in told]


def _sure_of(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [trait for trait in document["traits"] if trait["certainty"] != "tentative"]


def _trait(trait: Mapping[str, Any], choices: int) -> dict[str, str]:
    if not _is_counted(trait):
        for_it, against = len(trait["supporting"]), len(trait["opposing"])
        sentence = f"{trait_to_you(str(trait['text']))}; borne out by {for_it} of the {for_it + against} choices that bear on it."
        measure = _measure(trait)
        return {"name": _name(trait), "sentence": sentence, "group": "own", "measure": measure}
    counted = trait["counted"]
    most = round(10 * float(counted["most_people"]))
    if most == 5:
        others = "other people are split half and half"
    elif most > 5:
        others = f"so do most people, in {most} of 10"
    else:
        others = f"most people take {_side(counted, other=True).taken} in {10 - most} of 10"
    apart = " This sets you apart." if counted["sets_apart"] else ""
    if not apart and _group(counted) == "own":
        apart = " Whether it sets you apart is not settled."
    return {
        "name": _side(counted).name,
        "sentence": f"you take {_side(counted).taken} in {_count(counted, choices)}; {others}.{apart}",
        "group": _group(counted),
        "measure": str(counted["measure"]),
    }


def _count(counted: Mapping[str, Any], choices: int) -> str:
    """As in `8 of your 10 choices`, or `5 of the 6 choices that differ in it`."""
    differ = int(counted["for"]) + int(counted["against"])
    return f"{counted['for']} of " + (
        f"your {choices} choices" if differ == choices else f"the {differ} choices that differ in it"
    )


def _measure(trait: Mapping[str, Any]) -> str:
    """The one measure that a worded trait speaks of, "" where it speaks of none or of several."""
    claimed = claims(str(trait["text"])) or {}
    return next(iter(claimed)) if len(claimed) == 1 and is_named(next(iter(claimed))) else ""


def _name(trait: Mapping[str, Any]) -> str:
    if _is_counted(trait):
        return _side(trait["counted"]).name
    measure = _measure(trait)
    return (
        side(measure, more=(claims(str(trait["text"])) or {})[measure] > 0).name
        if measure and not trait.get("when")
        else ""
    )


def _listed(parts: Sequence[str]) -> str:
    """As in `a, b and c`."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[1:] else []), parts[-1]])

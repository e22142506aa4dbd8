"""What more than one page shows: the frame around a page, errors, rows of a plot, a persona document as the letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.adapters.model_status import title_of
from app.domain.personas.persona import Accuracy
from app.domain.prompt_targets import written_from
from app.domain.prompt_targets.report import is_counted
from app.services.choosing.comparing import RevealView
from app.services.choosing.starters import WRITTEN_AS
from app.services.inducing.personas import Changes, PersonaView

FIRST_CHOICE = "/first-choice"
"""Where the verdict on a pair goes that was shown to a stranger."""


@dataclass(frozen=True, slots=True)
class Chrome:
    """The frame: where we are, how the person wants to see it, and what answers.

    theme      "light", "dark", or "" to follow the system
    may_set_up whether who asks may be who runs the site: an operator, or anybody where it is not in production
    model_note one plain sentence about the model at work, "" where there is nothing to say that the asker could act on
    form_key   stands in every form, so that it acts for whom it was shown to and nobody else (guards/form_keys.py)
    is_operator whether somebody with that role is known to ask; pages that ask for nobody's account do not know
    providers  name and title of whom one may sign in with; `may_sign_in` whether that is offered to who asks, `here` where to come back to
    guest_days after how many days without a visit a guest's account is erased, 0 for never
    models_here, models_hosted  every configured model: those on this machine, and those whose provider gets the texts
    """

    path: str
    theme: str
    keys_on: bool
    signed_in: bool
    is_operator: bool
    may_set_up: bool
    form_key: str
    model_ready: bool
    model_small: bool
    model_name: str
    model_note: str
    models_here: tuple[str, ...]
    models_hosted: tuple[str, ...]
    providers: tuple[tuple[str, str], ...]
    here: str
    may_sign_in: bool
    guest_days: int


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What happened, what is safe and what to do next; `reference` names the entry in the log, or is empty."""

    status: int
    title: str
    message: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One dot with its interval on an axis from 0 to 1; `sure` where the interval leaves out the middle. The row that
    the others are there to be compared with `leads`; `others` is the share of most people, where that is known."""

    label: str
    share: float
    low: float
    high: float
    count: str
    sure: bool
    leads: bool = False
    others: float | None = None


def accuracy_of(counts: Mapping[str, Any] | None) -> Accuracy | None:
    """The accuracy in a persona document, or None where nothing was tested."""
    if not counts or not counts.get("n"):
        return None
    return Accuracy(hits=int(counts["hits"]), n=int(counts["n"]), failed=int(counts.get("failed", 0)))


def accuracy_row(label: str, accuracy: Accuracy, *, leads: bool = False) -> IntervalRow:
    low, high = accuracy.interval()
    count = f"{accuracy.hits} of {accuracy.n}"
    return IntervalRow(label, accuracy.share, low, high, count, low > 0.5 or high < 0.5, leads=leads)


@dataclass(frozen=True, slots=True)
class AccuracyView:
    """How often a persona was right, beside a judge that knows nothing of the person; `failed` got no judgement."""

    rows: Sequence[IntervalRow]
    failed: int


def accuracy_view(document: Mapping[str, Any]) -> AccuracyView | None:
    """None for a sketch and where nothing was tested."""
    persona, plain = accuracy_of(document.get("accuracy")), accuracy_of(document.get("baseline"))
    if persona is None or document.get("is_sketch"):
        return None
    rows = [accuracy_row("With this persona", persona, leads=True)]
    if plain is not None:
        rows.append(accuracy_row("Without it", plain))
    return AccuracyView(rows=rows, failed=persona.failed)


def signed(document: Mapping[str, Any]) -> str:
    """The line under the letter: from how many choices, by which model, if any. Of counted traits that are not tested yet no model is named."""
    if is_counted(document.get("report")):
        by = f"worded by {title_of(document['model'])}" if document.get("title") else "no model was asked"
        return f"Counted from {written_from(document)}; {by}."
    if document["traits"] and not document.get("report") and all(trait.get("counted") for trait in document["traits"]):
        return f"Counted from {written_from(document)}."
    return f"Made from {written_from(document)} with {title_of(document['model'])}."


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose a persona is: a sample's, one that does not count any more (`is_passed`), and how many `own` choices there are."""

    is_sample: bool
    is_passed: bool
    own: int


def standing_of(persona: PersonaView, choices: int) -> Standing:
    """`choices` are those that count now: own ones, but for a sample that still counts."""
    return Standing(persona.is_sample, persona.is_passed, 0 if persona.is_sample and not persona.is_passed else choices)


def changes_words(changes: Changes) -> str:
    """What happened to choices since a persona was written, as in "1 new choice, 2 changed choices"; "" where nothing did."""
    told = (
        (changes.new, "new choice", ""),
        (changes.changed, "changed choice", ""),
        (changes.gone, "choice", " taken back"),
    )
    return ", ".join(f"{n:,} {noun}{'' if n == 1 else 's'}{after}" for n, noun, after in told if n)


TitleOf = Callable[[str], str]
"""What people are told of a model."""


def reveal_words(reveal: RevealView | None, title_of: TitleOf = title_of) -> str:
    """Who wrote what, told after the verdict, and whether an answer had told it before; "" before the verdict and where the
    source did not say."""
    if reveal is None:
        return ""
    return " ".join(
        part for part in (_writers(reveal, title_of), _named_words(reveal), _left_out_words(reveal)) if part
    )


def _left_out_words(reveal: RevealView) -> str:
    if not reveal.left_out:
        return ""
    is_there = "is in another language" if reveal.left_out == "another language" else f"is {reveal.left_out}"
    return f"Left out: the answer you did not choose {is_there}, so this choice says nothing of the manner you like. It is kept."


def _named_words(reveal: RevealView) -> str:
    sides = [side for side, named in (("A", reveal.names_model_first), ("B", reveal.names_model_second)) if named]
    if not sides:
        return ""
    who = "Both answers" if len(sides) == 2 else f"Answer {sides[0]}"
    return (
        f"{who} named the model or its maker, so your choice may not be blind. It counts for your persona all the same."
    )


def _writers(reveal: RevealView, title_of: TitleOf) -> str:
    first = _writer(title_of(reveal.model_first), reveal.style_first)
    second = _writer(title_of(reveal.model_second), reveal.style_second)
    if not first and not second:
        return ""
    if reveal.model_first == WRITTEN_AS and ", " in reveal.style_first:
        return f"A: {reveal.style_first}. B is the contrary in each."
    if reveal.model_first == WRITTEN_AS:
        return f"A: {reveal.style_first}. B: {reveal.style_second}."
    if reveal.model_first == reveal.model_second and reveal.style_first and reveal.style_second:
        return f"A was written {reveal.style_first}, B {reveal.style_second}, both by {title_of(reveal.model_first)}."
    return f"A was {first or 'not named'}, B was {second or 'not named'}."


def _writer(name: str, style: str) -> str:
    return f"{name} ({style})" if name and style else name or style

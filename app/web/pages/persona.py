"""My persona: the letter, its traits with the choices behind them, how often it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.domain.letter import HEADINGS, how_sure, languages_sentence, letter_of, read_of, unsettled
from app.domain.prompt_targets import written_from
from app.services.choosing import comparing, starters
from app.services.choosing.starters import SettlingPair
from app.services.inducing import inducing, personas
from app.services.inducing.personas import PersonaView, TraitView
from app.services.people.accounts import AccountView
from app.storage.database import Session
from app.web.guards.dependencies import CurrentAccount, Reading, RequiredAccount
from app.web.guards.requests import GuardedRoute
from app.web.showing.proof import ProofView, Untested, proof_view, untested, verdict_parts
from app.web.showing.rendering import respond
from app.web.showing.sample_persona import sample_document, sample_traits
from app.web.showing.style_rows import style_rows
from app.web.showing.views import (
    AccuracyView,
    IntervalRow,
    Standing,
    accuracy_view,
    changes_words,
    signed,
    standing_of,
)

router = APIRouter(prefix="/persona", route_class=GuardedRoute)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One line of the list of versions."""

    persona_id: str
    version: int
    is_sketch: bool
    written: str


@dataclass(frozen=True, slots=True)
class TraitGroup:
    """Traits under one heading, each with its text: `name`, `sentence`, `measure`."""

    heading: str
    traits: Sequence[tuple[TraitView, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class PersonaPage:
    """`is_example` where the sample stands in for a persona that is not there yet; `changes` says what happened to choices since it was written. Where
    there is a `proof`, it stands in for the shorter `accuracy`; `explained` names something simpler that does as well.
    `live_run` is a run that goes on, and `being_tested` says that it is the one that wrote this version. `newest_version`
    is 0 where this is it. `to_settle` are the next pairs that would tell most. `style` is what was counted in `style_from` and no trait tells of; `languages` says so where it was not all counted in all of them. `letter` is the text (domain/letter), `groups` its traits: the person's own, then common taste. `noun` is what speaks for a trait: a choice, or a decision."""

    is_example: bool
    choices: int
    standing: Standing | None
    persona_id: str
    document: Mapping[str, Any]
    letter: Mapping[str, Any]
    how_sure: str
    to_settle: Sequence[SettlingPair]
    has_prompt: bool
    signed: str
    verdict: str
    explained: str
    tag: str
    groups: Sequence[TraitGroup]
    noun: str
    accuracy: AccuracyView | None
    proof: ProofView | None
    untested: Untested | None
    style: list[IntervalRow]
    style_from: str
    languages: str
    changes: str
    live_run: bool
    being_tested: bool
    versions: Sequence[Any]
    newest_version: int


def _noun(document: Mapping[str, Any]) -> str:
    return read_of(document).noun.removesuffix("s")


def _example(choices: int, live_run: bool) -> PersonaPage:
    document = sample_document()
    verdict, explained = verdict_parts(document)
    return PersonaPage(
        is_example=True,
        choices=choices,
        standing=None,
        persona_id="",
        document=document,
        letter=letter_of(document),
        how_sure=how_sure(document),
        to_settle=(),
        has_prompt=True,
        signed=signed(document),
        verdict=verdict,
        explained=explained,
        tag="Sample",
        groups=_groups(document, sample_traits()),
        noun=_noun(document),
        accuracy=accuracy_view(document),
        proof=proof_view(document),
        untested=untested(document),
        style=_style(document),
        style_from=written_from(document),
        languages=languages_sentence(document),
        changes="",
        live_run=live_run,
        being_tested=False,
        versions=(),
        newest_version=0,
    )


def _own(session: Session, account: AccountView, persona: PersonaView, live_run: str) -> PersonaPage:
    verdict, explained = verdict_parts(persona.document)
    # A run may go on after its test, to put what was counted into words.
    being_tested = live_run == persona.run_id and not persona.document.get("report")
    versions = personas.list_personas(session, account.account_id)
    newest = max((each.version for each in versions), default=0)
    progress = comparing.progress(session, account.account_id)
    return PersonaPage(
        is_example=False,
        choices=progress.teaching,
        standing=standing_of(persona, progress.teaching),
        persona_id=persona.persona_id,
        document=persona.document,
        letter=letter_of(persona.document),
        how_sure=how_sure(persona.document, is_being_tested=being_tested),
        to_settle=starters.settling_pairs(session, account.account_id, unsettled(persona.document)),
        has_prompt=bool(persona.system_prompt),
        signed=signed(persona.document),
        verdict=verdict,
        explained=explained,
        tag="Sample" if persona.is_sample else "First sketch" if persona.is_sketch else "",
        groups=_groups(persona.document, persona.traits),
        noun=_noun(persona.document),
        accuracy=accuracy_view(persona.document),
        proof=proof_view(persona.document),
        untested=untested(persona.document, is_being_tested=being_tested),
        style=_style(persona.document),
        style_from=written_from(persona.document),
        languages=languages_sentence(persona.document),
        changes="" if persona.is_passed else changes_words(persona.changes),
        live_run=bool(live_run),
        being_tested=being_tested,
        versions=versions,
        newest_version=newest if newest > persona.version else 0,
    )


def _style(document: Mapping[str, Any]) -> list[IntervalRow]:
    """What was counted beside what the traits above tell of."""
    return style_rows(document["style"], {told["measure"] for told in letter_of(document)["traits"]})


def _groups(document: Mapping[str, Any], traits: Sequence[TraitView]) -> list[TraitGroup]:
    told = list(zip(traits, letter_of(document)["traits"], strict=True))
    groups = [TraitGroup(heading, [each for each in told if each[1]["group"] == name]) for name, heading in HEADINGS]
    return [group for group in groups if group.traits]


def _live_run(session: Session, account: AccountView) -> str:
    """The id of the account's run that goes on, "" where none does."""
    run = inducing.latest_run(session, account.account_id)
    return run.run_id if run is not None and run.is_live else ""


@router.get("")
def newest(request: Request, session: Reading, account: CurrentAccount) -> Response:
    """The newest persona, or the sample, marked as one."""
    if account is None:
        return respond(request, "persona", _example(0, live_run=False))
    found = personas.latest_persona(session, account.account_id)
    live = _live_run(session, account)
    if found is None:
        choices = comparing.progress(session, account.account_id).teaching
        return respond(request, "persona", _example(choices, live_run=bool(live)))
    return respond(request, "persona", _own(session, account, found, live))


@router.get("/{persona_id}")
def version(
    request: Request, persona_id: Annotated[str, Path(max_length=64)], session: Reading, account: RequiredAccount
) -> Response:
    """One version."""
    found = personas.persona(session, account.account_id, persona_id)
    return respond(request, "persona", _own(session, account, found, _live_run(session, account)))

"""The consent switches of research: off until a person turns one on, each turn kept with the text they read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import BadInput, ConsentTextChanged
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.people import consents as rows
from app.storage.tables import Consent

VERSION = "2026-11"

CONSENT_TEXTS: dict[str, str] = {
    "choices": (
        "Researchers may have my choices: which of two answers I preferred, on which side it stood, how long I took, "
        "the day, and which models wrote the answers. My account is replaced by a made-up name that differs in every "
        "export. The data is published under CC-BY-4.0. I can switch this off at any time; later exports then leave "
        "me out, but copies already handed over cannot be called back."
    ),
    "texts": (
        "Researchers may have the texts that belong to my choices: what I asked and the answers I compared. Texts are "
        "handed over as they are, nothing is blacked out, so I leave this off if they tell who I am or speak about "
        "other people. Without this switch none of my choices is exported. I can switch it off at any time, as above."
    ),
}
"""What each switch says, by scope. Whoever changes a text changes VERSION."""


@dataclass(frozen=True)
class ConsentView:
    """One switch as the data page shows it; `given_at` is None where it was never touched. `text_version` is the version
    agreed to where it is on, `current_text_version` that of `text`."""

    scope: str
    granted: bool
    text: str
    text_version: str
    current_text_version: str
    given_at: datetime | None


@dataclass(frozen=True)
class Receipt:
    """One turn of one switch, as it was kept; `text_sha256` tells the text that was agreed to."""

    scope: str
    granted: bool
    text_version: str
    text_sha256: str
    given_at: datetime


def receipts(session: Session, account_id: str) -> list[Receipt]:
    """Every turn of every switch, the newest first."""
    history = rows.history(session, account_id)
    return [
        Receipt(row.scope, row.granted, row.text_version, row.text_sha256, row.given_at) for row in reversed(history)
    ]


def consents(session: Session, account_id: str) -> list[ConsentView]:
    """Every switch with where it stands, in the order of the page. A granted one names the version agreed to."""
    current = rows.newest(session, account_id)
    views = []
    for scope, text in CONSENT_TEXTS.items():
        row = current.get(scope)
        granted = bool(row and row.granted)
        version = row.text_version if row and granted else VERSION
        views.append(ConsentView(scope, granted, text, version, VERSION, row.given_at if row else None))
    return views


def set_consent(session: Session, account_id: str, scope: str, granted: bool, text_version: str | None = None) -> None:
    """Turns a switch and keeps when, and under which text. Setting what is already set adds nothing.

    `text_version` is the version that the person read; None means the present one. Raises BadInput, and
    ConsentTextChanged where another version is agreed to than the present one. Switching off is never refused.
    """
    if scope not in CONSENT_TEXTS:
        raise BadInput(f"There is no such switch. The switches are {', '.join(CONSENT_TEXTS)}.")
    if granted and text_version not in (None, VERSION):
        raise ConsentTextChanged(
            f"The text of this consent has changed: the present version is {VERSION}. Nothing was switched on; read the "
            "present text and agree to that."
        )
    accounts.lock(session, account_id)
    current = rows.newest(session, account_id).get(scope)
    if current is None and not granted:
        return
    if current and current.granted == granted and (not granted or current.text_version == VERSION):
        return
    rows.add(
        session,
        Consent(
            account_id=account_id,
            scope=scope,
            granted=granted,
            text_version=VERSION,
            text_sha256=hashlib.sha256(CONSENT_TEXTS[scope].encode()).hexdigest(),
        ),
    )

"""Signing in by a provider: the way there and back, and the identities of an account.

An identity is issuer and subject. Whoever proves one that is known enters its account; a new one becomes the guest's who brings it,
or makes an account. Roles are given by an operator's command alone, so nothing of this touches them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Conflict, NotFound
from app.domain.people.access import token_digest
from app.domain.people.signing import FRESH_FOR, ROUND_TRIP, Identity, way_back
from app.storage.choosing import verdicts
from app.storage.database import Session
from app.storage.people import accounts, audit, identities, merging, recovery
from app.storage.tables import Account, SignInAttempt, now

STALE = "This sign-in is not known in this browser, or no longer: it was begun in another one, used already, or longer than ten minutes ago."
LAST_WAY = "This is the last way into your account. Make your sixteen words first, or link another provider; then it can be unlinked."


@dataclass(frozen=True)
class Trip:
    """A way to a provider and back. `state` and `browser` are secrets that only the browser keeps; the rest is the attempt."""

    purpose: str
    provider: str
    account_id: str | None
    nonce: str
    verifier: str
    return_to: str
    identity: Identity | None
    state: str = ""
    browser: str = ""


@dataclass(frozen=True)
class IdentityView:
    """One way into the account; `provider` is the name in the settings."""

    identity_id: str
    provider: str
    linked_at: datetime
    used_at: datetime


def begin(
    session: Session,
    provider: str,
    *,
    return_to: str,
    browser: str = "",
    purpose: str = "enter",
    account_id: str | None = None,
    identity: Identity | None = None,
) -> Trip:
    """A new attempt, good for one return within ten minutes; `browser` is the secret that the browser may have already."""
    trip = Trip(
        purpose,
        provider,
        account_id,
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        return_to=way_back(return_to),
        identity=identity,
        state=secrets.token_urlsafe(32),
        browser=browser or secrets.token_urlsafe(32),
    )
    attempt = SignInAttempt(
        state_sha256=token_digest(trip.state),
        browser_sha256=token_digest(trip.browser),
        purpose=purpose,
        account_id=account_id,
        provider=provider,
        nonce=trip.nonce,
        verifier=trip.verifier,
        return_to=trip.return_to,
        issuer=identity.issuer if identity else "",
        subject=identity.subject if identity else "",
    )
    identities.begin(session, attempt, now() - ROUND_TRIP)
    return trip


def come_back(session: Session, state: str, browser: str) -> Trip:
    """The attempt of this state in this browser, used up by it. Raises Conflict where there is none (any more)."""
    kept = identities.take(session, token_digest(state), token_digest(browser), now() - ROUND_TRIP)
    if kept is None or not state or not browser:
        raise Conflict(STALE)
    proved = Identity(kept.issuer, kept.subject) if kept.subject else None
    return Trip(kept.purpose, kept.provider, kept.account_id, kept.nonce, kept.verifier, kept.return_to, proved)


def account_of(session: Session, identity: Identity) -> str | None:
    """The account that the identity opens, noted as used now; None where it opens none."""
    found = identities.find(session, identity)
    if found is None:
        return None
    identities.note_use(session, found.identity_id)
    return found.account_id


def link(session: Session, account_id: str, provider: str, identity: Identity) -> None:
    """From now on the identity opens the account. Raises Conflict where it opens another; twice is like once."""
    accounts.lock(session, account_id)
    found = identities.find(session, identity)
    if found is not None and found.account_id != account_id:
        raise Conflict(
            "This sign-in opens another account here. Sign out and sign in with it to see which; nothing was linked."
        )
    if found is None:
        identities.add(session, account_id, provider, identity)


def ways_in(session: Session, account_id: str) -> list[IdentityView]:
    """The account's identities, the oldest first."""
    return [
        IdentityView(row.identity_id, row.provider, row.linked_at, row.used_at)
        for row in identities.of_account(session, account_id)
    ]


def unlink(session: Session, account_id: str, identity_id: str) -> None:
    """The identity opens the account no more. Raises Conflict for the last way in, NotFound; somebody else's reads the same."""
    accounts.lock(session, account_id)
    own = {row.identity_id for row in identities.of_account(session, account_id)}
    if own == {identity_id} and recovery.find(session, account_id) is None:
        raise Conflict(LAST_WAY)
    if not identities.drop(session, account_id, identity_id):
        raise NotFound("There is no such way in, or it is not yours.")


def is_fresh(signed_in_at: datetime | None) -> bool:
    """Whether somebody signed in so recently that they may change by what the account is entered."""
    return signed_in_at is not None and now() - signed_in_at <= FRESH_FOR


def may_be_brought(session: Session, account_id: str) -> bool:
    """Whether this is a guest's account, with choices, that could become part of another: it has no identity and no role."""
    account = session.get(Account, account_id)
    return (
        account is not None
        and account.role == "person"
        and not identities.of_account(session, account_id)
        and verdicts.are_any(session, account_id)
    )


def bring(session: Session, guest_id: str, account_id: str) -> None:
    """Moves all of the guest's account into the other, where it may be brought; else both stay as they are."""
    if guest_id != account_id and may_be_brought(session, guest_id):
        guest, account = session.get(Account, guest_id), session.get(Account, account_id)
        codes = (guest.code, account.code) if guest and account else ("", "")
        merging.merge(session, guest_id, account_id)
        audit.note(session, "union", about=codes[0], by="itself", detail=codes[1])

"""Guests, sign-ins, roles and erasure. No form stands before a first choice: whoever arrives gets an account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import BadInput, NotFound
from app.domain.people.access import ALL_SCOPES, IDLE_FOR, scopes_from, token_digest
from app.storage.choosing import verdicts
from app.storage.database import Session
from app.storage.people import accounts as rows
from app.storage.people import audit, listed
from app.storage.people.listed import Listed
from app.storage.spending.address_keys import digest_of
from app.storage.tables import Account, SignIn, now

ROLES = ("person", "researcher", "operator")
SIGNED_IN_FOR = timedelta(days=180)
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, O, 1 and I, which are mistaken for one another when a code is read aloud."""


@dataclass(frozen=True)
class AccountView:
    """An account as its pages show it; `code` is what a person tells an operator, `seen_at` the sign-in's last visit
    (None before the first). `scopes` is what the sign-in may do: all of them, except for a token made with fewer.
    `has_address` is whether its spending is counted by an address too. `provider` is by which the person signed in here, "" for
    a guest, by words and for programs, and `signed_in_at` when."""

    account_id: str
    code: str
    role: str
    created_at: datetime
    seen_at: datetime | None
    scopes: tuple[str, ...]
    is_suspended: bool = False
    has_address: bool = True
    provider: str = ""
    signed_in_at: datetime | None = None

    @property
    def is_limited(self) -> bool:
        """Whether the sign-in may do less than the account."""
        return self.scopes != ALL_SCOPES


@dataclass(frozen=True)
class SignedIn:
    """A new account and the secret that signs in to it; the token is shown this once and only its digest is kept."""

    account_id: str
    code: str
    role: str
    token: str


def new_guest(session: Session, kind: str = "browser", address: str = "") -> SignedIn:
    """Makes an account without any personal detail, and signs in to it. Of the address only a keyed digest is kept, by
    which the spending of all guests from there is counted."""
    account = rows.add_account(session, _new_code(session))
    account.came_from = digest_of(session, address) if address else ""
    session.add(account)
    return SignedIn(account.account_id, account.code, account.role, new_token(session, account.account_id, kind))


def note_address(session: Session, account_id: str, address: str) -> None:
    """From now on the account's spending is counted by this address too: the one that brought it was forgotten."""
    rows.lock(session, account_id)
    rows.note_address(session, account_id, digest_of(session, address))


def new_token(session: Session, account_id: str, kind: str = "api", provider: str = "") -> str:
    """A new secret that signs in to the account for 180 days; `kind` is "browser" or "api", `provider` by which the person proved
    who they are. NotFound without account."""
    rows.lock(session, account_id)
    token, moment = secrets.token_urlsafe(32), now()
    rows.add_sign_in(
        session,
        SignIn(
            account_id=account_id,
            token_sha256=token_digest(token),
            kind=kind,
            provider=provider,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + SIGNED_IN_FOR,
        ),
    )
    return token


def account_for_token(session: Session, token: str) -> AccountView | None:
    """The account a token signs in to, or None where it is unknown, has expired or was idle too long. Changes nothing."""
    found = rows.by_token(session, token_digest(token), now() - IDLE_FOR)
    if found is None:
        return None
    seen_at = None if found.last_seen_at == found.signed_in_at else found.last_seen_at
    return _view(found, found.scopes, seen_at, found.provider, found.signed_in_at)


def has_chosen(session: Session, account_id: str) -> bool:
    """Whether anything is stored there that was chosen, here or elsewhere: who has not is a stranger to this site."""
    return verdicts.are_any(session, account_id)


def touch(session: Session, token: str) -> None:
    """Keeps that the token was used just now, which is what keeps it from growing idle."""
    rows.note_visit(session, token_digest(token))


def sign_out(session: Session, token: str) -> None:
    """Makes the token worthless; an unknown one is no error."""
    rows.drop_sign_in(session, token_digest(token))


def grant(session: Session, code: str, role: str, by: str = "command") -> AccountView:
    """Gives the account with this code a role ("person" takes it back); `by` stands in the trail, here and below: an operator's code,
    or what does it. Raises BadInput or NotFound."""
    if role not in ROLES:
        raise BadInput(f"There is no role {role!r}. The roles are {', '.join(ROLES)}.")
    account = _of_code(session, code)
    account.role = role
    session.add(account)
    audit.note(session, "role", about=account.code, by=by, detail=role)
    return _view(account)


def find(session: Session, code: str) -> AccountView:
    """The account with this code, in whatever case and with whatever between the letters. Raises NotFound."""
    return _view(_of_code(session, code))


def suspend(session: Session, code: str, by: str = "command") -> AccountView:
    """Has nothing done any more for the account with this code, from the next request on; its runs and answers end now.

    Nothing is deleted, and no export holds anything of it while it lasts. Raises NotFound.
    """
    account = _of_code(session, code)
    rows.stop_work(session, account.account_id, "This account was suspended. Nothing was lost.")
    account.suspended_at = account.suspended_at or now()
    session.add(account)
    audit.note(session, "suspension", about=account.code, by=by)
    return _view(account)


def lift(session: Session, code: str, by: str = "command") -> AccountView:
    """Ends a suspension; what was stopped is not begun again. Raises NotFound."""
    account = _of_code(session, code)
    account.suspended_at = None
    session.add(account)
    audit.note(session, "lift", about=account.code, by=by)
    return _view(account)


def sign_out_everywhere(session: Session, account_id: str) -> None:
    """Makes every sign-in of the account worthless, tokens for programs too."""
    rows.drop_all_sign_ins(session, account_id)


def delete_everything(session: Session, account_id: str, by: str = "itself") -> None:
    """Erases the account with its choices, texts, personas, runs, model calls and requested work. Raises NotFound."""
    found = session.get(Account, account_id)
    code = found.code if found else ""
    rows.erase(session, account_id)
    audit.note(session, "erasure", about=code, by=by)


def erase(session: Session, code: str) -> str:
    """Does so with the account of this code, for whoever runs the site; gives the code as it was given out. Raises NotFound."""
    account = _of_code(session, code)
    given_out = account.code
    delete_everything(session, account.account_id, "command")
    return given_out


def list_accounts(session: Session) -> list[Listed]:
    """All accounts, the newest first."""
    return listed.everybody(session)


def _of_code(session: Session, code: str) -> Account:
    letters = "".join(letter for letter in code.upper() if letter in CODE_LETTERS)
    account = rows.by_code(session, f"{letters[:4]}-{letters[4:]}")
    if account is None:
        raise NotFound("No account has this code. The code stands on the person's own data page.")
    return account


def _new_code(session: Session) -> str:
    while True:
        code = "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(4)) for _ in range(2))
        if rows.by_code(session, code) is None:
            return code


def _view(
    account: Account | rows.SignedIn,
    scopes: str = "",
    seen_at: datetime | None = None,
    provider: str = "",
    signed_in_at: datetime | None = None,
) -> AccountView:
    return AccountView(
        account.account_id,
        account.code,
        account.role,
        account.created_at,
        seen_at,
        scopes_from(scopes),
        account.suspended_at is not None,
        account.came_from != "",
        provider,
        signed_in_at,
    )

"""What the API takes and gives about accounts, tokens and consents."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from app.domain.people.access import SCOPES
from app.services.people.tokens import LONGEST_NAME, MOST_DAYS
from app.web.api.models import ID_EXAMPLE, Given, Taken

Scope = Literal["read", "choose", "import", "induce", "export", "account"]
SCOPES_TOLD = " ".join(f"`{scope}`: {text}." for scope, text in SCOPES.items())


class Account(Given):
    """You."""

    code: str = Field(description="What you tell whoever runs this site to be granted a role.", examples=["K7QM-2X9D"])
    role: Literal["person", "researcher", "operator"]
    created_at: datetime
    scopes: list[Scope] = Field(description="What the token of this request may do.")


class Storage(Given):
    """How much of what one person may store is used; a most of 0 means that there is no limit."""

    stored_bytes: int = Field(description="Bytes of texts brought in and typed; answers written here do not count.")
    most_bytes: int
    conversations: int
    most_conversations: int


class NewAccount(Given):
    """A new account and the one secret that opens it."""

    account: Account
    token: str = Field(description="Shown once. Send it as `Authorization: Bearer TOKEN`.")


class RecoveryWords(Given):
    """Words that open the account again."""

    words: str = Field(description="Sixteen words, parted by spaces. Shown once; keep them as you would a password.")


class Recovery(Given):
    """That words open the account again."""

    made_at: datetime
    used_at: datetime | None = Field(description="When they last opened it; null before the first time.")


class WordsTyped(Taken):
    """Words as somebody typed them, in any case, whatever stands between them."""

    words: str = Field(max_length=400, examples=["acorn album alley ..."])


class TokenAsked(Taken):
    """A token for one program. Give it the scopes that the program needs and no others."""

    name: str = Field("", max_length=LONGEST_NAME, description="What you will know it by.", examples=["import script"])
    scopes: list[Scope] | None = Field(
        None,
        min_length=1,
        max_length=20,
        description=f"What it may do. {SCOPES_TOLD} Never more than the token that asks; left out, as much.",
        examples=[["import"]],
    )
    days: int = Field(180, ge=1, le=MOST_DAYS, description="How long it lives; 60 days without use end it earlier.")


class Token(Given):
    """A token as it is listed, without its secret."""

    token_id: str = Field(examples=[ID_EXAMPLE])
    name: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None = Field(description="Right to an hour; None before the first use.")
    expires_at: datetime


class NewToken(Token):
    """A new token with its secret."""

    token: str = Field(description="Shown once. Send it as `Authorization: Bearer TOKEN`.")


class Consent(Given):
    """One switch."""

    scope: Literal["choices", "texts"]
    granted: bool
    text: str = Field(description="What you agree to when it is on.")
    text_version: str = Field(description="The version of the text agreed to; where it is off, the present one.")
    current_text_version: str = Field(description="The version of `text`; send it back when you switch on.")
    given_at: datetime | None


class ConsentTaken(Taken):
    """On or off."""

    granted: bool
    text_version: str | None = Field(
        None,
        max_length=32,
        description="The version of the text that the person has read. Another than the present one is refused with 409 "
        "when switching on; left out, the present text is agreed to. Switching off is never refused.",
        examples=["2026-11"],
    )

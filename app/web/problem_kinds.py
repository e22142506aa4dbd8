"""The kinds of refusal that a program can tell apart: the `type` of every problem (RFC 9457), listed on /problems.

A kind's name never changes its meaning. What a person reads is in `detail`, and may be worded anew at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import (
    AnswersMissing,
    BadInput,
    BudgetReached,
    CannotJudge,
    ChangedMeanwhile,
    Conflict,
    ConsentTextChanged,
    CostNotConfirmed,
    KeyReused,
    ModelUnavailable,
    NotAllowed,
    NotFound,
    NothingUsable,
    ProblemError,
    RunCancelled,
    RunUnderWay,
    SeveralPeople,
    SpendingRefused,
    StorageFull,
    TooFewChoices,
    TooLarge,
    TooManyTokens,
)
from app.domain.transcripts.found import NoComparison
from app.web.refusals import AllScopesNeeded, Busy, InvalidToken, ScopeMissing, SignInNeeded, TooManyRequests

ADDRESS = "/problems"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of refusal. `text` says what it means and what a program does about it."""

    name: str
    status: int
    title: str
    text: str

    @property
    def uri(self) -> str:
        """What stands in `type`; relative to the address of the site, and a page there."""
        return f"{ADDRESS}/{self.name}"


UNUSABLE, CHANGED, AWAY = "That could not be used", "It has changed meanwhile", "Not available at the moment"

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("bad-input", 400, UNUSABLE, "A value is at fault; `detail` names it and the limit. Change it."),
        Kind("empty-body", 400, UNUSABLE, "The request needs a body and has none."),
        Kind("malformed-json", 400, UNUSABLE, "The body is not standard JSON, or is nested too deep."),
        Kind("malformed-text", 400, UNUSABLE, "Text is not UTF-8, or has a NUL character or half of a surrogate pair."),
        Kind("malformed-form", 400, UNUSABLE, "The form cannot be read, or has a field twice."),
        Kind("nothing-usable", 400, UNUSABLE, "Nothing in the file or paste can be used; nothing was stored."),
        Kind("several-people", 400, "Whose choices?", "The file holds several people's choices; name one as `person`."),
        Kind("too-few-choices", 400, "Too few choices", "A run needs five choices. Make or bring in more first."),
        Kind(
            "bad-idempotency-key",
            400,
            UNUSABLE,
            "The Idempotency-Key is empty, longer than 200 signs, or not ASCII without spaces.",
        ),
        Kind("unknown-host", 400, UNUSABLE, "The site is not known under the host name of the request."),
        Kind("run-cancelled", 400, "The run was cancelled", "The run was stopped; what it had learned is kept."),
        Kind("sign-in-needed", 401, "Not signed in", "Send `Authorization: Bearer TOKEN`."),
        Kind("invalid-token", 401, "Not signed in", "The token is unknown, revoked or too old. Get a new one."),
        Kind("role-needed", 403, "Not allowed", "The account lacks the role. An operator grants it by account code."),
        Kind("scope-missing", 403, "Not allowed", "The token may not do this. Make one with the scope that is named."),
        Kind(
            "all-scopes-needed", 403, "Not allowed", "The token may do less than its account. Use one with every scope."
        ),
        Kind("cross-site", 403, "Not allowed", "A browser sent this from another site. Programs send a token instead."),
        Kind("not-found", 404, "Nothing here", "There is no such thing, or it is somebody else's; the two read alike."),
        Kind("no-such-address", 404, "Nothing here", "The API has no such address."),
        Kind("method-not-allowed", 405, "Not possible here", "`Allow` names the methods of this address."),
        Kind("page-of-another", 409, CHANGED, "A form of a page that was shown to another sign-in. Reload the page."),
        Kind("conflict", 409, CHANGED, "It was already done, or contradicts what is there. Read it again."),
        Kind("changed-meanwhile", 409, CHANGED, "It was changed or deleted elsewhere. Read it again, then decide."),
        Kind(
            "answers-missing", 409, "Not ready yet", "Both answers must be there first. Wait, or retry the failed one."
        ),
        Kind("run-under-way", 409, "Already under way", "One run at a time. Wait for it, or cancel it."),
        Kind(
            "consent-text-changed",
            409,
            CHANGED,
            "Another version of the text counts. Show it to the person, then send it.",
        ),
        Kind("too-many-tokens", 409, "Too many tokens", "Revoke tokens that are not needed any more."),
        Kind(
            "cost-not-confirmed",
            409,
            "This costs something",
            "`detail` says what the answers would cost; nothing was stored or ordered. Send `answers`, how many to order.",
        ),
        Kind("too-slow", 408, "Too slow", "The body did not come in time and was given up. Nothing was stored."),
        Kind("too-large", 413, "Too large", "Over a size that `detail` names. Nothing was stored."),
        Kind(
            "storage-full", 413, "No room left", "One person may store no more; GET /api/v1/me/storage tells how much."
        ),
        Kind("unsupported-content", 415, "Not a kind of content this takes", "`Accept` names the content types taken."),
        Kind("invalid-fields", 422, UNUSABLE, "Fields are missing or of the wrong kind; `faults` names each."),
        Kind(
            "idempotency-key-reused", 422, UNUSABLE, "The Idempotency-Key belongs to another request. Make a new key."
        ),
        Kind("too-many-requests", 429, "Too many requests", "Wait as long as `Retry-After` says; see `RateLimit`."),
        Kind("budget-reached", 429, "The budget is spent", "A cap on model calls or tokens was reached."),
        Kind(
            "unexpected", 500, "Something went wrong here", "Our fault; nothing was stored. `reference` is in the log."
        ),
        Kind("busy", 503, AWAY, "Too much to do; nothing was stored. Try again as `Retry-After` says."),
        Kind("database-unavailable", 503, AWAY, "The database does not answer; nothing was stored. Try again."),
        Kind("model-unavailable", 503, AWAY, "The language model gave no usable answer."),
        Kind(
            "cannot-judge",
            503,
            AWAY,
            "The language model cannot judge in the way it was asked; `detail` says what helps.",
        ),
    )
}

OF_ERROR: Mapping[type[ProblemError], str] = {
    ProblemError: "bad-input",
    BadInput: "bad-input",
    TooLarge: "too-large",
    StorageFull: "storage-full",
    NothingUsable: "nothing-usable",
    NoComparison: "bad-input",
    SeveralPeople: "several-people",
    TooFewChoices: "too-few-choices",
    NotFound: "not-found",
    NotAllowed: "role-needed",
    ScopeMissing: "scope-missing",
    AllScopesNeeded: "all-scopes-needed",
    Conflict: "conflict",
    ChangedMeanwhile: "changed-meanwhile",
    AnswersMissing: "answers-missing",
    RunUnderWay: "run-under-way",
    ConsentTextChanged: "consent-text-changed",
    CostNotConfirmed: "cost-not-confirmed",
    TooManyTokens: "too-many-tokens",
    KeyReused: "idempotency-key-reused",
    BudgetReached: "budget-reached",
    SpendingRefused: "budget-reached",
    RunCancelled: "run-cancelled",
    ModelUnavailable: "model-unavailable",
    CannotJudge: "cannot-judge",
    SignInNeeded: "sign-in-needed",
    InvalidToken: "invalid-token",
    TooManyRequests: "too-many-requests",
    Busy: "busy",
}
"""Every error that may be told has its own line (a test holds that); one from elsewhere counts as its nearest ancestor."""

OF_STATUS: Mapping[int, str] = {
    400: "bad-input",
    401: "sign-in-needed",
    403: "cross-site",
    404: "no-such-address",
    405: "method-not-allowed",
    408: "too-slow",
    413: "too-large",
    415: "unsupported-content",
    422: "invalid-fields",
    429: "too-many-requests",
    500: "unexpected",
    503: "busy",
}
"""For what the framework refuses by status alone."""


def kind_of(error: ProblemError) -> Kind:
    """The kind of one of our own errors."""
    return KINDS[next(OF_ERROR[ancestor] for ancestor in type(error).__mro__ if ancestor in OF_ERROR)]


def kind_of_status(status: int) -> Kind:
    """The kind of a refusal of which only the status is known; any other status counts as unusable input."""
    return KINDS[OF_STATUS.get(status, "bad-input" if status < 500 else "unexpected")]

"""The error tree. Every message says what happened and what to do next, and is safe to show to a person.

ProblemError
├── BadInput            the request or the file is at fault; names the fault and the limit (HTTP 400)
│   ├── TooLarge        over a stated limit (HTTP 413)
│   │   └── StorageFull     over what one person may store (HTTP 413)
│   ├── NothingUsable   nothing in the file or paste can be used (HTTP 400)
│   ├── TooFewChoices   a persona needs more choices (HTTP 400)
│   └── SeveralPeople   a file holds the choices of more than one person, and none was named (HTTP 400)
├── NotFound            no such thing, or not yours; both read the same (HTTP 404)
├── NotAllowed          this account lacks the role (HTTP 403)
├── Conflict            the thing has changed or was already done (HTTP 409)
│   ├── ChangedMeanwhile    another device was faster
│   ├── AnswersMissing      there is nothing to choose between yet
│   ├── RunUnderWay         one run at a time
│   ├── ConsentTextChanged  another text was agreed to than the one that counts
│   ├── TooManyTokens       revoke some first
│   ├── CostNotConfirmed    it costs something, and nobody has said yes to it
│   └── KeyReused           the Idempotency-Key belongs to another request (HTTP 422)
├── BudgetReached       a cap on calls or tokens would be passed; nothing was sent (HTTP 429)
│   └── SpendingRefused     a person's, an import's or the site's cap, or all spending is stopped
├── RunCancelled        the person stopped the run
└── ModelUnavailable    the language model did not answer (HTTP 503)
    └── CannotJudge     it answers, but not in the form in which it was asked to judge
"""

from __future__ import annotations

from collections.abc import Mapping


class ProblemError(Exception):
    """A failure whose text may be shown to the person as it stands.

    `permanent` says whether trying again unchanged can help: True means it cannot.
    """

    permanent = True


class BadInput(ProblemError):
    """What was sent cannot be used; the text names the fault and the limit."""


class TooLarge(BadInput):
    """Over a stated limit."""


class StorageFull(TooLarge):
    """Over what one person may store."""


class NothingUsable(BadInput):
    """Nothing in the file or paste can be used; the text says what was looked for."""


class TooFewChoices(BadInput):
    """A persona needs more choices than there are."""


class SeveralPeople(BadInput):
    """A file holds the choices of more than one person; `people` tells how many choices each has, in the file's order."""

    def __init__(self, sentence: str, people: Mapping[str, int]) -> None:
        super().__init__(sentence)
        self.people = dict(people)


class NotFound(ProblemError):
    """Missing or somebody else's; the two are never told apart."""


class NotAllowed(ProblemError):
    """The account lacks the role this needs."""


class Conflict(ProblemError):
    """It was already done, or has changed since the page was loaded."""


class ChangedMeanwhile(Conflict):
    """It was changed elsewhere after it was loaded."""


class AnswersMissing(Conflict):
    """A comparison whose answers are not both there cannot be decided."""


class RunUnderWay(Conflict):
    """The account has a run that is queued or running."""


class ConsentTextChanged(Conflict):
    """The consent names another version of the text than the one that counts."""


class TooManyTokens(Conflict):
    """The account has as many tokens as it may."""


class CostNotConfirmed(Conflict):
    """What was asked for costs model calls that nobody has said yes to; the text says how many."""


class KeyReused(Conflict):
    """The Idempotency-Key was used for another request."""


class BudgetReached(ProblemError):
    """The next call would pass a cap on calls or tokens; it was not sent."""


class SpendingRefused(BudgetReached):
    """What a person, an address, an import or the site may spend is used up, or all spending is stopped; nothing was sent."""


class RunCancelled(ProblemError):
    """The person stopped the run; what was learned so far is kept."""


class ModelUnavailable(ProblemError):
    """The language model did not give a usable answer after all permitted tries."""

    permanent = False


class CannotJudge(ModelUnavailable):
    """What the model answers says nothing about which of two answers is better; the text names the setting that helps."""

    permanent = True

"""What a failed call means: may it be tried again, and what is a person told.

The provider's own answer decides, where one was heard; else the class of the exception does. Its text only sorts the
failure and is never passed on: it can hold the key, the prompt, or markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx

from app.adapters.bounded_http import AnswerRefused
from app.adapters.replies.failed_calls import kind_of
from app.adapters.replies.heard import Heard
from app.adapters.replies.parameters import refused_part
from app.adapters.replies.sentences import MAY_PASS, sentence
from app.adapters.replies.told import told_by
from app.adapters.replies.waits import LONGEST_WAIT_SECONDS, asked_wait
from app.induction.model.language_model import PermanentModelError, TransientModelError

PERMANENT = {
    "AuthenticationError": "key",
    "PermissionDeniedError": "rights",
    "NotFoundError": "unknown_model",
    "LiteLLMUnknownProvider": "unknown_model",
    "ModelNotMappedError": "unknown_model",
    "BadRequestError": "request",
    "InvalidRequestError": "request",
    "UnprocessableEntityError": "request",
    "UnsupportedParamsError": "request",
    "ImageFetchError": "request",
    "VectorStoreSearchError": "request",
    "RejectedRequestError": "filter",
    "ContentPolicyViolationError": "filter",
    "GuardrailRaisedException": "filter",
    "BlockedPiiEntityError": "filter",
    "ModifyResponseException": "filter",
    "SensitiveDataRouteException": "filter",
    "ContextWindowExceededError": "context",
    "PaymentRequiredError": "credit",
    "BudgetExceededError": "credit",
}
"""LiteLLM's exception classes after which the same call would fail again, where no answer of the provider tells more."""

TRANSIENT = {
    "RateLimitError": "busy",
    "Timeout": "slow",
    "APIConnectionError": "unreached",
    "ServiceUnavailableError": "down",
    "BadGatewayError": "down",
    "InternalServerError": "down",
    "APIError": "down",
    "OpenAIError": "down",
    "MidStreamFallbackError": "down",
    "MockException": "down",
    "APIResponseValidationError": "garbled",
    "JSONSchemaValidationError": "garbled",
}
"""LiteLLM's exception classes after which the same call may succeed."""

_NO_KEY = re.compile(
    r"(api[_ -]?key|credentials?|token)\b.{0,120}(must be set|missing|not set|required|not found|is none|provide)"
    r"|(missing|no|set|provide|pass)\b.{0,40}(api[_ -]?key|credentials?)",
    re.DOTALL,
)


def model_error(
    error: Exception, heard: Heard | None = None, *, host: str = ""
) -> TransientModelError | PermanentModelError:
    """What to raise for an exception out of LiteLLM, after what was heard of the provider; `host` is where the call goes.

    Unknown classes may be tried again: the number of tries is small. A wait of over two minutes is told, in the sentence
    and as the error's `retry_after`, and makes it permanent: nobody waits it out.
    """
    heard = heard or Heard()
    for cause in _causes(error):
        if isinstance(cause, AnswerRefused):
            return PermanentModelError(str(cause), kind=cause.kind)
        if isinstance(cause, ImportError) and not heard.status:
            return PermanentModelError(sentence("provider", host), kind="provider")
    told = told_by(heard, error)
    status, place = _status(error, heard, told.codes), heard.host or host
    is_read = bool(heard.status) or (status >= 400 and type(error).__name__ == "APIError")
    if is_read and status >= 400:
        kind, refused = kind_of(status, heard, told)
    else:
        kind, refused = _by_class(error, heard, told.words), None
    if kind == "request" and not heard.status:
        refused = refused_part(told)  # LiteLLM knows of itself that this provider does not take it
        kind = "parameter" if refused else kind
    if kind not in MAY_PASS:
        part, bound = (refused.part, refused.bound) if refused else ("", 0)
        return PermanentModelError(sentence(kind, place, part=part), kind=kind, refused=part, bound=bound)
    headers = heard.headers if heard.status else getattr(error, "litellm_response_headers", None) or {}
    wait = asked_wait(headers, told)
    if wait is not None and wait > LONGEST_WAIT_SECONDS:
        said = sentence(kind, place, wait=wait)
        return PermanentModelError(said, wait, kind=kind, is_rate_limit=kind == "busy")
    return TransientModelError(sentence(kind, place), wait, kind=kind, is_rate_limit=kind == "busy")


def _status(error: Exception, heard: Heard, codes: frozenset[str]) -> int:
    """The status of the answer; of one with 200 and an error inside, the error's."""
    if heard.status >= 400:
        return heard.status
    if heard.status:
        inside = [int(code) for code in codes if code.isdigit() and 400 <= int(code) < 600]
        has_error = isinstance(heard.parsed, dict) and heard.parsed.get("error")
        return inside[0] if inside else 500 if has_error else 0
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else 0


def _by_class(error: Exception, heard: Heard, words: str) -> str:
    """Where the provider's answer tells nothing: it was none, or none came."""
    if heard.status:
        return "page" if heard.is_page else "garbled"
    causes = list(_causes(error))
    if any(getattr(cause, "code", None) == "insufficient_quota" for cause in causes):
        return "credit"  # told as a rate limit, but no wait ends it
    if any(isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout) for cause in causes):
        return "unreached"
    if any(isinstance(cause, httpx.TimeoutException) for cause in causes):
        return "slow"
    if any(isinstance(cause, httpx.TransportError) for cause in causes):
        return "down"  # it was reached, and went away in the midst of it
    if getattr(error, "status_code", None) == 429:
        return "busy"
    classes = [kind.__name__ for kind in type(error).__mro__]
    if {"AuthenticationError", "OpenAIError", "ValueError"} & set(classes) and _NO_KEY.search(words):
        return "no_key"
    known = PERMANENT | TRANSIENT
    return next((known[name] for name in classes if name in known), "garbled")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop()
        if cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            waiting += [cause.__cause__, cause.__context__]
            yield cause

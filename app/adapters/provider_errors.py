"""What a failed call means: may it be tried again, and what is a person told.

The provider's own text is never passed on: it can hold the key, the prompt, or markup.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from app.adapters.bounded_http import AnswerRefused
from app.induction.model.language_model import PermanentModelError, TransientModelError

LONGEST_WAIT_SECONDS = 120.0

UNKNOWN_MODEL = "The provider knows no such model. Check MODEL and MODEL_API_BASE."
_KEY = "The model's provider refused the key. Check MODEL_API_KEY."
_RIGHTS = "The key may not use this model."
_REQUEST = "The model's provider refused the request."
_POLICY = "The provider's content rules refused the request."
_BALANCE = "The account at the model's provider has no credit left."

PERMANENT = {
    "AuthenticationError": _KEY,
    "PermissionDeniedError": _RIGHTS,
    "NotFoundError": UNKNOWN_MODEL,
    "LiteLLMUnknownProvider": UNKNOWN_MODEL,
    "ModelNotMappedError": UNKNOWN_MODEL,
    "BadRequestError": _REQUEST,
    "InvalidRequestError": _REQUEST,
    "UnprocessableEntityError": _REQUEST,
    "UnsupportedParamsError": _REQUEST,
    "ImageFetchError": _REQUEST,
    "VectorStoreSearchError": _REQUEST,
    "RejectedRequestError": _POLICY,
    "ContentPolicyViolationError": _POLICY,
    "GuardrailRaisedException": _POLICY,
    "BlockedPiiEntityError": _POLICY,
    "ModifyResponseException": _POLICY,
    "SensitiveDataRouteException": _POLICY,
    "ContextWindowExceededError": "The text is too long for this model. Check MODEL_SLOT_TOKENS.",
    "PaymentRequiredError": _BALANCE,
    "BudgetExceededError": _BALANCE,
}
"""LiteLLM's exception classes after which the same call would fail again."""

STATUSES = {402: _BALANCE, 403: _RIGHTS}
"""What LiteLLM leaves as a plain APIError; other refusals (4xx) are told as refusals."""
_MAY_PASS = {408, 409, 425, 429}

_BUSY = "The model's provider says to slow down."
_DOWN = "The model's provider failed."
_UNREACHED = "The model could not be reached."
_GARBLED = "The model's provider sent something that is no answer."

TRANSIENT = {
    "RateLimitError": _BUSY,
    "Timeout": "The model did not answer in time.",
    "APIConnectionError": _UNREACHED,
    "ServiceUnavailableError": _DOWN,
    "BadGatewayError": _DOWN,
    "InternalServerError": _DOWN,
    "APIError": _DOWN,
    "OpenAIError": _DOWN,
    "MidStreamFallbackError": _DOWN,
    "MockException": _DOWN,
    "APIResponseValidationError": _GARBLED,
    "JSONSchemaValidationError": _GARBLED,
}
"""LiteLLM's exception classes after which the same call may succeed."""


def model_error(error: Exception) -> TransientModelError | PermanentModelError:
    """What to raise for an exception out of LiteLLM. Unknown classes may be tried again: the number of tries is small."""
    for cause in _causes(error):
        if isinstance(cause, AnswerRefused):
            return PermanentModelError(str(cause))
        if getattr(cause, "code", None) == "insufficient_quota":
            return PermanentModelError(_BALANCE)  # told as a rate limit, but no wait ends it
        if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout):
            return TransientModelError(_UNREACHED)
    status = getattr(error, "status_code", None)
    if (
        type(error).__name__ == "APIError"
        and isinstance(status, int)
        and 400 <= status < 500
        and status not in _MAY_PASS
    ):
        return PermanentModelError(STATUSES.get(status, _REQUEST))
    for kind in type(error).__mro__:
        if kind.__name__ in PERMANENT:
            return PermanentModelError(PERMANENT[kind.__name__])
        if kind.__name__ in TRANSIENT:
            is_limit = status == 429 or kind.__name__ == "RateLimitError"
            return TransientModelError(
                _BUSY if is_limit else TRANSIENT[kind.__name__], _retry_after(error), is_rate_limit=is_limit
            )
    return TransientModelError(_GARBLED, None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop()
        if cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            waiting += [cause.__cause__, cause.__context__]
            yield cause


def _retry_after(error: Exception) -> float | None:
    """The wait the provider asked for, in seconds, as a number or a date; at most two minutes."""
    headers = getattr(error, "litellm_response_headers", None) or {}
    value = str(headers.get("retry-after") or "")
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS) if math.isfinite(seconds) else None

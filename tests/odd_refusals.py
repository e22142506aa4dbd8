"""What some providers refuse although the request is well formed, one refusal a mode, worded as real ones word it.

Each function gets the request and how many of its mode came before, and gives status and body, or None to let it pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Body = dict[str, Any]
Refused = tuple[int, Body]
Refusal = Callable[[Body, int], Refused | None]

CHANGES_AFTER = 12
"""Requests that the mode changes-its-ways takes with a seed."""


def allowed(body: Body) -> int | None:
    """How many tokens the answer may have, thoughts included; None where the request sets no limit."""
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    return int(limit) if limit else None


def refused(message: str, status: int = 400, **more: str) -> Refused:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None, **more}
    return status, {"error": error}


def _no_logprobs(body: Body, _before: int) -> Refused | None:
    if not body.get("logprobs"):
        return None
    return refused("'logprobs' is not offered for this model", param="logprobs", code="unsupported_parameter")


def _logprobs_not_allowed(body: Body, _before: int) -> Refused | None:
    """As a missing right, with nothing named."""
    said = "You are not allowed to request these from this model"
    return refused(said, 403) if body.get("logprobs") else None


def _no_seed(body: Body, _before: int) -> Refused | None:
    return refused("'seed' is not a known property", param="seed") if "seed" in body else None


def _no_seed_unnamed(body: Body, _before: int) -> Refused | None:
    return refused("Extra inputs are not permitted", 422) if "seed" in body else None


def _changes_its_ways(body: Body, before: int) -> Refused | None:
    return _no_seed(body, before) if before >= CHANGES_AFTER else None


def _changes_unnamed(body: Body, before: int) -> Refused | None:
    return _no_seed_unnamed(body, before) if before >= CHANGES_AFTER else None


def _no_schema(body: Body, _before: int) -> Refused | None:
    is_schema = (body.get("response_format") or {}).get("type") == "json_schema"
    said = "this type of response_format is not offered; use json_object"
    return refused(said, param="response_format") if is_schema else None


def _no_json(body: Body, _before: int) -> Refused | None:
    return refused("Unrecognized request argument supplied: response_format") if body.get("response_format") else None


def _five_logprobs(body: Body, _before: int) -> Refused | None:
    if int(body.get("top_logprobs") or 0) <= 5:
        return None
    return refused("Invalid value for 'top_logprobs': must be between 0 and 5", param="top_logprobs")


def _sixteen_tokens(body: Body, _before: int) -> Refused | None:
    limit = allowed(body)
    if limit is None or limit >= 16:
        return None
    said = f"Invalid 'max_tokens': integer below minimum value. Expected a value >= 16, but got {limit} instead."
    return refused(said, param="max_tokens", code="integer_below_min_value")


def _temperature_one(body: Body, _before: int) -> Refused | None:
    if body.get("temperature") in (None, 1):
        return None
    said = (
        f"Unsupported value: 'temperature' does not support {body['temperature']} with this model. "
        "Only the default (1) value is supported."
    )
    return refused(said, param="temperature", code="unsupported_value")


def _no_system_role(body: Body, _before: int) -> Refused | None:
    if all(message["role"] not in {"system", "developer"} for message in body["messages"]):
        return None
    said = "Unsupported value: 'messages[0].role' does not support 'system' with this model."
    return refused(said, param="messages[0].role", code="unsupported_value")


def _max_completion_tokens(body: Body, _before: int) -> Refused | None:
    if "max_tokens" not in body:
        return None
    said = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    return refused(said, param="max_tokens", code="unsupported_parameter")


def _max_tokens_only(body: Body, _before: int) -> Refused | None:
    return refused("Extra inputs: max_completion_tokens", 422) if "max_completion_tokens" in body else None


def _new_hosted(body: Body, before: int) -> Refused | None:
    """Several at once, as the hosted models that think have them."""
    return _max_completion_tokens(body, before) or _temperature_one(body, before) or _no_logprobs(body, before)


def _too_large(_body: Body, _before: int) -> Refused:
    said = (
        "Request too large: it has 9000 tokens, the account's limit is 6000 tokens a minute. Reduce the message size."
    )
    return refused(said, 413, type="tokens", code="rate_limit_exceeded")


def _wrong_key(_body: Body, _before: int) -> Refused:
    return refused("Incorrect API key provided", 401, code="invalid_api_key")


def _unknown_model(_body: Body, _before: int) -> Refused:
    return refused("The model does not exist", 404, code="model_not_found")


REFUSALS: dict[str, Refusal] = {
    "no-logprobs": _no_logprobs,
    "logprobs-not-allowed": _logprobs_not_allowed,
    "no-seed": _no_seed,
    "no-seed-unnamed": _no_seed_unnamed,
    "changes-its-ways": _changes_its_ways,
    "changes-unnamed": _changes_unnamed,
    "no-schema": _no_schema,
    "no-json": _no_json,
    "five-logprobs": _five_logprobs,
    "sixteen-tokens": _sixteen_tokens,
    "temperature-one": _temperature_one,
    "no-system-role": _no_system_role,
    "only-max-completion-tokens": _max_completion_tokens,
    "only-max-tokens": _max_tokens_only,
    "new-hosted": _new_hosted,
    "too-large-413": _too_large,
    "wrong-key": _wrong_key,
    "unknown-model": _unknown_model,
}

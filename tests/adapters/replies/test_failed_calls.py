"""A provider's refusal is sorted by what it means, whatever its shape, and told without a word of the provider's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.adapters.provider_errors import model_error
from app.induction.model.language_model import PermanentModelError, TransientModelError
from tests.adapters.replies.refused import HOST, KEY, anthropic, gemini, openai, told

PAGE = "<!DOCTYPE html><html><body>Not here</body></html>"


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("key", 401, openai("Incorrect API key provided: sk-1***2", code="invalid_api_key")),
        ("key", 401, anthropic("invalid x-api-key", "authentication_error")),
        ("key", 400, gemini("API key not valid. Please pass a valid API key.", reason="API_KEY_INVALID")),
        ("key", 401, {"message": "invalid api token"}),
        ("key", 401, ""),
        ("key", 401, PAGE),
        ("rights", 403, openai("Project has no access to model `m`")),
        ("rights", 403, PAGE),
        ("unknown_model", 404, openai("The model `m` does not exist", code="model_not_found")),
        ("unknown_model", 404, anthropic("model: claude-9", "not_found_error")),
        ("unknown_model", 404, gemini("models/gemini-9 is not found for API version v1", "NOT_FOUND", 404)),
        ("unknown_model", 404, {"error": "model 'llama9' not found"}),
        ("unknown_model", 400, openai("Model Not Exist")),
        ("unknown_model", 400, openai("nobody/m is not a valid model ID", code=400)),
        ("unknown_model", 400, {"object": "error", "message": "Invalid model: m", "type": "invalid_model"}),
        ("unknown_model", 400, openai("The model `m` has been decommissioned", code="model_decommissioned")),
        (
            "unknown_model",
            404,
            {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}},
        ),
        ("address", 404, {"detail": "Not Found"}),
        ("address", 404, "404 page not found"),
        ("address", 404, openai("Invalid URL (POST /chat/completions)")),
        ("address", 404, PAGE),
        ("address", 405, {"detail": "Method Not Allowed"}),
        ("address", 200, {"error": "Unexpected endpoint or method. (POST /chat/completions)"}),
        ("page", 200, PAGE),
        ("credit", 402, openai("Insufficient Balance")),
        ("credit", 429, openai("You exceeded your current quota, please check your plan", code="insufficient_quota")),
        ("credit", 400, anthropic("Your credit balance is too low to access the API.")),
        (
            "credit",
            402,
            {"error": {"code": 402, "message": "This request requires more credits, or fewer max_tokens."}},
        ),
        ("filter", 400, openai("Filtered by the content management policy", code="content_filter")),
        ("filter", 400, {"message": "Input data may contain inappropriate content", "code": "data_inspection_failed"}),
        ("filter", 403, {"error": {"code": 403, "message": "Your input was flagged by moderation"}}),
        (
            "context",
            400,
            openai("This model's maximum context length is 8192 tokens, you asked for 9000", param="messages"),
        ),
        ("context", 400, anthropic("prompt is too long: 215000 tokens > 200000 maximum")),
        ("context", 400, gemini("The input token count (40000) exceeds the maximum number of tokens allowed (32768).")),
        (
            "context",
            400,
            {"error": {"type": "exceed_context_size_error", "message": "exceeds the available context size"}},
        ),
        ("context", 500, {"error": {"code": 500, "message": "the request exceeds the available context size"}}),
        ("request", 400, openai("messages: at least one message is needed")),
        ("request", 418, {}),
        ("request", 422, "no"),
        ("down", 500, openai("The server had an error")),
        ("down", 502, PAGE),
        ("down", 503, {"error": "loading"}),
        ("down", 529, anthropic("Overloaded", "overloaded_error")),
        ("down", 408, ""),
        ("down", 200, {"error": {"message": "the upstream connection was lost", "code": 502}}),
        ("down", 200, {"error": "the upstream connection was lost"}),
        ("busy", 429, openai("Rate limit reached", code="rate_limit_exceeded")),
        ("busy", 429, gemini("You exceeded your current quota.", "RESOURCE_EXHAUSTED", 429, retryDelay="20s")),
        ("busy", 200, {"error": {"message": "rate limited upstream", "code": 429}}),
        ("garbled", 200, '{"choices": [{"mess'),
    ],
)
def test_a_refusal_is_sorted_by_what_it_means(kind, status, body):
    error = told(status, body)

    assert error.kind == kind
    assert isinstance(error, TransientModelError) == (kind in {"down", "busy", "garbled", "page"})
    assert HOST in error.reason or kind == "context"
    assert KEY not in error.reason
    assert error.reason.endswith(".")


def test_json_that_is_called_a_page_is_read_as_json():
    error = told(404, openai("The model `m` does not exist"), content_type="text/html; charset=utf-8")

    assert error.kind == "unknown_model"


def test_each_kind_has_a_sentence_of_its_own():
    reasons = {
        told(401, openai("no")).reason,
        told(403, openai("no")).reason,
        told(404, openai("The model `m` does not exist")).reason,
        told(404, {"detail": "Not Found"}).reason,
        told(402, {}).reason,
        told(413, {}).reason,
        told(400, openai("no")).reason,
        told(429, {}).reason,
        told(500, {}).reason,
    }

    assert len(reasons) == 9


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (413, openai("Request too large for model `m`: Limit 6000, Requested 9000", code="rate_limit_exceeded")),
        (429, openai("Request too large for m on tokens per min (TPM): Limit 6000, Requested 9000.", type="tokens")),
        (429, openai("Rate limit reached on tokens per min: Limit 6,000, Used 0, Requested 9,000.", type="tokens")),
        (413, anthropic("Request exceeds the maximum size", "request_too_large")),
        (413, PAGE),
    ],
)
def test_a_request_larger_than_the_account_takes_is_no_rate_limit_and_is_not_sent_again(status, body):
    error = told(status, body, retry_after="20")

    assert isinstance(error, PermanentModelError)
    assert (error.kind, error.is_rate_limit, error.retry_after) == ("too_large", False, None)
    assert "too large" in error.reason
    assert "MODEL_SLOT_TOKENS" in error.reason


def test_a_request_for_which_there_will_be_room_is_a_rate_limit():
    error = told(
        429, openai("Rate limit reached on tokens per min: Limit 6000, Used 5500, Requested 900.", type="tokens")
    )

    assert isinstance(error, TransientModelError)
    assert error.is_rate_limit


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        ({}, {"retry_after": "7"}, 7.0),
        ({}, {"retry_after_ms": "1500"}, 1.5),
        (gemini("slower", "RESOURCE_EXHAUSTED", 429, retryDelay="34.5s"), {}, 34.5),
        (openai("Please try again in 1m2.5s."), {}, 62.5),
        (openai("Please retry after 14 seconds."), {}, 14.0),
        (openai("Please try again in 250ms."), {}, 0.25),
        (openai("Slow down."), {}, None),
    ],
)
def test_the_wait_is_found_where_the_provider_puts_it(body, headers, seconds):
    error = told(429, body, **headers)

    assert isinstance(error, TransientModelError)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (429, {}, {"retry_after": "840"}, "asks to wait 14 minutes"),
        (429, {}, {"retry_after": "121"}, "asks to wait 3 minutes"),
        (429, openai("Please try again in 14m0.1s."), {}, "asks to wait 15 minutes"),
        (429, {}, {"retry_after": "86400"}, "asks to wait 24 hours"),
        (503, {}, {"retry_after": "604800"}, "asks to wait 7 days"),
    ],
)
def test_a_wait_of_over_two_minutes_is_told_and_not_waited_out(status, body, headers, words):
    error = told(status, body, **headers)

    assert isinstance(error, PermanentModelError)
    assert words in error.reason
    assert (error.retry_after or 0) > 120
    assert error.is_rate_limit == (status == 429)


def test_a_wait_may_be_a_date_to_come():
    then = datetime.now(UTC) + timedelta(seconds=3600)

    error = told(429, {}, retry_after=format_datetime(then, usegmt=True))

    assert error.retry_after == pytest.approx(3600, abs=5)


@pytest.mark.parametrize(
    "words",
    [
        "The api_key client option must be set either by passing api_key or by setting OPENAI_API_KEY",
        "Missing Anthropic API Key - A call is being made to anthropic but no key is set",
    ],
)
def test_a_key_that_was_never_given_is_told_apart_from_one_that_was_refused(words):
    class OpenAIError(Exception):
        pass

    missing = model_error(OpenAIError(words), host=HOST)

    assert isinstance(missing, PermanentModelError)
    assert (missing.kind, "no key" in missing.reason) == ("no_key", True)

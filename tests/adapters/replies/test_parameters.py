"""What of a request a provider does not take is exposed as a value, so that it can be asked without."""

from __future__ import annotations

import pytest

from app.induction.model.language_model import PermanentModelError
from tests.adapters.replies.refused import HOST, anthropic, fastapi, gemini, openai, told

UNSUPPORTED = "Unsupported parameter: '{}' is not supported with this model."


@pytest.mark.parametrize(
    ("refused", "bound", "body"),
    [
        ("logprobs", 0, openai(UNSUPPORTED.format("logprobs"), param="logprobs", code="unsupported_parameter")),
        ("logprobs", 0, openai("'logprobs' is not offered for this model")),
        ("logprobs", 0, openai("logprobs are not supported with reasoning models", param="top_logprobs")),
        ("logprobs", 0, gemini("Logprobs is not enabled for models/gemini-x")),
        ("logprobs", 0, fastapi(["body", "logprobs"], "Extra inputs are not permitted")),
        ("top_logprobs", 5, openai("Invalid 'top_logprobs': must be less than or equal to 5", param="top_logprobs")),
        ("top_logprobs", 5, openai("Requested sample logprobs of 20, which is greater than max allowed: 5")),
        ("top_logprobs", 5, openai("top_logprobs must be between 0 and 5.", param="top_logprobs")),
        ("top_logprobs", 8, openai("Number of logprobs must be at most 8")),
        ("schema", 0, openai("this type of response_format is unavailable now", param="response_format")),
        ("schema", 0, openai("Invalid parameter: 'response_format' of type 'json_schema' is not supported")),
        ("schema", 0, openai("x does not support structured outputs", param="response_format.type")),
        ("schema", 0, anthropic("output_format: Extra inputs are not permitted")),
        ("schema", 0, gemini("JSON mode is not enabled for models/gemma-x")),
        ("schema", 0, {"error": "model does not support tools"}),
        ("schema", 0, {"error": {"code": 400, "message": "failed to parse grammar"}}),
        ("seed", 0, openai("'seed' is not a known property", param="seed")),
        ("seed", 0, fastapi(["body", "seed"], "Extra inputs are not permitted")),
        ("seed", 0, {"message": "property 'seed' is unsupported"}),
        ("temperature", 0, openai(UNSUPPORTED.format("temperature"), param="temperature", code="unsupported_value")),
        ("temperature", 0, openai("invalid temperature: only 1 is allowed for this model")),
        ("temperature", 0, anthropic("`temperature` may only be set to 1 when thinking is enabled")),
        ("system_role", 0, openai("'messages[0].role' does not support 'system'", param="messages[0].role")),
        ("system_role", 0, openai("System role not supported")),
        ("system_role", 0, gemini("Developer instruction is not enabled for models/gemma-x")),
        ("system_role", 0, openai("Conversation roles must alternate user/assistant/user/assistant/...")),
        (
            "least_tokens",
            16,
            openai(
                "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.",
                param="max_output_tokens",
                code="integer_below_min_value",
            ),
        ),
        (
            "least_tokens",
            0,
            openai("Could not finish the message because max_tokens was reached. Try higher max_tokens."),
        ),
        ("least_tokens", 16, openai("max_tokens must be at least 16")),
        ("max_tokens", 0, openai(UNSUPPORTED.format("max_tokens"), param="max_tokens", code="unsupported_parameter")),
        ("max_tokens", 8192, anthropic("max_tokens: 100000 > 8192, which is the most output tokens for this model")),
        (
            "max_tokens",
            4096,
            openai("max_tokens is too large: 9000. This model supports at most 4096 completion tokens"),
        ),
        ("context", 8192, openai("This model's maximum context length is 8192 tokens. However, you requested 9000")),
        ("context", 200_000, anthropic("prompt is too long: 215000 tokens > 200000 maximum")),
    ],
)
def test_what_a_provider_does_not_take_is_named(refused, bound, body):
    error = told(400, body)

    assert isinstance(error, PermanentModelError)
    assert (error.refused, error.bound) == (refused, bound)
    assert "MODEL_" in error.reason


def test_log_probabilities_that_a_key_is_not_allowed_are_a_parameter_and_not_a_matter_of_rights():
    error = told(403, openai("You are not allowed to request logprobs from this model."))

    assert (error.kind, error.refused) == ("parameter", "logprobs")


@pytest.mark.parametrize("status", [400, 404, 422, 501])
def test_a_refused_parameter_is_known_by_any_status_that_providers_use_for_it(status):
    error = told(status, openai("'seed' is not supported", param="seed"))

    assert (error.kind, error.refused) == ("parameter", "seed")
    assert f"{HOST} does not take a seed" in error.reason


@pytest.mark.parametrize(
    "body",
    [
        openai("The model `temperature-7b` does not exist", code="model_not_found"),
        openai("Your input was flagged: it speaks of a seed", code="content_filter"),
        openai("messages: at least one message is needed"),
        anthropic("Your credit balance is too low; raise max_tokens of spending"),
    ],
)
def test_a_refusal_of_something_else_names_no_parameter(body):
    assert told(400, body).refused == ""

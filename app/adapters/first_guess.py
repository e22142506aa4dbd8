"""What LiteLLM's own tables say of a model: where its learning begins. Asks nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.adapters.language_models import library
from app.induction.model.habits import Habits

EXPECTED_THOUGHTS = 500


def first_guess(model: str, address: str | None) -> Habits:
    """The habits by the tables. What a provider's interface has no name for, LiteLLM would not send, so it is not taken.

    Takes seconds where LiteLLM is not imported yet.
    """
    litellm = library()
    habits = Habits()
    try:
        name, provider, _key, _base = litellm.get_llm_provider(model, api_base=address, api_key="none")
        named = litellm.get_supported_openai_params(name, custom_llm_provider=provider)
        if litellm.supports_reasoning(name, provider):
            habits = habits.thinking(EXPECTED_THOUGHTS)
    except Exception:  # the tables are no more than a guess, whatever is wrong with them
        named = None
    if named:
        habits = replace(
            habits,
            seed="seed" in named,
            temperature="temperature" in named,
            top_logprobs=Habits().top_logprobs if {"logprobs", "top_logprobs"} <= set(named) else 0,
            schema="json_schema" if "response_format" in named else "words",
        )
    return replace(habits, context_tokens=_context(litellm, model))


def _context(litellm: Any, model: str) -> int:
    try:
        told = litellm.get_model_info(model)
    except Exception:  # most models are in no table
        return 0
    tokens = told.get("max_input_tokens") or told.get("max_tokens")
    return tokens if isinstance(tokens, int) and tokens > 0 else 0

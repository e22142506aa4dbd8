"""The models that the settings name: at which address, with which key, and what they are taken for before they are known.

Nothing is sent here; how a model is called is in adapters/language_models.py.
"""

from __future__ import annotations

from app.adapters.language_models import Completer
from app.induction.model.language_model import ModelProfile
from app.settings import Settings

HOSTED_SECONDS = 120.0
EMBEDDED_SECONDS = 600.0


def completer(settings: Settings, *, model: str | None = None) -> Completer:
    """The model the settings name, or another. Sends nothing; whether the model answers shows at the first call.

    The configured key and address go only to the configured model and others of the same provider: another provider's
    model takes its key from that provider's own environment variable.
    """
    chosen = settings.model_copy(update={"model": model}) if model else settings
    profile = _profile(chosen)
    if chosen.uses_embedded_model:
        key = chosen.embedded_key.get_secret_value()
        return Completer(profile, "openai/local", chosen.embedded_url, key or "none", EMBEDDED_SECONDS)
    shares_provider = chosen.model.partition("/")[0] == settings.model.partition("/")[0]
    base = settings.model_api_base if shares_provider else ""
    key = settings.model_api_key.get_secret_value() if shares_provider else ""
    # A server of one's own often asks for no key, but the library below insists on one.
    return Completer(profile, chosen.model, base or None, key or ("none" if base else None), HOSTED_SECONDS)


def _profile(chosen: Settings) -> ModelProfile:
    if chosen.uses_embedded_model:
        # The rates are those of the 1.5B model on two cores.
        return ModelProfile(
            name=chosen.model,
            slot_tokens=chosen.model_slot_tokens or 4096,
            judging=chosen.model_judging or "pointwise",
            small=True,
            parallel=chosen.model_parallel or 4,
            packing=1,
            latency_seconds=0.3,
            prompt_tokens_per_second=70.0,
            answer_tokens_per_second=8.0,
        )
    return ModelProfile(
        name=chosen.model,
        slot_tokens=chosen.model_slot_tokens or 16_384,
        judging=chosen.model_judging or "both_orders",
        parallel=chosen.model_parallel or 16,
    )

"""The models that settings or a command name: at which address, with which key, and what they are taken for before they are
known.

No key and no text goes to an address that was not named. A model's address is its own (NAME@ADDRESS), else the one that
was given for the command or by MODEL_API_BASE, else its provider's public one, which its name names. MODEL_API_KEY goes
where MODEL is and nowhere else; a key of the environment, such as OPENAI_API_KEY, only to its provider's public address.
Nothing is sent here; how a model is called is in adapters/language_models.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pydantic import SecretStr

from app.adapters.embedded.health import is_ready
from app.adapters.language_models import Completer
from app.domain.errors import BadInput, ModelUnavailable
from app.induction.model.habits import Habits, profile_of
from app.induction.model.language_model import ModelProfile
from app.settings import Settings, is_embedded
from app.surroundings.model_addresses import (
    keys_by_address,
    model_address,
    name_and_address,
    numbered,
    origin,
    provider_of,
    unnumbered,
)

HOSTED_SECONDS = 120.0
EMBEDDED_SECONDS = 600.0
_NO_KEY = "none"
"""A server of one's own often asks for no key, but the library below insists on one, and else takes the environment's."""

_LEFT_OUT = (
    "MODEL_API_KEY is sent to none of the models named: it is for one place, that of MODEL. Give the key of an address by "
    "MODEL_KEYS=ADDRESS=KEY, that of a provider by its own variable, such as OPENAI_API_KEY."
)


def completer(settings: Settings, *, model: str | None = None) -> Completer:
    """The model the settings name, or their second one. Sends nothing; whether it answers shows at the first call.

    Raises ModelUnavailable for any other name: where a model that was set up once is, is not known any more, and what was
    meant for it is not sent elsewhere.
    """
    chosen = settings
    if model not in (None, settings.model):
        if model != settings.second_model:
            raise ModelUnavailable(
                f"The model {model} is not set up here any more, and nothing was sent. Start again with the present one."
            )
        chosen = _second(settings)
    profile = _profile(chosen)
    if chosen.uses_embedded_model:
        key = chosen.embedded_key.get_secret_value()
        return Completer(profile, "openai/local", chosen.embedded_url, key or _NO_KEY, EMBEDDED_SECONDS)
    base, key = chosen.model_api_base, chosen.model_api_key.get_secret_value()
    if base:
        key = keys_by_address(chosen.model_keys.get_secret_value()).get(origin(base)) or key or _NO_KEY
    return Completer(profile, unnumbered(chosen.model), base or None, key or None, HOSTED_SECONDS)


def _second(settings: Settings) -> Settings:
    """The settings with the second model in the place of the first."""
    return placed(settings, settings.second_model, settings.second_model_api_base)


def placed(settings: Settings, name: str, address: str) -> Settings:
    """The settings with another model in the place of MODEL. Without an address of its own it shares MODEL_API_BASE where it is of
    MODEL's provider."""
    base = address
    # Of an embedded model the address is not: it can only be meant for the other one.
    if not base and (is_embedded(settings.model) or provider_of(name) == provider_of(settings.model)):
        base = settings.model_api_base
    return _placed(settings, name, base)


def _placed(settings: Settings, name: str, base: str) -> Settings:
    """The settings for another model: MODEL_API_KEY stays where it goes to the place it was set for."""
    is_free = is_embedded(settings.model) and (
        not settings.model_api_base or origin(settings.model_api_base) == origin(base)
    )
    keeps_key = is_free or _is_one_place((settings.model, settings.model_api_base), (name, base))
    key = settings.model_api_key if keeps_key else SecretStr("")
    return settings.model_copy(
        update={
            "model": name,
            "model_api_base": base,
            "model_api_key": key,
            "second_model": "",
            "second_model_api_base": "",
        }
    )


def _is_one_place(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two models, each by name and address, are at one address, or at the public one of the same provider."""
    if is_embedded(one[0]) or is_embedded(other[0]):
        return False
    if one[1] or other[1]:
        return origin(one[1]) == origin(other[1])
    return provider_of(one[0]) == provider_of(other[0])


def for_command(settings: Settings, model: str | None, api_base: str | None) -> Settings:
    """The settings with the model and the address that a command line names; None for what it does not name.

    Raises SettingFault where either cannot be used, BadInput for an address of a model that runs here.
    """
    if model is None and api_base is None:
        return settings
    name, own = name_and_address(model, "--model") if model else (settings.model, "")
    given = model_address(api_base, "--api-base") if api_base is not None else settings.model_api_base
    if is_embedded(name) and (own or (model and api_base)):
        raise BadInput(f"{name} runs on this machine and takes no address. Leave the address out.")
    return _placed(settings, name, own or given)


def refuse_idle_address(settings: Settings) -> None:
    """Raises BadInput where an address was given by hand and the one model that is used has none."""
    if settings.uses_embedded_model:
        raise BadInput("--api-base would go nowhere: the embedded model runs on this machine. Name a model by --model.")


def named(settings: Settings, names: Iterable[str], api_base: str | None = None) -> dict[str, Settings]:
    """For each name as a command gives it, NAME or NAME@ADDRESS, the settings of that model alone.

    `api_base` goes to every model without an address of its own; without it, MODEL_API_BASE goes to those of MODEL's
    provider, and to all where MODEL is not set. Two addresses of one name are told apart by a number. Raises SettingFault
    where a name or address cannot be used, BadInput where `api_base` would go nowhere.
    """
    given = model_address(api_base or "", "--api-base")
    places: dict[str, tuple[str, str]] = {}
    for text in names:
        name, own = name_and_address(text, "A model")
        if own and is_embedded(name):
            raise BadInput(f"{name} runs on this machine and takes no address. Leave out what follows the @.")
        shares = is_embedded(settings.model) or provider_of(name) == provider_of(settings.model)
        shared = given or (settings.model_api_base if shares else "")
        places[text] = (name, "" if is_embedded(name) else own or shared)
    hosted = {place for place in places.values() if not is_embedded(place[0])}
    if given and not hosted:
        raise BadInput("--api-base would go nowhere: every model that is named runs on this machine.")
    owner = _owner_of_the_key(settings, hosted)
    shown: dict[tuple[str, str], str] = {}
    found = {}
    for text, place in places.items():
        shown.setdefault(place, numbered(place[0], shown.values()))
        chosen = _placed(owner, shown[place], place[1])
        found[text] = settings.model_copy(update={"model": place[0]}) if is_embedded(place[0]) else chosen
    return found


def _owner_of_the_key(settings: Settings, hosted: set[tuple[str, str]]) -> Settings:
    """The settings with the model that MODEL_API_KEY is for; where MODEL is not set, the one place that a command names."""
    if not is_embedded(settings.model) or not hosted:
        return settings
    first = min(hosted)
    if settings.model_api_base:
        first = (first[0], settings.model_api_base)
    elif any(not _is_one_place(first, other) for other in hosted):
        return settings.model_copy(update={"model_api_key": SecretStr("")})
    return settings.model_copy(update={"model": first[0], "model_api_base": first[1]})


def key_is_left_out(settings: Settings, chosen: Iterable[Settings]) -> list[str]:
    """A sentence where MODEL_API_KEY is set and goes to none of the chosen models, nor any other key that was set."""
    hosted = [one for one in chosen if not one.uses_embedded_model]
    if not settings.model_api_key.get_secret_value() or not hosted:
        return []
    further = keys_by_address(settings.model_keys.get_secret_value())
    if any(one.model_api_key.get_secret_value() or origin(one.model_api_base) in further for one in hosted):
        return []
    return [_LEFT_OUT]


def words_if_there(found: Completer, embedded_url: str) -> Completer:
    """The small model's completer; where its server takes calls now, its profile says that it is there to word what was
    counted. An absent one is never waited for. Takes at most two seconds."""
    if not embedded_url or not is_ready(embedded_url):
        return found
    return replace(found, profile=replace(found.profile, words=True))


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
    return profile_by_habits(chosen, chosen.model, Habits())


def profile_by_habits(settings: Settings, name: str, habits: Habits) -> ModelProfile:
    """The profile of a hosted model with these habits, where the settings say nothing else."""
    return profile_of(
        name,
        habits,
        slot_tokens=settings.model_slot_tokens,
        judging=settings.model_judging,
        parallel=settings.model_parallel,
    )

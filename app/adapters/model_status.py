"""What the pages say about the model: is it there, is it the small one, and what to do where it is not."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from app.adapters.embedded.catalogue import entry_for
from app.adapters.embedded.health import LOADED, is_ready, read_note
from app.domain.model_trouble import Trouble, told_of
from app.settings import Settings, is_embedded

FRESH_SECONDS = 3.0
CONNECT_SECONDS = 0.5

_ADVICE = (
    "Set MODEL, MODEL_API_KEY and, for a server of your own, MODEL_API_BASE (in the environment or the .env file), "
    "or MODEL to the path of a GGUF file, then start again."
)
_SMALL = (
    "A small model is at work on this machine. It shows how everything works, but a larger one judges and writes far "
    "better. To use one, set MODEL and MODEL_API_KEY."
)


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """`ready`, `small` and `name` are about MODEL; `note` is a sentence or three for the banner, "" for nothing to say.

    `here` and `hosted` name every configured model: those that run on this machine, and those whose provider gets texts.
    """

    ready: bool
    small: bool
    name: str
    note: str
    here: tuple[str, ...] = ()
    hosted: tuple[str, ...] = ()


_last: dict[str, tuple[float, ModelStatus]] = {}


def model_status(settings: Settings, models: Sequence[str] = ()) -> ModelStatus:
    """The status, at most three seconds old; `models` are all that write or judge, else those of the settings. Sends no prompt; takes
    under a second; never raises."""
    models = models or settings.models
    key = f"{models}\n{settings.embedded_url}\n{settings.model_api_base}\n{settings.model_files}"
    then, status = _last.get(key, (0.0, None))
    if status is None or time.monotonic() - then > FRESH_SECONDS:
        status = _embedded(settings) if settings.uses_embedded_model else _hosted(settings)
        here = tuple(title_of(model) for model in models if is_embedded(model))
        hosted = tuple(model for model in models if not is_embedded(model))
        status = replace(status, here=here, hosted=hosted)
        _last[key] = (time.monotonic(), status)
    return status


def with_troubles(
    status: ModelStatus, troubles: Mapping[str, Trouble], models: Sequence[str], now: datetime
) -> ModelStatus:
    """The status with what the workers found wrong with the providers of the configured models; names are said where
    there are several."""
    told = [
        f"{title_of(model)}: {told_of(trouble, now)}" if len(models) > 1 else told_of(trouble, now)
        for model, trouble in ((model, troubles.get(model)) for model in models)
        if trouble is not None
    ]
    if status.small or not told:
        return status
    return replace(status, ready=models[0] not in troubles, note=" ".join(told))


def title_of(model: str) -> str:
    """The name a page shows for a model's setting."""
    if not is_embedded(model):
        return model
    entry = entry_for(model)
    return entry.title if entry else model.rpartition("/")[2]


def _embedded(settings: Settings) -> ModelStatus:
    name = title_of(settings.model)
    if settings.embedded_url and is_ready(settings.embedded_url):
        return ModelStatus(ready=True, small=True, name=name, note=_SMALL)
    doing, has_failed = read_note(settings.model_files)
    if not settings.embedded_url or has_failed:
        note = f"There is no model. {doing + ' ' if has_failed else ''}{_ADVICE}"
    else:
        note = f"The model is not ready yet. {'It starts again.' if doing == LOADED else doing}".strip()
    return ModelStatus(ready=False, small=True, name=name, note=note)


def _hosted(settings: Settings) -> ModelStatus:
    """A server of one's own is asked whether it takes connections; of a provider nothing is known before the first call."""
    if not settings.model_api_base or _takes_connections(settings.model_api_base):
        return ModelStatus(ready=True, small=False, name=settings.model, note="")
    note = f"The model's server does not answer. Check MODEL_API_BASE. {_ADVICE}"
    return ModelStatus(ready=False, small=False, name=settings.model, note=note)


def _takes_connections(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), timeout=CONNECT_SECONDS):
            return True
    except (OSError, ValueError):
        return False

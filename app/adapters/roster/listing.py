"""Which models write: as MODELS_FILE lists them, looked at again every second, or as the settings name them.

Each process looks for itself. A file that cannot be used leaves in force what was read last; before any was, the models of the settings.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from pydantic import SecretStr

from app.adapters.configured import completer, placed
from app.adapters.language_models import Completer
from app.adapters.model_status import title_of
from app.domain.choices.drawing import Candidate
from app.domain.errors import ModelUnavailable
from app.domain.spending import Price
from app.settings import Settings, is_embedded
from app.surroundings.model_addresses import origin
from app.surroundings.models_file import ListedModel, models_in
from app.surroundings.written_files import SettingFault

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
AGAIN_SECONDS = 5.0
"""After which a file with a fault is read again although it did not change: the fault may be in a key that it refers to."""

Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Listing:
    """The models in force; `fault` says why what the file holds now is not, "" where it is."""

    models: tuple[ListedModel, ...]
    fault: str = ""

    @property
    def on(self) -> tuple[ListedModel, ...]:
        """Those that write."""
        return tuple(one for one in self.models if one.is_on)

    @property
    def candidates(self) -> list[Candidate]:
        """Those that write, as they are drawn."""
        return [Candidate(one.model, one.weight) for one in self.on]

    def find(self, model: str) -> ListedModel | None:
        """The model of this name, on or off."""
        return next((one for one in self.models if one.model == model), None)


class Roster:
    """The listing of one process, safe to ask from any thread."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._listing = Listing(of_settings(settings))
        self._looked_at = self._read_at = float("-inf")
        self._mark: Mark | None = None

    @property
    def listing(self) -> Listing:
        """What is in force now. Looks at the file once a second at most; never raises."""
        with self._lock:
            if self._settings.models_file is not None and self._clock() - self._looked_at >= LOOK_EVERY_SECONDS:
                self._looked_at = self._clock()
                self._look()
            return self._listing

    @property
    def file(self) -> str:
        """The name of the file that lists the models; "" where the settings name them."""
        return self._settings.models_file.name if self._settings.models_file else ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every model that texts may be sent to: MODEL, which judges, and those that write."""
        return tuple(dict.fromkeys((self._settings.model, *(one.model for one in self.listing.on))))

    def title_of(self, model: str) -> str:
        """What people are told of a model, once they may know."""
        found = self.listing.find(model)
        return (found.title if found else "") or title_of(model)

    def price_of(self, model: str) -> Price | None:
        """Its price where the file says one."""
        found = self.listing.find(model)
        return Price(*found.price) if found and found.price else None

    def completer(self, model: str | None = None) -> Completer:
        """As configured.completer; a model that the file lists is called as it says, and one that it has switched off is not. Raises
        ModelUnavailable."""
        found = self.listing.find(model or self._settings.model)
        if self._settings.models_file is None or found is None or is_embedded(found.model):
            return completer(self._settings, model=model)
        if not found.is_on and found.model != self._settings.model:
            raise ModelUnavailable(f"The model {found.model} was switched off here, and nothing was sent.")
        try:
            return completer(settings_for(self._settings, found))
        except SettingFault as fault:
            raise ModelUnavailable(f"There is no key for {found.model}: {fault} Nothing was sent.") from fault

    def hosted(self) -> list[Completer]:
        """Every model of `names` that is asked over the network, as far as it can be asked at all."""
        found = []
        for model in self.names:
            with suppress(ModelUnavailable):
                found += [] if is_embedded(model) else [self.completer(model)]
        return found

    def _look(self) -> None:
        path = self._settings.models_file
        assert path is not None
        try:
            state = path.stat()
        except OSError as error:
            self._note(f"The file of models {path.name} cannot be read: {error.strerror or error}.")
            self._mark = None
            return
        mark = state.st_mtime_ns, state.st_size, state.st_ino
        is_due = bool(self._listing.fault) and self._clock() - self._read_at >= AGAIN_SECONDS
        if mark == self._mark and not is_due:
            return
        self._mark, self._read_at = mark, self._clock()
        try:
            self._listing = Listing(read(self._settings))
        except SettingFault as fault:
            self._note(str(fault))
        else:
            models, on = self._listing.models, self._listing.on
            log.warning("%s was read: %d models, %d of them on", path.name, len(models), len(on))

    def _note(self, fault: str) -> None:
        if fault != self._listing.fault:
            log.warning("%s What was read before stays in force.", fault)
            self._listing = Listing(self._listing.models, fault)


def of_settings(settings: Settings) -> tuple[ListedModel, ...]:
    """MODEL, and SECOND_MODEL where there is one, drawn alike."""
    return tuple(ListedModel(name) for name in settings.models)


def read(settings: Settings) -> tuple[ListedModel, ...]:
    """The models of MODELS_FILE. Raises SettingFault where they cannot be used."""
    assert settings.models_file is not None
    found = models_in(settings.models_file)
    for one in found:
        named = f"The file of models {settings.models_file.name}: {one.model}"
        if is_embedded(one.model) and (one.address or one.key_env or one.key_file):
            raise SettingFault(f"{named} runs on this machine and takes no address and no key.")
        if is_embedded(one.model) and one.model != settings.model:
            raise SettingFault(
                f"{named} runs on this machine, where only MODEL does. Set MODEL={one.model}, or leave it out."
            )
        if one.model == settings.model and one.address and origin(one.address) != origin(settings.model_api_base):
            raise SettingFault(f"{named} has another address than MODEL of the same name. Write it as {one.model} (2).")
    return found


def settings_for(settings: Settings, one: ListedModel) -> Settings:
    """The settings of a listed model alone. Raises SettingFault where its key cannot be had."""
    chosen = settings if one.model == settings.model else placed(settings, one.model, one.address)
    key = one.key()
    if key is None:
        return chosen
    return chosen.model_copy(update={"model_api_key": SecretStr(key), "model_keys": SecretStr("")})

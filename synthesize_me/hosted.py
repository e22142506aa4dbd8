"""Models by LiteLLM name, with the address and key that are given: the extra `models`. Environment and `.env` set nothing.

A key is sent to the model it was given with and nowhere else; without one, LiteLLM takes the provider's own variable, such
as OPENAI_API_KEY, for the provider's public address alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.domain.errors import BadInput, ModelUnavailable
from app.surroundings.extras import missing_extra
from app.surroundings.model_addresses import model_address, name_and_address
from app.surroundings.written_files import SettingFault

if TYPE_CHECKING:
    from app.induction.model.habits import Habits
    from app.services.calling.model_calls import Completer


@dataclass(frozen=True)
class Hosted:
    """A model by its LiteLLM name, `openai/gpt-4o-mini`, at its provider's public address or at another one."""

    name: str
    address: str = ""
    key: str = field(default="", repr=False)


async def reached(hosted: Hosted) -> Completer:
    """The model, learned by a few short calls the first time in a process; no text of anybody's is sent for it.

    Raises BadInput where the extra is missing or name and address cannot be used, ModelUnavailable where it does not answer.
    """
    from pydantic import SecretStr

    from app.settings import Settings, is_embedded

    try:
        name, own = name_and_address(hosted.name, "The model")
        address = own or model_address(hosted.address, "address")
    except (SettingFault, ValueError) as fault:
        raise BadInput(str(fault)) from fault
    if is_embedded(name):
        raise BadInput(
            f"{name} is run by the command alone (`synthesize-me induce`). Give a function, an object or a LiteLLM name here."
        )
    try:
        import litellm  # noqa: F401 (found out before anything else is done)

        from app.adapters.configured import completer
        from app.adapters.model_check import check
        from app.services.calling.knowing import known
    except ImportError as error:
        raise BadInput(missing_extra(error) or str(error)) from error
    # Not by its sources: a key of the environment must not follow to the address that is given here.
    settings = Settings.model_construct(model=name, model_api_base=address, model_api_key=SecretStr(hosted.key))
    model = completer(settings)
    found = await check(model)
    if found.is_hopeless:
        raise ModelUnavailable(f"{found.said} No text was sent.")
    return await known(model, settings, _KEPT)


class _HabitsOfTheProcess:
    """What was learned of models, for as long as the process lasts."""

    def __init__(self) -> None:
        self._habits: dict[tuple[str, str], Habits] = {}

    def find(self, model: str, address: str) -> Habits | None:
        return self._habits.get((model, address))

    def begin(self, model: str, address: str) -> bool:
        return True

    def keep(self, model: str, address: str, habits: Habits) -> None:
        self._habits[model, address] = habits

    def give_up(self, model: str, address: str) -> None:
        """Nothing was begun."""

    def change(self, model: str, address: str, changed: Mapping[str, Any]) -> None:
        habits = self.find(model, address)
        if habits is not None:
            self.keep(model, address, replace(habits, **changed))


_KEPT = _HabitsOfTheProcess()

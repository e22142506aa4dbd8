"""The file in which an operator lists the models that write answers, in TOML:

[[model]]
name = "The large one"                # what people read after their verdict
model = "openai/gpt-4o"               # as MODEL takes it
address = "http://localhost:8001/v1"  # without it: as a SECOND_MODEL of that name would have
key_env = "LARGE_KEY"                 # the variable that holds its key, or key_file = "/run/secrets/large"
weight = 2                            # without it 1: how often it is drawn, beside the others
on = true                             # false: it writes nothing any more
price_in = 2.5                        # dollars for a million tokens of prompt; price_out: of answer
"""

from __future__ import annotations

import math
import os
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from app.surroundings.model_addresses import name_and_address
from app.surroundings.written_files import SettingFault, secret_in, text_of

_TYPES: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "model": (str,),
    "address": (str,),
    "key_env": (str,),
    "key_file": (str,),
    "weight": (int, float),
    "on": (bool,),
    "price_in": (int, float),
    "price_out": (int, float),
}
_WORDS: dict[tuple[type, ...], str] = {(str,): "a text in quotes", (int, float): "a number", (bool,): "true or false"}
MOST_MODELS = 100
_LONGEST = {"name": 80, "model": 200}


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One model as it is listed; `model` tells it from the others, and `address` is "" where none is given. `price` is in dollars for a
    million tokens of prompt and of answer, None where nothing is said of it."""

    model: str
    title: str = ""
    address: str = ""
    key_env: str = ""
    key_file: str = ""
    weight: float = 1.0
    is_on: bool = True
    price: tuple[float, float] | None = None

    def key(self) -> str | None:
        """Its own key as it is now; None where the file names none. Raises SettingFault."""
        if self.key_file:
            return secret_in(Path(self.key_file).expanduser(), "key_file")
        if self.key_env and not os.environ.get(self.key_env, "").strip():
            raise SettingFault(f"key_env names the variable {self.key_env}, which is not set.")
        return os.environ[self.key_env].strip() if self.key_env else None


def models_in(path: Path) -> tuple[ListedModel, ...]:
    """The models that the file lists, in its order. Raises SettingFault with a sentence that names the model at fault and no key."""
    named = f"The file of models {path.name}"
    try:
        written = tomllib.loads(text_of(path, named))
    except tomllib.TOMLDecodeError as error:
        raise SettingFault(f"{named} is no TOML: {error}.") from error
    rows = written.get("model")
    if written.keys() - {"model"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SettingFault(f"{named} lists each model below a line [[model]], and holds nothing else.")
    if len(rows) > MOST_MODELS:
        raise SettingFault(f"{named} lists {len(rows)} models; {MOST_MODELS} are the most.")
    found: list[ListedModel] = []
    for number, row in enumerate(rows, 1):
        one = _model(row, f"{named}, model {number}")
        if one.model in {other.model for other in found}:
            raise SettingFault(
                f"{named} lists {one.model} twice. If they are at two addresses, write the second as {one.model} (2)."
            )
        found.append(one)
    if not any(one.is_on for one in found):
        raise SettingFault(f"{named} has no model that is on, so nobody could write. Set on = true for one.")
    return tuple(found)


def _model(row: dict[str, Any], named: str) -> ListedModel:
    for name, value in row.items():
        if name not in _TYPES:
            near = get_close_matches(name, _TYPES, 1)
            hint = f"Did you mean {near[0]}?" if near else f"It takes {', '.join(_TYPES)}."
            raise SettingFault(f"{named} has the line {name[:40]!r}, which means nothing. {hint}")
        wanted = _TYPES[name]
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            raise SettingFault(f"{named}: {name} takes {_WORDS[wanted]}.")
        if len(str(value)) > _LONGEST.get(name, 1_000):
            raise SettingFault(f"{named}: {name} is too long.")
    if not row.get("model", "").strip():
        raise SettingFault(f'{named} does not say which it is. Write model = "openai/gpt-4o-mini", or another name.')
    if row.get("key_env") and row.get("key_file"):
        raise SettingFault(f"{named} has key_env and key_file. Give its key in one way.")
    model, own = name_and_address(row["model"], f"{named}: model")
    _, apart = name_and_address(f"{model}@{row['address']}", f"{named}: address") if row.get("address") else ("", "")
    one = ListedModel(
        model=model,
        title=row.get("name", "").strip(),
        address=own or apart,
        key_env=row.get("key_env", ""),
        key_file=row.get("key_file", ""),
        weight=_number(row, "weight", named, 1.0),
        is_on=row.get("on", True),
        price=_price(row, named),
    )
    if not one.weight:
        raise SettingFault(f"{named}: a weight of 0 is never drawn. Write on = false.")
    try:
        one.key()
    except SettingFault as fault:
        raise SettingFault(f"{named}: {fault}") from fault
    return one


def _price(row: dict[str, Any], named: str) -> tuple[float, float] | None:
    if ("price_in" in row) != ("price_out" in row):
        raise SettingFault(f"{named} has one of price_in and price_out. Write both, or neither.")
    if "price_in" not in row:
        return None
    return _number(row, "price_in", named, 0.0), _number(row, "price_out", named, 0.0)


def _number(row: dict[str, Any], name: str, named: str, without: float) -> float:
    value = float(row.get(name, without))
    if not math.isfinite(value) or not 0 <= value <= 1_000_000:
        raise SettingFault(f"{named}: {name} takes a number from 0 to 1,000,000.")
    return value

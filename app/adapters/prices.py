"""What models cost: MODEL_PRICES, else LiteLLM's own table, which comes with it and is never fetched; and the caps as set.

The table is read as a file: the web process says what an import costs, and has no need of the whole library for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.domain.spending import UNKNOWN, Cap, Caps, Price
from app.settings import Settings, is_embedded
from app.surroundings.prices import prices

TABLE = "model_prices_and_context_window_backup.json"
MOST_DOLLARS_A_TOKEN = 1.0
"""Above which a row of the table is taken for a mistake."""


def caps_of(settings: Settings, listed: Callable[[str], Price | None] = lambda _model: None) -> Caps:
    """The caps of the settings, with the price of each model: what `listed` says of it at the moment, else the settings."""
    said = prices(settings.model_prices)

    def price_of(model: str) -> Price:
        if is_embedded(model):
            return Price(is_own=True)
        return listed(model) or (Price(*said[model]) if model in said else _listed(model))

    return Caps(
        person=_cap(settings.spend_person_tokens, settings.spend_person_dollars),
        address=_cap(settings.spend_address_tokens, settings.spend_address_dollars),
        imported=_cap(settings.spend_import_tokens, settings.spend_import_dollars),
        site_day=_cap(settings.spend_day_tokens, settings.spend_day_dollars),
        site_month=_cap(settings.spend_month_tokens, settings.spend_month_dollars),
        price_of=price_of,
    )


def _cap(tokens: int, dollars: float) -> Cap:
    return Cap(tokens, round(dollars * 1_000_000))


def _listed(model: str) -> Price:
    table = _table()
    return table.get(model) or table.get(model.partition("/")[2]) or UNKNOWN


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Price]:
    """Every model with a price; empty where the library is not installed."""
    library = find_spec("litellm")
    if library is None or library.origin is None:
        return {}
    rows = json.loads(Path(library.origin).with_name(TABLE).read_text(encoding="utf-8"))
    return {model: price for model, row in rows.items() if (price := _price(row)) != UNKNOWN}


def _price(row: Mapping[str, Any]) -> Price:
    return Price(_dollars(row.get("input_cost_per_token")), _dollars(row.get("output_cost_per_token")))


def _dollars(a_token: object) -> float:
    """For a million tokens; 0 for what is no price."""
    if isinstance(a_token, int | float) and 0 <= a_token < MOST_DOLLARS_A_TOKEN:
        return float(a_token) * 1_000_000
    return 0.0

"""What models cost: MODEL_PRICES, else LiteLLM's own table, which comes with it and is never fetched; and the caps as set."""

from __future__ import annotations

from functools import lru_cache

from app.adapters.language_models import library
from app.domain.spending import UNKNOWN, Cap, Caps, Price
from app.settings import Settings, is_embedded
from app.surroundings.prices import prices

MOST_DOLLARS_A_TOKEN = 1.0
"""Above which a row of the table is taken for a mistake."""


def caps_of(settings: Settings) -> Caps:
    """The caps of the settings, with the price of each model."""
    said = prices(settings.model_prices)

    def price_of(model: str) -> Price:
        if is_embedded(model):
            return Price(is_own=True)
        return Price(*said[model]) if model in said else _listed(model)

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


@lru_cache(maxsize=256)
def _listed(model: str) -> Price:
    model_cost = library().model_cost
    row = model_cost.get(model) or model_cost.get(model.partition("/")[2])
    if not row:
        return UNKNOWN
    found = [row.get(name) for name in ("input_cost_per_token", "output_cost_per_token")]
    each = [
        float(cost) if isinstance(cost, int | float) and 0 <= cost < MOST_DOLLARS_A_TOKEN else 0.0 for cost in found
    ]
    return Price(each[0] * 1_000_000, each[1] * 1_000_000)

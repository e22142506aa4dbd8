"""Prices as they are set, else as the table that comes with the library of providers has them."""

from __future__ import annotations

from typing import Any

import pytest

from app.adapters.prices import caps_of
from app.domain.spending import UNKNOWN, Price
from app.settings import Settings


def price(model: str, **given: Any) -> Price:
    return caps_of(Settings(_env_file=None, **given)).price_of(model)


def test_a_price_that_is_set_comes_before_the_table() -> None:
    assert price("openai/gpt-4o-mini", model_prices="openai/gpt-4o-mini=1/2 openai/mine=0.5/4") == Price(1.0, 2.0)
    assert price("openai/mine", model_prices="openai/mine=0.5/4").micros(1_000, 1_000) == 4_500


def test_the_table_is_read_by_name_with_or_without_the_provider() -> None:
    listed = price("gpt-4o-mini")

    assert (listed.prompt, listed.completion) == pytest.approx((0.15, 0.6))
    assert price("openai/gpt-4o-mini") == listed


def test_a_model_of_ones_own_costs_nothing_and_one_that_nobody_knows_has_no_price() -> None:
    assert price("embedded") == Price(is_own=True)
    assert price("openai/nobody-knows-me") == UNKNOWN

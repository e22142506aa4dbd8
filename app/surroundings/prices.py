"""MODEL_PRICES as it is written: `openai/gpt-4o-mini=0.15/0.60`, in dollars for a million tokens of prompt and of answer."""

from __future__ import annotations

import re

_PRICE = re.compile(r"(?P<model>\S+)=(?P<prompt>\d+(\.\d+)?)/(?P<completion>\d+(\.\d+)?)")


def prices(text: str) -> dict[str, tuple[float, float]]:
    """The prices by model. Raises ValueError with a sentence."""
    found = {}
    for part in text.split():
        match = _PRICE.fullmatch(part)
        if match is None:
            raise ValueError(
                f"{part!r} is no price. Write MODEL=PROMPT/ANSWER in dollars for a million tokens, with blanks between models, "
                "such as openai/gpt-4o-mini=0.15/0.60"
            )
        found[match["model"]] = float(match["prompt"]), float(match["completion"])
    return found


def written_prices(text: str) -> str:
    """The text as it is, once it can be read."""
    prices(text)
    return text

"""Why the settings are refused, a sentence each that names the setting and never its value where that may be a secret."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_WORDS = {
    "int_parsing": "it takes a whole number.",
    "int_from_float": "it takes a whole number.",
    "int_parsing_size": "it takes a smaller number.",
    "bool_parsing": "it takes true or false.",
}


def sentences(error: ValidationError) -> list[str]:
    """One for each setting at fault."""
    return [_sentence(fault) for fault in error.errors(include_url=False, include_input=False)]


def _sentence(fault: ErrorDetails) -> str:
    said = fault["msg"].removeprefix("Value error, ")
    name = "_".join(map(str, fault["loc"])).upper()
    if not name or said.startswith(name):
        return said if said.endswith(".") else f"{said}."
    limits = fault.get("ctx", {})
    if fault["type"] in {"greater_than_equal", "less_than_equal"}:
        said = f"it takes at {'least' if 'ge' in limits else 'most'} {limits.get('ge', limits.get('le')):,}."
    elif fault["type"] == "literal_error":
        said = f"it takes one of {limits['expected']}."
    said = _WORDS.get(fault["type"], said)
    return f"Setting {name}: {said if said.endswith('.') else f'{said}.'}"

"""In which languages the requests of a person's choices are, and what was counted in each: said where not all is English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.domain.letter.letter import listed
from app.domain.letter.names import differing, is_named

_ENGLISH = "en"
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "sv": "Swedish",
        "pl": "Polish", "tr": "Turkish", "ru": "Russian", "uk": "Ukrainian", "ja": "Japanese", "ko": "Korean",
        "zh": "Chinese", "th": "Thai", "el": "Greek", "he": "Hebrew",
    }
)  # fmt: skip


def languages_sentence(document: Mapping[str, Any]) -> str:
    """As in `8 of these 10 choices are on requests in German. Of them only ...`; "" where all is English, or where nothing is
    known of it."""
    counted = document.get("counted") or {}
    languages: Mapping[str, int] = counted.get("languages") or {}
    others = [language for language in languages if language != _ENGLISH]
    if not others:
        return ""
    found = sum(languages[language] for language in others)
    measures = [name for name in (counted.get("measures") or {}).get(others[0], ()) if is_named(name)]
    signs = listed([differing(name) for name in measures])
    named = listed([_NAMES.get(language, f"another language ({language})") for language in others])
    of = f"{found} of these {counted['choices']}" if found < counted["choices"] else f"All {found}"
    return (
        f"{of} choices are on requests in {named}. Of them only what can be counted without knowing the words was counted: {signs}. "
        "The rest is counted in English alone, and so is what most people choose."
    )

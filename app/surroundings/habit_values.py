"""MODEL_HABITS: what the operator says of the model, in place of what was learned about it.

seed=no,thought_tokens=0,top_logprobs=5,schema=words
plain                        a model that takes everything and does not think: nothing is asked beforehand
plain,seed=no                the same but for the seed
"""

from __future__ import annotations

from collections.abc import Mapping

from app.surroundings.written_files import SettingFault

PLAIN = "plain"
_SWITCHES = {"seed", "temperature", "system_role"}
_NUMBERS = {
    "thought_tokens": (0, 100_000),
    "thought_room": (0, 100_000),
    "top_logprobs": (0, 20),
    "least_tokens": (1, 4_096),
    "most_tokens": (0, 1_000_000),
    "context_tokens": (0, 10_000_000),
}
_WORDS = {"schema": ("json_schema", "json_object", "words"), "limit": ("max_tokens", "max_completion_tokens")}
NAMES = (*sorted(_SWITCHES), *_NUMBERS, *_WORDS)
_SWITCHED = {True: "yes", False: "no"}
_YES, _NO = {"yes", "true", "on", "1"}, {"no", "false", "off", "0"}


def habits(text: str) -> str:
    """The text, if it can be read. Raises SettingFault with a sentence where it cannot."""
    said_habits(text)
    return text


def said_habits(text: str) -> Mapping[str, bool | int | str]:
    """Each habit that is named with its value; `plain` is not among them. Raises SettingFault as `habits` does."""
    said: dict[str, bool | int | str] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, equals, value = (piece.strip().lower() for piece in part.partition("="))
        if name == PLAIN and not equals:
            continue
        if name not in NAMES:
            raise SettingFault(
                f"MODEL_HABITS names {name!r}, which is no habit of a model. Write it as seed=no,schema=words; the names "
                f"are {', '.join(NAMES)}, and plain for a model that takes everything."
            )
        if name in said:
            raise SettingFault(f"MODEL_HABITS names {name} twice. Write it once.")
        said[name] = _value(name, value)
    return said


def as_setting(said: Mapping[str, object]) -> str:
    """The habits as MODEL_HABITS would name them: `seed=no,top_logprobs=5`."""
    return ",".join(f"{name}={_SWITCHED[value] if isinstance(value, bool) else value}" for name, value in said.items())


def is_plain(text: str) -> bool:
    """Whether nothing is to be asked beforehand."""
    return PLAIN in {each.strip().lower() for each in text.split(",")}


def _value(name: str, value: str) -> bool | int | str:
    if name in _SWITCHES:
        if value not in _YES | _NO:
            raise SettingFault(f"MODEL_HABITS says {name}={value}. Write {name}=yes or {name}=no.")
        return value in _YES
    if name in _WORDS:
        if value not in _WORDS[name]:
            raise SettingFault(f"MODEL_HABITS says {name}={value}. Write one of {', '.join(_WORDS[name])}.")
        return value
    least, most = _NUMBERS[name]
    if not (value.isascii() and value.isdigit() and len(value) < 12 and least <= int(value) <= most):
        raise SettingFault(f"MODEL_HABITS says {name}={value}. Write a number from {least} to {most:,}.")
    return int(value)

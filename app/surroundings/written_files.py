"""Small files that people write by hand, as any editor may save them: `.env`, and files that hold one key.

A byte order mark, UTF-16 and line ends of any system are read; what cannot be read is told in one sentence that names the
setting or the file and never quotes what it holds.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource

LARGEST_BYTES = 1024 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class SettingFault(ValueError):
    """A setting that cannot be used, in one sentence for the operator, without any secret."""


def text_of(path: Path, named: str) -> str:
    """The text of a file, without its byte order mark. Raises SettingFault; `named` begins the sentence."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise SettingFault(f"{named} cannot be read: {error.strerror or error}.") from error
    if len(data) > LARGEST_BYTES:
        raise SettingFault(f"{named} is larger than 1 MB, so it is no file of settings.")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            data, found = data.removeprefix(mark), encoding
            break
    else:
        found = _unmarked(data)
    try:
        text = data.decode(found)
    except UnicodeDecodeError as error:
        raise SettingFault(f"{named} is not written in UTF-8. Save it as UTF-8 text.") from error
    if "\0" in text:
        raise SettingFault(f"{named} holds NUL bytes, so it is no text. Save it as UTF-8 text.")
    return text


def _unmarked(data: bytes) -> str:
    """UTF-16 without a mark shows itself by a zero byte beside nearly every letter."""
    zeros = [data[start::2].count(0) > 0.8 * max(1, len(data) // 2) for start in (0, 1)]
    return {(True, False): "utf-16-be", (False, True): "utf-16-le"}.get((zeros[0], zeros[1]), "utf-8")


def secret_in(path: Path, setting: str) -> str:
    """The one line of a key file. Raises SettingFault where there is none, or more than one."""
    named = f"{setting} names the file {path}, which"
    lines = [line.strip() for line in text_of(path, named).splitlines() if line.strip()]
    if not lines:
        raise SettingFault(f"{named} is empty. Write the value into it, or leave {setting} out.")
    if len(lines) > 1:
        raise SettingFault(f"{named} holds {len(lines)} lines. It may hold the value and nothing else.")
    return lines[0]


def lines_of(path: Path) -> dict[str, str | None]:
    """Names and values of a `.env` file. Raises SettingFault where it cannot be read, or a line of it says nothing."""
    named = f"The file {path.name} of settings"
    text = text_of(path, named)
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            raise SettingFault(
                f"{named} cannot be read at line {binding.original.line}. A line is NAME=value, or begins with #."
            )
    return dotenv_values(stream=io.StringIO(text))


class DotEnvFile(DotEnvSettingsSource):
    """The `.env` file as `lines_of` reads it."""

    def _read_env_file(self, file_path: Path) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in lines_of(file_path).items()}


class KeyFiles(PydanticBaseSettingsSource):
    """Where the files of secrets lie: `{"model_api_key_file": "/run/secrets/key"}`, from the environment and `.env`."""

    def __init__(self, settings_cls: type[BaseSettings], secrets: tuple[str, ...], *said: Mapping[str, Any]) -> None:
        super().__init__(settings_cls)
        self._names = tuple(f"{name}_file" for name in secrets)
        self._said = said

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not asked for: these names are no fields."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """The first of the sources that names a file holds."""
        found = {name: next((said[name] for said in self._said if said.get(name)), None) for name in self._names}
        return {name: path for name, path in found.items() if path}

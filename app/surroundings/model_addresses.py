"""Where models are: `openai/x@http://host:1234/v1` is a model's name and its address, and a key belongs to an address.

A name may hold an @ of its own (vertex_ai/claude@20241022): an address begins with http:// or https://. Addresses are
read here once, so that no name, no line of a log and no page can hold one, or a password in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from app.surroundings.written_files import SettingFault

_PARTED = re.compile(r"@(?=https?://)", re.IGNORECASE)
_ENDINGS = ("/chat/completions", "/completions", "/responses", "/models", "/messages", "/embeddings", "/api/chat")
"""What programs put behind the address by themselves."""


def name_and_address(value: str, setting: str = "MODEL") -> tuple[str, str]:
    """The model's name, and its own address or "". Raises SettingFault where either cannot be used."""
    name, *rest = _PARTED.split(value.strip(), maxsplit=1)
    name = name.strip()
    if rest and not name:
        raise SettingFault(
            f"{setting} has an address but no name before it. Write such as openai/NAME@http://host:8000/v1."
        )
    if "://" in name:
        raise SettingFault(
            f"{setting} takes a model's name, not an address. Write such as openai/NAME@http://host:8000/v1."
        )
    return name, model_address(rest[0], setting) if rest else ""


def model_address(value: str, setting: str = "MODEL_API_BASE") -> str:
    """The address without a slash at its end; "" for none. Raises SettingFault, which never quotes a key or password."""
    address = value.strip()
    if not address:
        return ""
    advice = "Write such as http://localhost:8000/v1."
    if not re.match(r"https?://", address, re.IGNORECASE):
        raise SettingFault(f"{setting} has an address that does not begin with http:// or https://. {advice}")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingFault(f"{setting} has an address that is none. {advice}") from error
    if "@" in parts.netloc:
        raise SettingFault(f"{setting} has a name or a key in its address. Leave it out there and set MODEL_API_KEY.")
    if not host or port == 0 or re.search(r"[\s\\<>\"'{}|^`]", address):
        raise SettingFault(f"{setting} has an address that is none. {advice}")
    if parts.query or parts.fragment or address.endswith(("?", "#")):
        raise SettingFault(
            f"{setting} has a ? or # in its address. Leave out what follows it; a key goes into MODEL_API_KEY."
        )
    origin = f"{parts.scheme.lower()}://{parts.netloc.lower()}"
    path = parts.path.rstrip("/")
    for ending in _ENDINGS:
        if path.lower().endswith(ending):
            raise SettingFault(
                f"{setting} ends in {ending}, which is put there by itself. Write {origin}{path[: -len(ending)]}."
            )
    return f"{origin}{path}"


def origin(address: str) -> str:
    """Scheme, host and port, without the usual port: what tells whether two addresses are one server's."""
    parts = urlsplit(address)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}" if address else ""


def keys_by_address(value: str) -> dict[str, str]:
    """`https://one.example/v1=KEY https://two.example=KEY` as keys by origin. Raises SettingFault, quoting nothing."""
    found = {}
    for one in value.split():
        address, _, key = one.partition("=")
        if not key or "://" not in address:
            raise SettingFault(
                "MODEL_KEYS takes addresses with their keys, such as https://one.example/v1=KEY, several with blanks "
                "between them. The one key of MODEL is set by MODEL_API_KEY."
            )
        found[origin(model_address(address, "MODEL_KEYS"))] = key
    return found


def numbered(name: str, taken: Iterable[str]) -> str:
    """The name by which a model is told from another of the same name at another address: "openai/x (2)"."""
    others = set(taken)
    return next(
        one for one in (name, *(f"{name} ({number})" for number in range(2, len(others) + 3))) if one not in others
    )


def unnumbered(name: str) -> str:
    """The name as its server knows it."""
    return re.sub(r" \(\d+\)$", "", name)


def provider_of(name: str) -> str:
    """What stands before the first slash; models of one provider may share an address and a key."""
    return name.partition("/")[0]

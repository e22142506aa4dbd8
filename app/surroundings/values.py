"""What the value of a setting may be: numbers as people write them, addresses of the database and of the pages."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

from app.surroundings.written_files import SettingFault

DRIVER = "postgresql+psycopg://"
_DATABASE = re.compile(
    r"(?P<scheme>[a-zA-Z0-9+_.-]+)://(?:[^:/]*(?::[^@]*)?@)?(?:\[[^\]]*\]|[^/:?]*)(?::(?P<port>[^/?]*))?(?:[/?].*)?",
    re.DOTALL,
)
"""The parts of an address as SQLAlchemy tells them apart: a password may hold anything but an @."""
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ ,_'’\u00a0\u202f]\d{3})+")


def number(value: object) -> object:
    """`2,000,000`, `2 000 000` and `2_000_000` as the number they are; all else as it was."""
    return (
        re.sub(r"[^\d+-]", "", value.strip()) if isinstance(value, str) and _GROUPED.fullmatch(value.strip()) else value
    )


def at_home(path: Path) -> Path:
    """The path with `~` as the folder it stands for: no shell has replaced it in a `.env` file. Raises SettingFault where no
    such folder is known."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise SettingFault(
            f"{path} begins with the home of somebody who has none here. Write the whole path."
        ) from error


def database_address(value: str) -> str:
    """The address as SQLAlchemy wants it, with psycopg for Postgres. Raises SettingFault for any other database."""
    if not value:
        return value
    found = _DATABASE.fullmatch(value)
    if found is None:
        raise SettingFault(f"DATABASE_URL is no address. Write {DRIVER}user:password@host/name, or leave it out.")
    scheme, port = found["scheme"].lower(), found["port"]
    if scheme == "sqlite":
        if value.partition("://")[2].partition("?")[0] in {"", "/", "/:memory:"}:
            raise SettingFault(
                "DATABASE_URL names an SQLite database in memory, which web and worker cannot share. "
                "Write sqlite:///path/to/file.sqlite, or leave it out for a file in DATA_DIR."
            )
        return f"sqlite{value[len(scheme) :]}"
    kind, _, driver = scheme.partition("+")
    if kind not in {"postgres", "postgresql"}:
        raise SettingFault(
            f"DATABASE_URL begins with {scheme}://, which is not supported. The database is a Postgres "
            f"({DRIVER}user:password@host/name), or an SQLite file in DATA_DIR where DATABASE_URL is left out."
        )
    if driver not in {"", "psycopg"}:
        raise SettingFault(
            f"DATABASE_URL names the driver {driver}, which is not installed here. Write {DRIVER} in place of {scheme}://."
        )
    if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise SettingFault(
            "DATABASE_URL names a port that is none. Write host:5432; a password with @, / or : in it has to be written "
            "with %40, %2F and %3A."
        )
    return f"{DRIVER}{value.partition('://')[2]}"


def without_password(address: str) -> str:
    """The database's address as it may be shown."""
    scheme, _, rest = address.partition("://")
    # What follows the question mark may name a password too.
    shown = re.sub(r"^([^:/@]*):[^@]*@", r"\1:...@", rest.partition("?")[0])
    return f"{scheme}://{shown}"


def public_address(value: str) -> str:
    """The address that people see, without a slash at its end. Raises SettingFault where it is more than a host."""
    if not value:
        return value
    advice = "Write the scheme and the host alone, such as https://synthesize.example."
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingFault(f"PUBLIC_URL is no address. {advice}") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise SettingFault(f"PUBLIC_URL must begin with https:// (or http://) and a host. {advice}")
    if re.search(r"[\s\\<>\"]", value) or "@" in parts.netloc:
        raise SettingFault(f"PUBLIC_URL may hold neither spaces nor a name to sign in with. {advice}")
    if parts.path.rstrip("/") or parts.query or parts.fragment:
        raise SettingFault(
            f"PUBLIC_URL has something after its host; the pages only work at the top of a host, not below a path. {advice}"
        )
    usual = {"https": ":443", "http": ":80"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"


def proxies(value: str) -> str:
    """Addresses or networks with commas, or `*`. Raises SettingFault for any other."""
    found = [part.strip() for part in value.split(",") if part.strip()]
    for one in found:
        try:
            if one != "*":
                ipaddress.ip_network(one)
        except ValueError as error:
            raise SettingFault(
                f"TRUSTED_PROXIES holds {one!r}, which is no address or network. Write such as 10.0.0.5 or 10.0.0.0/8, "
                "several with commas."
            ) from error
    return ",".join(found)

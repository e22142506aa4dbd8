"""Under which names this site is known. Any other Host is refused: a page elsewhere whose name is pointed at this machine
would else be at home here (DNS rebinding), and act with whatever a visitor may do.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from app.settings import Settings

EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 (compared with, not listened on)


class KnownHosts:
    """The host of PUBLIC_URL and those of ALLOWED_HOSTS; without PRODUCTION also this machine by its loopback names and
    the address it listens on, where that is all addresses by any of them written as a number, which cannot be rebound."""

    def __init__(self, settings: Settings) -> None:
        self._exact = {urlsplit(settings.public_url).netloc.lower(), *settings.allowed_hosts.lower().split()} - {""}
        self._is_production = settings.production
        self._listening = settings.host.lower().strip("[]")

    def __contains__(self, host: str) -> bool:
        host = host.lower()
        name = _name(host)
        if host in self._exact or name in self._exact:
            return True
        if self._is_production or not name:
            return False
        if name in ("localhost", self._listening) or name.endswith(".localhost"):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or self._listening in EVERYWHERE


def _name(host: str) -> str:
    """The host without its port; "" for what is none, such as one with a sign-in in front or a path behind."""
    try:
        parts = urlsplit(f"//{host}")
        port = parts.port
    except ValueError:
        return ""
    name = parts.hostname or ""
    written = f"[{name}]" if ":" in name else name
    return name if host in (written, f"{written}:{port}") else ""

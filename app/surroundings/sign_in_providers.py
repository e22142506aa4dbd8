"""With whom people may sign in, as an operator writes it: `github university=https://idp.university.example`, and the client of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.surroundings.written_files import SettingFault

GITHUB = "github"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,29}")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_EXAMPLE = "Write such as university=https://idp.university.example, several with blanks between them, or github alone."
MOST_PROVIDERS = 8


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. `issuer` is the address by which it names itself, and of GitHub that of its pages; `is_github` says that it
    speaks OAuth as GitHub does and not OpenID."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)

    @property
    def is_github(self) -> bool:
        return self.name.lower() == GITHUB

    @property
    def title(self) -> str:
        """As pages name it."""
        return "GitHub" if self.is_github else self.name.replace("_", " ")


def providers_written(text: str) -> str:
    """The setting SIGN_IN_PROVIDERS, checked; "" for none."""
    _issuers(text)
    return " ".join(text.split())


def clients_written(text: str) -> str:
    """The setting SIGN_IN_CLIENTS, checked; quotes nothing of it."""
    _clients(text)
    return " ".join(text.split())


def providers_of(providers: str, clients: str) -> tuple[Provider, ...]:
    """All of them, in the order written. Raises SettingFault where one has no client, or a client no provider."""
    issuers, known = _issuers(providers), _clients(clients)
    for name in issuers:
        if name not in known:
            raise SettingFault(
                f"SIGN_IN_PROVIDERS names {name}, but SIGN_IN_CLIENTS has no client for it. Write {name}=CLIENT_ID:SECRET there."
            )
    strays = sorted(known.keys() - issuers.keys())
    if strays:
        raise SettingFault(f"SIGN_IN_CLIENTS has a client of {strays[0][:30]}, which SIGN_IN_PROVIDERS does not name.")
    return tuple(Provider(name, issuer, *known[name]) for name, issuer in issuers.items())


def _issuers(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in text.split():
        name, _, issuer = one.partition("=")
        if not issuer and name.lower() == GITHUB:
            issuer = "https://github.com"
        if not _NAME.fullmatch(name):
            raise SettingFault(f"SIGN_IN_PROVIDERS has a name that is none. {_EXAMPLE}")
        if name.lower() in map(str.lower, found):
            raise SettingFault(f"SIGN_IN_PROVIDERS names {name} twice.")
        found[name] = _issuer(name, issuer)
    if len(found) > MOST_PROVIDERS:
        raise SettingFault(f"SIGN_IN_PROVIDERS names {len(found)} providers; at most {MOST_PROVIDERS} are offered.")
    return found


def _issuer(name: str, issuer: str) -> str:
    try:
        parts = urlsplit(issuer)
        host = parts.hostname or ""
    except ValueError as error:
        raise SettingFault(f"SIGN_IN_PROVIDERS has no usable address for {name}. {_EXAMPLE}") from error
    if not host or "@" in parts.netloc or parts.query or parts.fragment or not is_safe_address(issuer):
        raise SettingFault(
            f"SIGN_IN_PROVIDERS has no usable address for {name}: it begins with https:// (http:// for this machine alone), and has "
            f"neither ? nor #. {_EXAMPLE}"
        )
    return issuer


def is_safe_address(address: str) -> bool:
    """Whether secrets may go there: by https, or to this machine itself."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)


def _clients(text: str) -> dict[str, tuple[str, str]]:
    found = {}
    for one in text.split():
        name, _, client = one.partition("=")
        client_id, _, secret = client.partition(":")
        if not _NAME.fullmatch(name) or not client_id:
            raise SettingFault(
                "SIGN_IN_CLIENTS takes NAME=CLIENT_ID:SECRET for each name of SIGN_IN_PROVIDERS, several with blanks between them; "
                "a client without a secret is NAME=CLIENT_ID."
            )
        found[name] = (client_id, secret)
    return found

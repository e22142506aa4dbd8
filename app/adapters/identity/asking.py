"""The one way to ask any provider: what a round trip needs, and which protocol it takes."""

from __future__ import annotations

from app.adapters.identity import github, openid
from app.domain.people.signing import Identity
from app.surroundings.sign_in_providers import Provider


def address_of(provider: Provider, back: str, *, state: str, nonce: str, verifier: str, again: bool = False) -> str:
    """Where to send the browser, which comes back to `back`. One request to an OpenID provider. Raises ProviderFailed."""
    if provider.is_github:
        return github.start(provider, back, state=state, verifier=verifier, again=again)
    return openid.start(provider, back, state=state, nonce=nonce, verifier=verifier, again=again)


def identity_of(provider: Provider, back: str, *, code: str, nonce: str, verifier: str, issuer: str = "") -> Identity:
    """Who came back with the code: two or three requests to the provider. Raises ProviderFailed."""
    if provider.is_github:
        return github.finish(provider, back, code=code, verifier=verifier)
    return openid.finish(provider, back, code=code, nonce=nonce, verifier=verifier, issuer=issuer)

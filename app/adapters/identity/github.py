"""GitHub, which speaks OAuth and no OpenID: who signed in is asked of its API, by the number that never changes.

An address of one's own (`github=https://github.example`) is a GitHub Enterprise Server.
"""

from __future__ import annotations

from authlib.integrations.base_client import OAuthError

from app.adapters.identity.bounded import client_for, json_of
from app.adapters.identity.refusals import not_believed
from app.domain.people.signing import Identity
from app.surroundings.sign_in_providers import Provider

PUBLIC = "https://github.com"


def start(provider: Provider, back: str, *, state: str, verifier: str, again: bool) -> str:
    """The address to send the browser to; nothing is asked for but who it is. `again` has GitHub offer other accounts."""
    with client_for(provider, redirect_uri=back) as client:
        more = {"prompt": "select_account"} if again else {}
        endpoint = provider.issuer.rstrip("/") + "/login/oauth/authorize"
        address, _ = client.create_authorization_url(endpoint, state=state, code_verifier=verifier, **more)
        return str(address)


def finish(provider: Provider, back: str, *, code: str, verifier: str) -> Identity:
    """Who the code proves somebody to be. Raises ProviderFailed."""
    pages = provider.issuer.rstrip("/")
    api = "https://api.github.com" if pages == PUBLIC else f"{pages}/api/v3"
    with client_for(provider, redirect_uri=back, token_endpoint_auth_method="client_secret_post") as client:  # noqa: S106 (a method's name)
        try:
            client.fetch_token(
                f"{pages}/login/oauth/access_token", grant_type="authorization_code", code=code, code_verifier=verifier
            )
            user = json_of(provider, client, f"{api}/user")
        except (OAuthError, ValueError, TypeError, AttributeError) as error:
            raise not_believed(provider.title, f"no token: {type(error).__name__}") from error
    number = user.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        raise not_believed(provider.title, "no user number")
    return Identity(pages, str(number))

"""OpenID Connect: authorization code with PKCE (S256), state and nonce, by Authlib; the token is checked whole.

Nothing is kept between two sign-ins, so that a provider's new keys are known at once. The request goes to the endpoints that the
provider's own description names, which must be https (or this machine, as the issuer itself is).
"""

from __future__ import annotations

from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from app.adapters.identity.bounded import client_for, json_of, text_in
from app.adapters.identity.refusals import not_believed
from app.domain.people.signing import LONGEST_ISSUER, LONGEST_SUBJECT, Identity
from app.surroundings.sign_in_providers import Provider, is_safe_address

SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""By a key pair alone: `none`, and what is signed by a secret that both know, are refused whatever the provider says it uses."""
LONGEST_TOKEN = 16_000
CLOCKS_APART_SECONDS = 120


def start(provider: Provider, back: str, *, state: str, nonce: str, verifier: str, again: bool) -> str:
    """The address to send the browser to; `again` has the provider ask anew who it is. Raises ProviderFailed."""
    with client_for(provider, scope="openid", redirect_uri=back) as client:
        endpoint = _endpoint(provider, _described(provider, client), "authorization_endpoint")
        more = {"nonce": nonce, **({"prompt": "login"} if again else {})}
        address, _ = client.create_authorization_url(endpoint, state=state, code_verifier=verifier, **more)
        return str(address)


def finish(provider: Provider, back: str, *, code: str, nonce: str, verifier: str, issuer: str) -> Identity:
    """Who the code proves somebody to be; `issuer` is what came with the code, "" for nothing. Raises ProviderFailed."""
    with client_for(provider, scope="openid", redirect_uri=back) as client:
        described = _described(provider, client)
        if issuer and issuer != described["issuer"]:
            raise not_believed(provider.title, "the code came with another issuer")
        client.token_endpoint_auth_method = _client_proof(provider, described)
        try:
            token = client.fetch_token(
                _endpoint(provider, described, "token_endpoint"),
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
            )
        except (OAuthError, ValueError, TypeError, AttributeError) as error:
            raise not_believed(provider.title, f"no token: {type(error).__name__}") from error
        keys = json_of(provider, client, _endpoint(provider, described, "jwks_uri"), withhold_token=True)
    return _proved(provider, described["issuer"], token, keys, nonce)


def _described(provider: Provider, client: OAuth2Client) -> dict[str, Any]:
    """The provider's own description of itself (OpenID Connect Discovery)."""
    address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    described = json_of(provider, client, address, withhold_token=True)
    issuer = text_in(provider, described, "issuer")
    if issuer.rstrip("/") != provider.issuer.rstrip("/") or len(issuer) > LONGEST_ISSUER:
        raise not_believed(provider.title, "it describes itself as another issuer")
    return described


def _endpoint(provider: Provider, described: dict[str, Any], name: str) -> str:
    address = text_in(provider, described, name)
    if not is_safe_address(address):
        raise not_believed(provider.title, f"{name} is neither https nor on this machine")
    return address


def _client_proof(provider: Provider, described: dict[str, Any]) -> str:
    if not provider.client_secret:
        return "none"
    taken = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return "client_secret_post" if "client_secret_basic" not in taken else "client_secret_basic"


def _proved(provider: Provider, issuer: str, token: dict[str, Any], keys: Any, nonce: str) -> Identity:
    written = token.get("id_token")
    if not isinstance(written, str) or len(written) > LONGEST_TOKEN:
        raise not_believed(provider.title, "no identity token, or one too long")
    try:
        registry = JWSRegistry(algorithms=SIGNED_BY, strict_check_header=False)
        read = jwt.decode(written, key=KeySet.import_key_set(keys), registry=registry)
        claims = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "sub": {"essential": True},
                "exp": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            },
            {"nonce": nonce, "client_id": provider.client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=CLOCKS_APART_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise not_believed(provider.title, f"identity token: {type(error).__name__}") from error
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise not_believed(provider.title, "no usable subject")
    return Identity(issuer, subject)

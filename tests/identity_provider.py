"""An OpenID provider and a GitHub on one port: they check what they are sent, PKCE too, and lie where they are told to."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from tests.listener import port_of

CLIENT, SECRET = "our-client", "our-secret"
KEY, OTHER_KEY = (ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"}) for _ in range(2))
HOUR = 3600


@dataclass
class IdentityProvider:
    """`person` is who signs in next. `lie` is one of what tests/web/pages/test_lying_providers.py names; "" tells the truth."""

    url: str = ""
    person: Any = "person-1"
    lie: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        if self.lie == "declined":
            return f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = secrets.token_urlsafe(8)
        self.codes[code] = {**query, "person": json.dumps(self.person)}
        issuer = "http://127.0.0.1:1" if self.lie == "code of another issuer" else self.url
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': issuer})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        """The reply of the token endpoint; each code is good once."""
        begun = self.codes.pop(form.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        is_client = authorization == basic or form.get("client_secret") == SECRET
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if begun is None or not is_client or begun.get("code_challenge") != challenge:
            return 400, {"error": "invalid_grant"}
        if begun["code_challenge_method"] != "S256" or begun["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if self.lie == "error in place of a token":
            return 200, {"error": "server_error"}
        reply = {"access_token": f"access-{begun['person']}", "token_type": "Bearer", "expires_in": HOUR}
        return 200, reply if self.lie == "no identity token" else {**reply, "id_token": self._id_token(begun)}

    def _id_token(self, begun: dict[str, str]) -> str:
        moment = int(time.time())
        claims = {
            "iss": self.url,
            "sub": json.loads(begun["person"]),
            "aud": CLIENT,
            "exp": moment + HOUR,
            "iat": moment,
            "nonce": begun.get("nonce", ""),
            "email": "same@example.com",
        }
        lies: dict[str, dict[str, Any]] = {
            "wrong issuer": {"iss": "http://127.0.0.1:1"},
            "wrong audience": {"aud": "another-client"},
            "wrong nonce": {"nonce": "another"},
            "expired": {"exp": moment - HOUR, "iat": moment - 2 * HOUR},
            "not valid yet": {"nbf": moment + HOUR},
            "subject too long": {"sub": "x" * 300},
            "subject no text": {"sub": 7},
            "token too long": {"padding": "x" * 20_000},
        }
        claims |= lies.get(self.lie, {})
        for name in {"no subject": ["sub"], "no nonce": ["nonce"], "no expiry": ["exp"]}.get(self.lie, []):
            del claims[name]
        if self.lie == "not signed":
            parts = ({"alg": "none", "kid": "k1"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."
        if self.lie == "signed by the secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET.ljust(32, "x")), algorithms=["HS256"])
        header = {"alg": "ES256", "kid": "k1"}
        if self.lie == "unknown critical header":
            whole = jwt.encode(header, claims, KEY).split(".")
            marked = json.dumps({**header, "crit": ["x-new"], "x-new": True}).encode()
            return ".".join([base64.urlsafe_b64encode(marked).decode().rstrip("="), *whole[1:]])
        return jwt.encode(header, claims, OTHER_KEY if self.lie == "wrong key" else KEY)

    def look(self, path: str, authorization: str) -> tuple[int, Any]:
        """The replies to what is only looked up."""
        if path == "/.well-known/openid-configuration":
            found = {
                "issuer": "http://127.0.0.1:1" if self.lie == "describes another issuer" else self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": "http://idp.example/token" if self.lie == "plain http" else f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
            }
            return (200, b"x" * 300_000) if self.lie == "huge" else (200, found)
        if path == "/jwks":
            return 200, KeySet([KEY]).as_dict(private=False)
        if path == "/api/v3/user" and authorization.startswith("Bearer access-"):
            number = json.loads(authorization.removeprefix("Bearer access-"))
            return 200, {"id": "7" if self.lie == "subject no text" else number, "login": "same-name"}
        return 404, {}


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """One on a port of its own; `url` is its issuer."""
    found = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            found.asked.append(parts.path)
            if parts.path in ("/authorize", "/login/oauth/authorize"):
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("location", found.authorize(query))
                self.end_headers()
                return
            if found.lie == "redirects":
                self.send_response(302)
                self.send_header("location", f"{found.url}/elsewhere")
                self.end_headers()
                return
            self._reply(*found.look(parts.path, self.headers.get("authorization", "")))

        def do_POST(self) -> None:
            found.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._reply(*found.token(form, self.headers.get("authorization", "")))

        def _reply(self, status: int, value: Any) -> None:
            data = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(data)

    with port_of(Handler) as found.url:
        yield found

"""The HTTP client for identity providers: no redirects, no proxy, a bound on size and time of every answer."""

from __future__ import annotations

import functools
import json
import ssl
import time
from typing import Any

import httpx2
from authlib.integrations.httpx_client import OAuth2Client

from app.adapters.identity.refusals import no_answer
from app.surroundings.sign_in_providers import Provider, is_safe_address

ANSWER_BYTES = 256_000
ANSWER_SECONDS = 8.0
"""From the sending of a request to the end of its answer."""
SILENCE_SECONDS = 4.0


class BoundedTransport(httpx2.BaseTransport):
    """Reads each answer whole, or gives it up; `title` names the provider in the refusal."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._wire = httpx2.HTTPTransport(verify=_certificates(), trust_env=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if not is_safe_address(str(request.url)):
            raise no_answer(self._title, "its address is neither https nor on this machine")
        ends = time.monotonic() + ANSWER_SECONDS
        try:
            answer = self._wire.handle_request(request)
            try:
                body = self._body(answer, ends)
            finally:
                answer.close()
        except httpx2.TransportError as error:
            raise no_answer(self._title, f"transport: {type(error).__name__}") from error
        return httpx2.Response(answer.status_code, headers=_plain(answer.headers), content=body, request=request)

    def _body(self, answer: httpx2.Response, ends: float) -> bytes:
        parts, size = [], 0
        for part in answer.iter_raw():
            size += len(part)
            if size > ANSWER_BYTES:
                raise no_answer(self._title, f"answer over {ANSWER_BYTES} bytes")
            if time.monotonic() > ends:
                raise no_answer(self._title, f"answer not whole after {ANSWER_SECONDS:.0f} s")
            parts.append(part)
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise no_answer(self._title, "answer packed without being asked")
        return b"".join(parts)

    def close(self) -> None:
        self._wire.close()


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once: loading the certificates takes longer than making the client."""
    return httpx2.create_ssl_context()


def client_for(provider: Provider, **options: Any) -> OAuth2Client:
    """Authlib's client for one provider; to be closed."""
    return OAuth2Client(
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        transport=BoundedTransport(provider.title),
        timeout=httpx2.Timeout(SILENCE_SECONDS),
        headers={"accept": "application/json", "accept-encoding": "identity", "user-agent": "synthesize-me"},
        follow_redirects=False,
        trust_env=False,
        code_challenge_method="S256",
        **options,
    )


def json_of(provider: Provider, client: OAuth2Client, address: str, **options: Any) -> dict[str, Any]:
    """The JSON object at an address. Raises ProviderFailed for anything else."""
    answer = client.request("GET", address, **options)
    if answer.status_code != httpx2.codes.OK:
        raise no_answer(provider.title, f"status {answer.status_code}")
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise no_answer(provider.title, "no JSON") from error
    if not isinstance(found, dict):
        raise no_answer(provider.title, "JSON, but no object")
    return found


def text_in(provider: Provider, values: dict[str, Any], name: str) -> str:
    """The text of that name. Raises ProviderFailed where it is missing or no text."""
    found = values.get(name)
    if not isinstance(found, str) or not found:
        raise no_answer(provider.title, f"no {name}")
    return found


def _plain(headers: httpx2.Headers) -> dict[str, str]:
    return {"content-type": headers.get("content-type", "")}

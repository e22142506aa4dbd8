"""One free question to a model's provider before anything is sent: is the key taken, is the model known, is anybody there.

    GET {address}/models        with the key; providers that speak OpenAI's format
    GET {address}/v1/models     Anthropic
    GET .../v1beta/models       Gemini
    GET {address}/api/tags      Ollama

It costs nothing, holds no text, goes to the model's own address alone, and ends within seconds. Of a provider that has no
such list nothing is asked; whether a key is there at all is looked up without asking anybody. Many gateways list little,
so a model that is not listed is called unknown only where the provider lists all that it has.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.adapters.bounded_http import AnswerRefused, bounded_client, is_local_address
from app.adapters.language_models import Completer, library
from app.adapters.replies.failed_calls import kind_of
from app.adapters.replies.heard import Heard, listening
from app.adapters.replies.sentences import sentence
from app.adapters.replies.told import told_by
from app.adapters.ways_out import refuse_untried
from app.domain.errors import ModelUnavailable
from app.induction.model.language_model import PermanentModelError

SECONDS = 8.0
NOT_LISTED = "is not among"
HOPELESS = frozenset({"key", "no_key", "unknown_model", "unreached", "provider", "elsewhere"})
"""What no call can come through: nothing is sent where one of these was found."""
LISTS_ALL = frozenset({"api.openai.com", "api.groq.com"})
"""Hosts whose list has every model that can be called; so does every Ollama."""
_PUBLIC = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "gemini": "https://generativelanguage.googleapis.com",
}
_OWN_ADDRESS = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "anthropic": ("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"),
    "gemini": ("GEMINI_API_BASE",),
}
"""Variables by which the library below lets a provider be elsewhere."""
_OWN_KEYS = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
}
_OTHER_WAYS_IN = frozenset({"azure", "azure_ai", "databricks", "snowflake"})
"""Providers that take other credentials than a key."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: `said` in one sentence, "" where nothing is known; `kind` of the trouble, "" where there is none."""

    said: str = ""
    kind: str = ""

    @property
    def is_hopeless(self) -> bool:
        """Whether no call can come through."""
        return self.kind in HOPELESS


@dataclass(frozen=True, slots=True)
class _Question:
    """Where the list of models is, and what it is asked with; `key` is "" where none is sent."""

    address: str
    model: str
    key: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_openai: bool = False
    lists_all: bool = False

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc


async def check(completer: Completer) -> Checked:
    """Whether calls of this model can come through, as far as that can be known for free. Never raises."""
    if completer.profile.small:
        return Checked()
    litellm = await asyncio.to_thread(library)
    try:
        named = completer.model.partition("/")[0]
        if named in litellm.provider_list:
            refuse_untried(named)  # before LiteLLM looks closer: of some providers it signs people in
        model, provider, key, base = litellm.get_llm_provider(
            completer.model, api_base=completer.api_base, api_key=completer.api_key
        )
        refuse_untried(provider)
    except PermanentModelError as refusal:
        return Checked(refusal.reason, refusal.kind)
    except Exception:  # the library raises what it likes for a name it does not know
        said = (
            f"The name {completer.model} does not begin with a provider that is known. Write such as openai/gpt-4o-mini; "
            "openai/NAME is right for any server that speaks OpenAI's format."
        )
        return Checked(said, "unknown_model")
    key = key or next((os.environ[name] for name in _OWN_KEYS.get(provider, ()) if os.environ.get(name)), "")
    missing = [] if key else _missing_keys(litellm, completer, provider)
    if missing:
        host = urlsplit(completer.api_base or "").netloc or provider
        return Checked(f"There is no key for {host}. Set MODEL_API_KEY or {' or '.join(missing)}.", "no_key")
    question = _question(litellm, model, provider, key if key != "none" else "", base or completer.api_base or "")
    with listening(only=completer.api_base or ""):
        return await _asked(question) if question else Checked()


def usable(completer: Completer, say: Callable[[str], None]) -> Completer:
    """The model, once it was asked about; what is odd but may do is said. Raises ModelUnavailable where no call can come
    through; nothing was sent then."""
    found = asyncio.run(check(completer))
    if found.is_hopeless:
        raise ModelUnavailable(f"{found.said} No text was sent.")
    if found.kind or NOT_LISTED in found.said:
        say(found.said)
    return completer


def _missing_keys(litellm: Any, completer: Completer, provider: str) -> list[str]:
    """The variables one of which the provider's key is looked for in; none where it takes other credentials or no key."""
    if provider in _OTHER_WAYS_IN:
        return []
    if provider in _OWN_KEYS:
        return list(_OWN_KEYS[provider])
    told = litellm.validate_environment(completer.model)
    return [] if told["keys_in_environment"] else [name for name in told["missing_keys"] if name.endswith("_KEY")]


def _question(litellm: Any, model: str, provider: str, key: str, base: str) -> _Question | None:
    """The question that costs nothing; None where the provider has none that we know of."""
    own = next((os.environ[name] for name in _OWN_ADDRESS.get(provider, ()) if os.environ.get(name)), "")
    address = (base or own or _PUBLIC.get(provider, "")).rstrip("/")
    if not address:
        return None
    bearer = {"authorization": f"Bearer {key}"} if key else {}
    if provider in {"ollama", "ollama_chat"}:
        return _Question(f"{address}/api/tags", model, key, bearer, lists_all=True)
    if provider == "anthropic":
        headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
        return _Question(f"{address.removesuffix('/v1')}/v1/models?limit=1000", model, key, headers)
    if provider == "gemini":
        if base:
            return None  # gateways put the version elsewhere
        return _Question(f"{address}/v1beta/models?pageSize=1000", model, key, {"x-goog-api-key": key})
    if provider == "openai" or provider in litellm.openai_compatible_providers:
        lists_all = urlsplit(address).hostname in LISTS_ALL
        return _Question(f"{address}/models", model, key, bearer, is_openai=True, lists_all=lists_all)
    return None


async def _asked(question: _Question) -> Checked:
    is_local = is_local_address(question.address)
    try:
        async with asyncio.timeout(SECONDS), bounded_client(SECONDS, is_local=is_local) as client:
            answer = await client.get(question.address, headers=dict(question.headers))
            is_elsewhere = question.is_openai and answer.status_code in {404, 405} and await _has_v1(client, question)
    except AnswerRefused as refusal:
        return Checked(str(refusal), refusal.kind) if refusal.kind in {"redirect", "elsewhere"} else Checked()
    except (httpx.ConnectError, httpx.ConnectTimeout):
        return Checked(sentence("unreached", question.host), "unreached")
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError):
        return Checked()
    if is_elsewhere:
        said = f"There is no model's interface at this address of {question.host}; it is one step further down. Add /v1 to it."
        return Checked(said, "address")
    return _found(question, answer)


async def _has_v1(client: httpx.AsyncClient, question: _Question) -> bool:
    """Whether the same host has its models one step further down."""
    base = question.address.removesuffix("/models")
    if base.endswith("/v1"):
        return False
    answer = await client.get(f"{base}/v1/models", headers=dict(question.headers))
    return answer.status_code in {200, 401} and "json" in answer.headers.get("content-type", "")


def _found(question: _Question, answer: httpx.Response) -> Checked:
    heard = Heard()
    heard.note(question.host, answer.status_code, dict(answer.headers), answer.content)
    if answer.status_code >= 400:
        kind, _refused = kind_of(answer.status_code, heard, told_by(heard))
        if kind == "key" and _is_about_rights(heard):
            return Checked()  # a key that may call models and not list them
        if kind == "key":
            kind = "key" if question.key else "no_key"
            return Checked(sentence(kind, question.host), kind)
        return Checked(sentence("down", question.host), "down") if answer.status_code >= 500 else Checked()
    if heard.is_page:
        return Checked(sentence("page", question.host), "page")
    listed = _listed(heard.parsed)
    if not listed:
        return Checked(f"{question.host} answers.")
    if question.model in listed:
        return Checked(f"{question.host} answers and knows the model.")
    if question.lists_all:
        return Checked(sentence("unknown_model", question.host), "unknown_model")
    return Checked(f"{question.host} answers; the model {NOT_LISTED} the {len(listed):,} that it lists.")


def _is_about_rights(heard: Heard) -> bool:
    words = told_by(heard).words
    return "scope" in words or "permission" in words


def _listed(body: Any) -> set[str]:
    """The names in a list of models, in any of its shapes; none where it has further parts."""
    if not isinstance(body, dict) or body.get("has_more") or body.get("nextPageToken"):
        return set()
    rows = body.get("data") or body.get("models") or []
    rows = rows if isinstance(rows, list) else []
    names = {str(row.get(key, "")) for row in rows if isinstance(row, dict) for key in ("id", "name", "model")}
    short = {name.removeprefix("models/") for name in names} | {name.removesuffix(":latest") for name in names}
    return (names | short) - {""}

"""By which client each provider's calls go out: through the bounded one, or not at all.

LiteLLM's handlers follow redirects with the prompt, some with the key, unpack what they are sent without a limit, and send a
call again by themselves. Most take a client of ours; those that make their own get a bounded one all the same
(`close_other_ways`). A provider is in the table below only if tests/adapters/test_ways_out.py has played it; any other is
refused by name before anything is sent.
"""

from __future__ import annotations

from typing import Any, Literal, NoReturn

from app.adapters.bounded_http import AnswerRefused, bounded_client, is_local_address
from app.adapters.kept_clients import kept_client
from app.adapters.replies.heard import call_under_way
from app.induction.model.language_model import PermanentModelError

Way = Literal["openai", "azure", "handler", "own"]

WAYS: dict[str, Way] = dict.fromkeys(
    [
        "openai",
        "custom_openai",
        "zai",
        "ai21",
        "ai21_chat",
        "baseten",
        "deepinfra",
        "perplexity",
        "nvidia_nim",
        "cerebras",
        "volcengine",
        "codestral",
        "dashscope",
        "qwencloud",
        "qwen_ai_platform",
        "modelscope",
        "moonshot",
        "publicai",
        "lambda_ai",
        "inception",
        "sambanova",
        "xinference",
        "friendliai",
        "featherless_ai",
        "empower",
        "github",
        "docker_model_runner",
        "litellm_proxy",
        "tencent",
        "llamafile",
        "lm_studio",
        "galadriel",
        "nebius",
        "novita",
        "meta_llama",
        "nscale",
        "helicone",
        "hyperbolic",
        "aiml",
        "vercel_ai_gateway",
        "wandb",
        "scaleway",
        "synthetic",
        "apertis",
        "nano-gpt",
        "poe",
        "chutes",
        "neosantara",
        "parasail",
        "xiaomi_mimo",
        "tensormesh",
        "libertai",
        "cortecs",
        "scx-ai",
        "meta",
        "reka",
    ],
    "openai",
)
"""openai: LiteLLM is given a client of OpenAI's library; azure: of the same for Azure; handler: one of its own handlers with our
client in it; own: it takes none and makes a handler, which is bounded too."""
WAYS |= dict.fromkeys(["azure"], "azure")
WAYS |= dict.fromkeys(
    [
        "xai",
        "together_ai",
        "openrouter",
        "gemini",
        "azure_ai",
        "mistral",
        "groq",
        "deepseek",
        "fireworks_ai",
        "databricks",
        "hosted_vllm",
        "anthropic",
        "ollama",
        "ollama_chat",
        "compactifai",
        "snowflake",
        "heroku",
        "cometapi",
        "edenai",
        "ovhcloud",
        "lemonade",
        "minimax",
        "datarobot",
        "nadir",
    ],
    "handler",
)
WAYS |= dict.fromkeys(["cohere", "cohere_chat", "cloudflare"], "own")

_OWN_SECONDS = 600.0
"""Each read of a handler that LiteLLM made; the call as a whole has its own, shorter time."""


def refuse_untried(provider: str) -> None:
    """Raises PermanentModelError for a provider whose calls are not known to be bounded."""
    if provider not in WAYS:
        raise PermanentModelError(
            f"Calls to the provider {provider} cannot be kept to one address, one size and one try, so nothing is sent. If it "
            "speaks OpenAI's format, set MODEL=openai/NAME and MODEL_API_BASE to its address.",
            kind="provider",
        )


async def client_for(provider: str, base: str | None, key: str | None, seconds: float) -> Any:
    """The bounded client that LiteLLM takes for this provider; None where it takes none. Raises as `refuse_untried` does."""
    refuse_untried(provider)
    way = WAYS[provider]
    if way == "own":
        return None
    makers = {"openai": _openai_client, "azure": _azure_client, "handler": _handler}
    return await kept_client((way, base, key, seconds), lambda: makers[way](base, key, seconds))


def close_other_ways() -> None:
    """Makes every handler of LiteLLM a bounded one that sends once, and its blocking ones send nothing. For the process."""
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler, HTTPHandler

    handler: Any = AsyncHTTPHandler
    handler.create_client = _client_of_a_handler
    handler.single_connection_post_request = _send_no_second_time
    for name in ("get", "post", "put", "patch", "delete"):
        setattr(HTTPHandler, name, _send_nothing)


def _client_of_a_handler(_handler: Any, *_args: Any, **_options: Any) -> Any:
    call = call_under_way()
    return bounded_client(_OWN_SECONDS, is_local=is_local_address(call.only if call else ""), keeps=False)


async def _send_no_second_time(*_args: Any, **_options: Any) -> NoReturn:
    raise  # noqa: PLE0704 (LiteLLM calls this while it handles the failure of the first time)


def _send_nothing(*_args: Any, **_options: Any) -> NoReturn:
    raise AnswerRefused(
        "This provider asks for more than the answer, by a way that is not bounded; nothing was sent.", "provider"
    )


def _openai_client(base: str | None, key: str | None, seconds: float) -> Any:
    import openai

    return _once(openai.AsyncOpenAI)(
        api_key=key,
        base_url=base,
        timeout=seconds,
        http_client=bounded_client(seconds, is_local=is_local_address(base)),
    )


def _azure_client(base: str | None, key: str | None, seconds: float) -> Any:
    import litellm
    import openai

    if not base:
        raise PermanentModelError("Set MODEL_API_BASE to the address of your Azure resource.", kind="address")
    return _once(openai.AsyncAzureOpenAI)(
        api_key=key,
        azure_endpoint=base,
        api_version=litellm.AZURE_DEFAULT_API_VERSION,
        timeout=seconds,
        http_client=bounded_client(seconds, is_local=is_local_address(base)),
    )


def _once(kind: type) -> Any:
    """The class of client, without tries of its own: LiteLLM sets two for providers of which it does not know better."""
    return type(kind.__name__, (kind,), {"max_retries": property(lambda _self: 0, lambda _self, _tries: None)})


def _handler(base: str | None, _key: str | None, seconds: float) -> Any:
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

    def create_client(_handler: Any, *_args: Any, **_options: Any) -> Any:
        return bounded_client(seconds, is_local=is_local_address(base))

    kind = type("BoundedHandler", (AsyncHTTPHandler,), {"create_client": create_client})
    return kind(timeout=seconds)

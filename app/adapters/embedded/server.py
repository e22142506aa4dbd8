"""The embedded model as a server that speaks the OpenAI chat format, in a process of its own.

It listens on loopback unless EMBEDDED_URL names another address of this machine, asks for a random key and answers no
browser from another origin: the runtime's own defaults are no key and any origin.
"""

from __future__ import annotations

import ctypes
import os
import platform
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from app.adapters.embedded.fetch import Say, obtain, silent
from app.adapters.embedded.health import LOADED
from app.domain.errors import BadInput, ModelUnavailable
from app.settings import Settings

SLOTS = 4
DEFAULT_SLOT_TOKENS = 4096


def new_address() -> tuple[str, str]:
    """A free loopback address for the server, ending in /v1, and a fresh key for it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}/v1", secrets.token_urlsafe(24)


def with_address(settings: Settings, say: Callable[[str], None] = print) -> Settings:
    """The settings themselves if they name an address, else with a new one, which is said so that others can use it."""
    if settings.embedded_url and settings.embedded_key.get_secret_value():
        return settings
    if settings.embedded_url:
        raise BadInput(
            "EMBEDDED_URL is set but EMBEDDED_KEY is not; without a key any program here could use the model."
        )
    url, key = new_address()
    say(f"EMBEDDED_URL={url}\nEMBEDDED_KEY={key}")
    return settings.model_copy(update={"embedded_url": url, "embedded_key": SecretStr(key)})


def serve(settings: Settings, say: Say = silent) -> None:
    """Fetches the file if need be and serves it at settings.embedded_url until a signal ends the process.

    Raises ModelUnavailable, whose text says what is missing, if the file or the runtime cannot be had.
    """
    check_runtime()
    path = obtain(settings, say)
    say("Loading the model", 0, 1)
    address = urlsplit(settings.embedded_url)
    # It has nothing to save, and Python's own handlers would wait for the runtime to come back from loading.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    key = settings.embedded_key.get_secret_value()
    slot_tokens = settings.model_slot_tokens or DEFAULT_SLOT_TOKENS
    host, port = address.hostname or "127.0.0.1", address.port or 80
    server = _start(path, host, port, key, slot_tokens, settings.embedded_cache_megabytes)
    say(LOADED.rstrip("."), 1, 1)
    threading.Event().wait()
    del server


def check_runtime() -> None:
    """Raises ModelUnavailable if the runtime or the system library it needs is missing on this machine."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libgomp.so.1")
        except OSError as error:
            raise ModelUnavailable(
                "The embedded model needs the system library libgomp1, which is missing. Install it "
                "(Debian and Ubuntu: apt-get install libgomp1), or set MODEL and MODEL_API_KEY to use a hosted model."
            ) from error
    try:
        import xllamacpp  # noqa: F401
    except ImportError as error:
        raise ModelUnavailable(
            f"The embedded model's runtime is not installed here: it comes with the extra `models` of this program where "
            f"there is a build for {platform.system()} on {platform.machine()}. Set MODEL and MODEL_API_KEY to use a hosted model."
        ) from error


def _start(path: Path, host: str, port: int, key: str, slot_tokens: int, cache_megabytes: int) -> object:
    # Waiting threads sleep rather than spin; read by the runtime's thread library when it loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {"local"}
    parameters.n_parallel = SLOTS
    parameters.n_ctx = slot_tokens * SLOTS
    parameters.hostnames = [host]
    parameters.port = port
    parameters.api_keys = [key]
    parameters.cors_origins = ""
    parameters.ui = False
    parameters.verbosity = 0
    parameters.cache_ram_mib = cache_megabytes
    parameters.no_extra_bufts = True
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    try:
        return xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise ModelUnavailable(f"{path} could not be loaded as a model: {error}") from error

"""A real server and a real browser: `site` is the supervised application on SQLite with the stand-in model behind it;
`page` watches for script errors, blocked resources and addresses outside."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests.stand_in import StandIn, stand_in

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI));
window.alert = window.confirm = window.prompt = (text) => { window.violations.push("dialog " + text); return null; };
"""


@dataclass
class Watched:
    """A page and what went wrong on it. `requests` are all addresses asked for since the last `clear`."""

    page: Page
    site: str
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    transferred: int = 0

    def open(self, path: str) -> Page:
        self.page.goto(self.site + path)
        return self.page

    def check(self) -> None:
        """Nothing was logged as an error, nothing blocked, nothing fetched from elsewhere."""
        violations = self.page.evaluate("window.violations || []")
        outside = [address for address in self.requests if not address.startswith((self.site, "data:", "blob:"))]
        assert (self.faults, violations, outside) == ([], [], [])

    def clear(self) -> None:
        self.requests.clear()
        self.transferred = 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def model() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@contextmanager
def served(data_dir: Path, **environment: str) -> Iterator[str]:
    """`python -m app serve` as its own group of processes, until it answers; ended by SIGTERM."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = (data_dir / "serve.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port), "DATA_DIR": str(data_dir), **environment},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        _wait_for(lambda: _answers(f"{address}/readyz") or process.poll() is not None, 120)
        assert process.poll() is None, (data_dir / "serve.log").read_text(encoding="utf-8")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        log.close()


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database of `site` lies."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def site(site_folder: Path, model: StandIn) -> Iterator[str]:
    settings = {"MODEL": "openai/stand-in", "MODEL_API_BASE": model.url, "MODEL_API_KEY": "any"}
    with served(site_folder, **settings) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a file: while Playwright runs, its event loop is the main thread's, and other tests run their own."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.fail("Chromium was not found. Install it (apt-get install chromium) or set CHROMIUM to its path.", False)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def watch(browser: Browser, site: str) -> Iterator[Callable[..., Watched]]:
    """Opens watched pages, each with cookies of its own; every one of them is checked when the test ends."""
    opened: list[tuple[BrowserContext, Watched]] = []

    def open_page(width: int = 1280, height: int = 800, **options: Any) -> Watched:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.add_init_script(WATCH)
        watched = Watched(context.new_page(), site)
        _listen(watched)
        opened.append((context, watched))
        return watched

    yield open_page
    for context, watched in opened:
        if not watched.page.is_closed() and watched.page.url != "about:blank":
            watched.check()
        context.close()


@pytest.fixture
def wide(watch: Callable[..., Watched]) -> Watched:
    return watch()


@pytest.fixture
def phone(watch: Callable[..., Watched]) -> Watched:
    return watch(360, 740, has_touch=True, is_mobile=True)


def _listen(watched: Watched) -> None:
    def on_console(message: Any) -> None:
        if message.type in ("error", "warning"):
            watched.faults.append(f"{message.type}: {message.text}")

    def on_request(request: Request) -> None:
        watched.requests.append(request.url)

    def on_finished(request: Request) -> None:
        sizes = request.sizes()
        watched.transferred += sizes["responseBodySize"] + sizes["responseHeadersSize"]

    watched.page.on("console", on_console)
    watched.page.on("pageerror", lambda error: watched.faults.append(f"script: {error}"))
    watched.page.on("request", on_request)
    watched.page.on("requestfinished", on_finished)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _wait_for(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "the server did not answer in time"
        time.sleep(0.2)

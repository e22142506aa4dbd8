"""Under which names the site answers: its own, in every mode; never one that somebody pointed at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.settings import Settings
from app.web.guards.hosts import KnownHosts
from tests.web.clients import application


def known(**settings: Any) -> KnownHosts:
    return KnownHosts(Settings(_env_file=None, **settings))


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.3.2.1", "[::1]:8000", "[::1]", "app.localhost:80"]
)
def test_this_machine_is_known_by_its_loopback_names(host: str) -> None:
    assert host in known()
    assert host not in known(production=True, public_url="https://personas.example")


@pytest.mark.parametrize(
    "host",
    [
        "rebind.evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8000",
        "",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
        "localhost/evil",
        "localhost:x",
        "[::1",
        "localhost:80:80",
        "10.0.0.7",
        "169.254.169.254",
    ],
)
@pytest.mark.parametrize("settings", [{}, {"production": True, "public_url": "https://personas.example"}])
def test_any_other_host_is_refused_in_every_mode(host: str, settings: dict[str, object]) -> None:
    assert host not in known(**settings)


def test_what_is_set_is_known() -> None:
    assert "personas.example" in known(production=True, public_url="https://personas.example")
    assert "box.lan:8000" in known(allowed_hosts="box.lan, other:9000")
    assert "other:9000" in known(allowed_hosts="box.lan, other:9000")
    assert "other:9001" not in known(allowed_hosts="box.lan, other:9000")
    assert "192.168.1.5:8000" in known(host="192.168.1.5")


def test_where_all_addresses_are_listened_on_a_number_is_known_and_a_name_is_not() -> None:
    everywhere = known(host="0.0.0.0")

    assert "10.0.0.7:8000" in everywhere
    assert "rebind.evil.example" not in everywhere


@pytest.mark.parametrize("path", ["/", "/reference", "/api/v1/openapi.json", "/static/app.css", "/nothing"])
def test_an_unknown_host_is_answered_400_and_told_what_to_set(sqlite_url: str, tmp_path: Path, path: str) -> None:
    client = TestClient(application(sqlite_url, tmp_path), base_url="http://evil.example")

    reply = client.get(path)

    assert reply.status_code == 400
    assert "ALLOWED_HOSTS" in reply.text
    assert "evil.example" not in reply.text


def test_the_reference_prints_the_public_address(sqlite_url: str, tmp_path: Path) -> None:
    app = application(sqlite_url, tmp_path, public_url="http://personas.lan")

    page = TestClient(app, base_url="http://localhost:8000").get("/reference").text

    assert "http://personas.lan/api/v1/me" in page
    assert "localhost:8000" not in page

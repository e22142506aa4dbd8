"""What we depend on: locked by hash, above the versions that had holes, from no named address."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version

import pytest

from tests.architecture.tree import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
FLOORS = {"authlib": (1, 6, 11), "starlette": (0, 49, 1), "litellm": (1, 83, 7)}
STOLEN = {"litellm": {"1.82.7", "1.82.8"}}
"""Releases that were taken over and read credentials (PYSEC-2026-2)."""


def locked(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {
        name.lower(): found
        for name, found in re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^ ;\\]+)", text, re.MULTILINE)
    }


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_pinned_by_hash_and_names_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")

    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())

    assert [entry.split(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "http" not in text.replace("httpx", "").replace("httptools", "").replace("httpcore", "").replace(
        "aiohttp", ""
    )
    assert "index-url" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_no_locked_version_is_below_its_safe_floor(lock):
    pinned = locked(lock)

    too_old = {name: pinned[name] for name, floor in FLOORS.items() if numbers(pinned[name]) < floor}
    stolen = {name: pinned[name] for name, bad in STOLEN.items() if pinned[name] in bad}

    assert (too_old, stolen) == ({}, {})


def test_what_is_installed_is_what_is_locked():
    pinned = locked("requirements.lock")

    assert {name: version(name) for name in FLOORS} == {name: pinned[name] for name in FLOORS}


def test_the_development_lock_holds_the_same_versions_as_the_other():
    ours, theirs = locked("requirements.lock"), locked("requirements-dev.lock")

    assert {name: theirs[name] for name in ours if name in theirs and theirs[name] != ours[name]} == {}


def test_pyproject_refuses_the_stolen_releases_itself():
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    litellm = next(
        line for line in described["project"]["optional-dependencies"]["models"] if line.startswith("litellm")
    )

    assert all(f"!={bad}" in litellm for bad in STOLEN["litellm"])

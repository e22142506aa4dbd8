"""The image and the composition, without an engine: what can be held true of them by reading."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
import yaml

from app.settings import Settings
from scripts.check_compose import faults
from tests.architecture.tree import ROOT

INSTRUCTIONS = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    described: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return described["services"]


def test_the_dockerfile_has_nothing_to_find_for_hadolint():
    found = subprocess.run(
        [ROOT / ".venv/bin/hadolint", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (found.returncode, found.stdout) == (0, "")


def test_whatever_the_image_copies_is_in_the_tree():
    lines = re.findall(r"^COPY (?!--from)(.+)$", INSTRUCTIONS, re.MULTILINE)
    sources = [source for line in lines for source in line.split()[:-1]]

    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_image_runs_as_nobody_in_particular():
    assert re.findall(r"^USER (.+)$", INSTRUCTIONS, re.MULTILINE) == ["10001"]


def test_the_image_installs_by_hash_with_the_installer_that_make_uses():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert "--require-hashes -r requirements.lock" in INSTRUCTIONS
    assert "--require-hashes -r uv.lock" in INSTRUCTIONS
    assert "-r scripts/uv.lock" in makefile


def test_the_composition_passes_on_every_setting_that_an_operator_may_want():
    described = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    set_elsewhere = {"host", "port", "data_dir", "model_cache", "database_url"}

    assert [
        name for name in Settings.model_fields if name not in set_elsewhere and f"{name.upper()}:" not in described
    ] == []


def test_the_composition_is_valid_by_the_specification():
    assert faults(ROOT / "compose.yaml") == []


def test_one_image_serves_two_web_and_two_worker_processes_after_one_migration(services):
    ours = {name: service for name, service in services.items() if name != "database"}

    assert {service["image"] for service in ours.values()} == {"synthesize-me:latest"}
    assert {name: services[name]["deploy"]["replicas"] for name in ("web", "worker")} == {"web": 2, "worker": 2}
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"


def test_every_command_of_the_composition_is_one_the_program_has(services):
    asked = {service["command"][-1] for service in services.values() if "command" in service}

    listed = subprocess.run(
        [ROOT / ".venv/bin/python", "-m", "app", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert [command for command in sorted(asked) if not re.search(rf"\b{command}\b", listed)] == []


def test_the_composition_has_no_sample_password():
    described = (ROOT / "compose.yaml").read_text(encoding="utf-8")

    assert re.findall(r"\$\{\w*(?:PASSWORD|SECRET)\w*:-[^}]+\}", described) == []
    assert described.count("${POSTGRES_PASSWORD:?") == 2

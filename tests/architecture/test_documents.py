"""The documents say what is so: links lead somewhere, tables, settings, versions and trees are the real ones."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml
from sqlmodel import SQLModel

import app.storage.tables  # noqa: F401 (fills the metadata)
from app import __version__
from app.domain.personas.persona import CLEAR, LIKELY
from app.induction.counting.counted_model import GATE
from app.induction.counting.foresight import FORESEEN, ONE_WAY
from app.settings import Settings
from tests.architecture.tree import NOT_OURS, ROOT, files

PAGES = files(".md")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def first_cells(page: str, heading: str) -> list[str]:
    """The code in the first column of the table under a heading."""
    section = text(page).split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]
    return re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_to_something(page):
    links = [link.split("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8"))]
    ours = [link for link in links if link and "://" not in link and not link.startswith("mailto:")]

    assert [link for link in ours if not (page.parent / link).exists()] == []


def test_the_data_page_names_every_table_and_no_other():
    described = first_cells("docs/data.md", "## Tables")

    assert sorted(described) == sorted(SQLModel.metadata.tables)


def test_the_operations_page_names_every_setting_and_no_other():
    described = first_cells("docs/operations.md", "## Settings")

    assert sorted(described) == sorted(name.upper() for name in Settings.model_fields)


def test_what_counting_is_worth_is_told_as_it_was_last_measured():
    measured = text("docs/experiments.md").split("what the command prints today")[1]
    row = next(line for line in measured.splitlines() if line.startswith("| 10 |"))
    people, decisions = row.split("|")[2].strip().split(", ")
    longer, counted = (re.findall(r"[\d.]+", cell)[0] for cell in (row.split("|")[3], row.split("|")[6]))
    told = [people + " people", decisions, counted, longer]

    for page in ("README.md", "templates/method/page.html"):
        assert [figure for figure in told if figure not in text(page)] == [], page
        assert "no better" in text(page), page


def test_the_method_page_names_the_bounds_that_code_goes_by():
    method = " ".join(text("templates/method/page.html").split())

    assert f"is at least {CLEAR:.1%} sure".replace("%", " %") in method
    assert f"<b>likely</b> from {LIKELY:.0%} on".replace("%", " %") in method
    assert f"at most {FORESEEN * 100:g} of 100 tries" in method
    assert f"{ONE_WAY * 100:g} of 100 coins" in method
    assert (GATE, "at least three times likelier than a coin" in method) == (3.0, True)


def test_the_example_environment_names_only_settings():
    named = re.findall(r"^#? ?([A-Z_]+)=", text(".env.example"), re.MULTILINE)

    assert named
    assert [name for name in named if name.lower() not in Settings.model_fields] == []


def test_every_test_that_a_page_names_exists():
    tests = {path.name for path in files(".py", under="tests")}
    for path in files(".py", under="tests"):
        tests |= set(re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8")))

    named = {name for page in PAGES for name in re.findall(r"`(test_\w+(?:\.py)?)`", page.read_text(encoding="utf-8"))}

    assert named
    assert named - tests == set()


def test_the_sum_of_the_safety_page_is_that_of_its_rows():
    page = text("docs/safety.md")
    states = Counter(re.findall(r"^\| [A-Z]+\d+ \|[^|]*\| ([a-z ]+) \|", page, re.MULTILINE))
    told = {
        state: int(number)
        for number, state in re.findall(r"(\d+) ([a-z ]+)[,.]", page.split("Of 116: ", 1)[1].split("\n")[0])
    }

    assert sum(states.values()) == 116
    assert {state: told[state] for state in states} == states


def test_one_version_is_written_everywhere():
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    newest = re.findall(r"^## \[(\d[^\]]*)\]", text("CHANGELOG.md"), re.MULTILINE)[0]
    cited = yaml.safe_load(text("CITATION.cff"))["version"]

    assert (newest, cited, __version__) == (version, version, version)


def test_every_decision_has_its_line_in_the_index_and_can_be_quoted():
    index = text("docs/decisions/README.md")
    pages = [page for page in files(".md", under="docs/decisions") if page.name != "README.md"]

    assert [page.name for page in pages if f"({page.name})" not in index] == []
    assert [page.name for page in pages if "\n> " not in page.read_text(encoding="utf-8")] == []


def tree_of_the_readme() -> dict[str, str]:
    """Path -> what is said of it, from the README's picture of the tree (two spaces of indent a level)."""
    block = text("README.md").split("```tree\n", 1)[1].split("```", 1)[0]
    found: dict[str, str] = {}
    above: list[str] = []
    for line in block.splitlines():
        depth = (len(line) - len(line.lstrip(" "))) // 2
        names, _, said = line.strip().partition("  ")
        for name in names.split(" "):
            path = "/".join([*above[:depth], name.rstrip("/")])
            found[path] = said.strip()
        above = [*above[:depth], names.split(" ")[0].rstrip("/")]
    return found


def test_the_tree_of_the_readme_is_the_real_one():
    told = tree_of_the_readme()
    open_folders = {Path(path).parent.as_posix() for path in told}

    real = {
        path.relative_to(ROOT).as_posix()
        for folder in open_folders
        for path in (ROOT / folder).iterdir()
        if path.name not in NOT_OURS and path.name not in {"__init__.py", ".env"} and path != ROOT / "data"
    }

    assert sorted(told) == sorted(real)


def test_the_readme_names_only_make_targets_and_commands_that_exist():
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`?make ([a-z-]+)`", page.read_text(encoding="utf-8"))}

    assert named <= targets, named - targets

"""Every check of `make check` is seen to fail on a planted fault, and to pass without it, in a copy of the tree.

A check that cannot fail holds nothing. The copy is made once; each fault is written into it and taken out again.
"""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, copy_of_the_tree, planted

BIN = ROOT / ".venv/bin"
COPIED = (
    "pyproject.toml",
    "app",
    "synthesize_me",
    "templates",
    "scripts",
    "Dockerfile",
    "compose.yaml",
    "tests/architecture/samples",
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return copy_of_the_tree(tmp_path_factory.mktemp("tree"), COPIED)


def check(tree: Path, *command: str) -> tuple[int, str]:
    """The exit code and everything said by one of the environment's programs, run at the top of `tree`."""
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=tree, capture_output=True, text=True, check=False, timeout=150
    )
    return done.returncode, done.stdout + done.stderr


IMPORTS: list[tuple[str, Mapping[str, str]]] = [
    ("layers", {"app/domain/planted.py": "import app.induction.model.language_model\n"}),
    ("layers", {"app/settings.py": "import app.domain.errors\n"}),
    ("layers", {"app/induction/planted.py": "import app.storage.database\n"}),
    ("layers", {"app/induction/planted.py": "def late():\n    import app.adapters\n"}),
    ("layers", {"app/adapters/planted.py": "import app.storage.database\n"}),
    ("layers", {"app/storage/planted.py": "from app.adapters import embedded\n"}),
    ("layers", {"app/storage/planted.py": "import app.services\n"}),
    ("layers", {"app/services/planted.py": "import app.web\n"}),
    ("layers", {"app/services/planted.py": "import app.jobs\n"}),
    ("layers", {"app/web/planted.py": "import app.jobs\n"}),
    ("layers", {"app/jobs/planted.py": "import app.web\n"}),
    ("layers", {"app/jobs/planted.py": "import app.main\n", "app/main.py": ""}),
    ("layers", {"app/a_place_of_its_own.py": ""}),
    ("domain-rooms", {"app/domain/texts/planted.py": "import app.domain.choices.preference\n"}),
    ("domain-rooms", {"app/domain/choices/planted.py": "import app.domain.personas.persona\n"}),
    ("domain-rooms", {"app/domain/a_room_of_its_own.py": ""}),
    ("transcripts-rooms", {"app/domain/transcripts/rows/planted.py": "import app.domain.transcripts.turns\n"}),
    ("transcripts-rooms", {"app/domain/transcripts/formats/planted.py": "import app.domain.transcripts.detector\n"}),
    ("transcripts-rooms", {"app/domain/transcripts/a_room_of_its_own.py": ""}),
    ("induction-rooms", {"app/induction/judging/planted.py": "import app.induction.traits\n"}),
    ("induction-rooms", {"app/induction/a_room_of_its_own.py": ""}),
    ("storage-rooms", {"app/storage/choosing/planted.py": "import app.storage.working.runs\n"}),
    ("storage-rooms", {"app/storage/people/planted.py": "import app.storage.choosing.verdicts\n"}),
    ("storage-rooms", {"app/storage/a_room_of_its_own.py": ""}),
    ("sql-at-home", {"app/services/planted.py": "import sqlalchemy\n"}),
    ("sql-at-home", {"app/web/planted.py": "from sqlmodel import select\n"}),
    ("sql-at-home", {"app/jobs/planted.py": "from alembic import command\n"}),
    ("http-at-home", {"app/services/planted.py": "from fastapi import HTTPException\n"}),
    ("http-at-home", {"app/jobs/planted.py": "from starlette.responses import Response\n"}),
    ("templates-at-home", {"app/services/planted.py": "import jinja2\n"}),
    ("models-at-home", {"app/services/planted.py": "def late():\n    import litellm\n"}),
    ("models-at-home", {"app/web/planted.py": "import xllamacpp\n"}),
    ("jobs-at-home", {"app/services/planted.py": "from dbos import DBOS\n"}),
    ("jobs-at-home", {"app/web/planted.py": "from dbos import DBOSClient\n"}),
    (
        "services-apart",
        {"app/services/planted.py": "import app.services.planted_too\n", "app/services/planted_too.py": ""},
    ),
    ("services-apart", {"app/services/choosing/planted.py": "import app.services.people.accounts\n"}),
    ("use-cases-apart", {"app/services/choosing/planted.py": "import app.services.choosing.comparing\n"}),
    ("use-cases-apart", {"app/services/people/planted.py": "import app.services.people.accounts\n"}),
    (
        "pages-apart",
        {"app/web/pages/planted.py": "import app.web.pages.planted_too\n", "app/web/pages/planted_too.py": ""},
    ),
    ("library-above", {"app/services/planted.py": "import synthesize_me.aio\n"}),
    ("library-alone", {"synthesize_me/planted.py": "import app.storage.database\n"}),
    ("library-alone", {"synthesize_me/planted.py": "import app.services.exporting.exporting\n"}),
    (
        "no-cycles",
        {
            "app/domain/planted.py": "import app.domain.planted_too\n",
            "app/domain/planted_too.py": "import app.domain.planted\n",
        },
    ),
]


def test_the_copy_keeps_every_import_contract(tree):
    code, said = check(tree, "lint-imports", "--no-cache", "--no-logo")

    assert code == 0, said


CONTRACTS = [contract for contract, _ in IMPORTS]


@pytest.mark.parametrize(
    ("contract", "faulty"),
    [  # the first of each contract in `make test`, the others in `make test-all`
        pytest.param(*fault, marks=[pytest.mark.slow] if fault[0] in CONTRACTS[:at] else [])
        for at, fault in enumerate(IMPORTS)
    ],
)
def test_an_import_against_a_contract_is_caught(tree, contract, faulty):
    with planted(tree, faulty):
        code, said = check(tree, "lint-imports", "--no-cache", "--no-logo", "--contract", contract)

    assert code == 1, said
    assert "BROKEN" in said or "not listed as layers" in said, said


def test_every_import_contract_has_been_seen_to_break():
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    contracts = {contract["id"] for contract in described["tool"]["importlinter"]["contracts"]}

    assert contracts == set(CONTRACTS)


LINT = [
    ("F401", "import os\n"),
    ("F821", "def size() -> int:\n    return sise\n"),
    ("S608", 'def query(name: str) -> str:\n    return f"select * from account where code = {name}"\n'),
    ("S301", "import pickle\n\n\ndef read(data: bytes) -> object:\n    return pickle.loads(data)\n"),
    ("S506", "import yaml\n\n\ndef read(data: str) -> object:\n    return yaml.load(data)\n"),
    ("S602", "import subprocess\n\nsubprocess.run('ls', shell=True)\n"),
    ("B006", "def add(one: int, to: list[int] = []) -> list[int]:\n    return [*to, one]\n"),
    ("DTZ005", "from datetime import datetime\n\nNOW = datetime.now()\n"),
]


@pytest.mark.parametrize(("rule", "faulty"), LINT)
def test_a_fault_of_lint_is_caught(tree, rule, faulty):
    with planted(tree, {"app/domain/planted.py": f'"""Planted."""\n\n{faulty}'}):
        code, said = check(tree, "ruff", "check", "--no-cache", "app/domain")

    assert code == 1, said
    assert rule in said


def test_a_badly_formatted_file_is_caught(tree):
    with planted(tree, {"app/domain/planted.py": "x = {  'one':1 }\n"}):
        faulty, _ = check(tree, "ruff", "format", "--no-cache", "--check", "app/domain")
    clean, _ = check(tree, "ruff", "format", "--no-cache", "--check", "app/domain")

    assert (faulty, clean) == (1, 0)


TYPES = [
    ("no-untyped-def", "def size(text):\n    return len(text)\n"),
    ("return-value", "def size(text: str) -> str:\n    return len(text)\n"),
    ("union-attr", "import re\n\n\ndef first(text: str) -> str:\n    return re.match('a', text).group()\n"),
    ("type-arg", "def sizes(texts: list) -> int:\n    return len(texts)\n"),
    ("misc", "from app.domain.texts.conversation import Turn\n\nturn = Turn('user', 'Hello')\nturn.content = 'Bye'\n"),
    ("call-arg", "from app.domain.texts.conversation import Turn\n\nturn = Turn(role='user', text='Hello')\n"),
]


def test_faults_of_type_are_caught_and_the_core_has_none(tree):
    clean = check(tree, "mypy", "app/domain")
    with planted(tree, {f"app/domain/planted_{at}.py": faulty for at, (_, faulty) in enumerate(TYPES)}):
        code, said = check(tree, "mypy", "app/domain")

    assert clean[0] == 0, clean[1]
    assert code == 1, said
    missed = [
        rule
        for at, (rule, _) in enumerate(TYPES)
        if not any(f"planted_{at}.py" in line and f"[{rule}]" in line for line in said.splitlines())
    ]
    assert missed == [], said


TEMPLATES = [
    ("djlint", "<div><p>Unclosed</div>\n"),
    ("djlint", '<img src="/static/x.png">\n'),
    ("compile", "{% if view %}<p>never closed</p>\n"),
    ("compile", "<p>{{ view|no_such_filter }}</p>\n"),
    ("compile", '{% include "no/such/part.html" %}\n'),
]


def check_templates(tree: Path, by: str) -> tuple[int, str]:
    if by == "djlint":
        return check(tree, "djlint", "templates", "--lint", "--quiet")
    return check(tree, "python", "scripts/check_templates.py")


@pytest.mark.parametrize(("by", "faulty"), TEMPLATES)
def test_a_fault_of_a_template_is_caught(tree, by, faulty):
    with planted(tree, {"templates/planted.html": faulty}):
        code, said = check_templates(tree, by)

    assert code == 1, said


@pytest.mark.parametrize("by", ["djlint", "compile"])
def test_the_templates_have_no_fault(tree, by):
    code, said = check_templates(tree, by)

    assert code == 0, said


def test_a_fault_of_the_dockerfile_is_caught(tree):
    with planted(tree, {"Dockerfile": "FROM python\nRUN cd /srv && pip install uv\n"}):
        faulty, said = check(tree, "hadolint", "Dockerfile")
    clean, _ = check(tree, "hadolint", "Dockerfile")

    assert (faulty, clean) == (1, 0), said


@pytest.mark.parametrize(
    "faulty",
    [
        "services:\n  web:\n    imagee: synthesize-me\n",
        "services:\n  web:\n    image: synthesize-me\n    ports: 8000\n",
        "service:\n  web:\n    image: synthesize-me\n",
    ],
)
def test_a_fault_of_the_composition_is_caught(tree, faulty):
    with planted(tree, {"compose.yaml": faulty}):
        code, said = check(tree, "python", "scripts/check_compose.py", "compose.yaml")
    clean, _ = check(tree, "python", "scripts/check_compose.py", "compose.yaml")

    assert (code, clean) == (1, 0), said


@pytest.mark.parametrize(
    ("faulty", "named"),
    [
        ("import warnings\n\n\ndef test_warns():\n    warnings.warn('look out', stacklevel=1)\n", "UserWarning"),
        ("import pytest\n\n\n@pytest.mark.no_such_mark\ndef test_marked():\n    pass\n", "no_such_mark"),
    ],
)
def test_a_warning_or_an_unknown_mark_fails_a_test(tree, faulty, named):
    with planted(tree, {"tests/test_planted.py": faulty}):
        code, said = check(tree, "python", "-m", "pytest", "-q", "tests/test_planted.py")

    assert code != 0
    assert named in said


def test_make_check_runs_every_one_of_them():
    listed = (ROOT / "scripts/check").read_text(encoding="utf-8")

    for program in (
        "ruff check",
        "ruff format",
        "mypy",
        "lint-imports",
        "djlint",
        "check_templates.py",
        "hadolint",
        "check_compose.py",
    ):
        assert program in listed

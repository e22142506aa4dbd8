"""What importing the program does: little, and nothing over the network."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.architecture.tree import ROOT

WATCH = """
import json, sys
reached = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
        reached.append([event, repr(arguments[-1])[:120]])
sys.addaudithook(watch)
"""


def in_a_new_process(program: str) -> dict[str, list[str]]:
    """What `program` reached for over the network, and the modules that were loaded at its end."""
    told = "\nprint(json.dumps({'reached': reached, 'loaded': sorted(sys.modules)}))"
    done = subprocess.run(
        [sys.executable, "-c", WATCH + program + told],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_the_web_application_loads_neither_the_job_engine_nor_a_models_library():
    loaded = in_a_new_process("import app.main")["loaded"]

    assert {"dbos", "litellm", "openai", "xllamacpp"} & set(loaded) == set()


def test_the_command_line_loads_almost_nothing_before_it_knows_the_command():
    loaded = in_a_new_process("import app.__main__")["loaded"]

    assert {"dbos", "litellm", "openai", "xllamacpp", "fastapi", "sqlalchemy", "jinja2"} & set(loaded) == set()


def test_loading_the_models_library_reaches_for_nothing_over_the_network():
    seen = in_a_new_process("from app.adapters import language_models\nlanguage_models.library()")

    assert "litellm" in seen["loaded"]
    assert seen["reached"] == []


def test_neither_the_web_nor_the_worker_reaches_for_anything_when_loaded():
    assert in_a_new_process("import app.main, app.jobs.worker, app.__main__")["reached"] == []


def test_the_price_of_a_model_is_looked_up_without_the_network():
    seen = in_a_new_process(
        "from app.adapters.prices import caps_of\nfrom app.settings import Settings\n"
        "assert caps_of(Settings(_env_file=None)).price_of('openai/gpt-4o-mini').prompt > 0"
    )

    assert seen["reached"] == []

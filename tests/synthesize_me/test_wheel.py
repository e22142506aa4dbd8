"""What the wheel holds, what importing the library loads, and that the example runs. `make wheel` installs it for real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile

from tests.architecture.tree import ROOT, files
from tests.stand_in import stand_in

DESCRIBED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_importing_the_library_loads_no_web_server_database_or_models_library():
    program = "import json, sys, synthesize_me; print(json.dumps(sorted(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    loaded = set(json.loads(done.stdout))
    assert "synthesize_me.aio" in loaded
    assert not loaded & {"fastapi", "uvicorn", "sqlmodel", "sqlalchemy", "dbos", "jinja2", "litellm"}


def test_the_wheel_holds_the_code_and_every_folder_that_the_code_looks_for(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]

    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)

    (wheel,) = tmp_path.glob("synthesize_me-*.whl")
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
        entry_points = next(opened.read(name) for name in opened.namelist() if name.endswith("entry_points.txt"))
    ours = {path.relative_to(ROOT).as_posix() for name in ("app", "synthesize_me") for path in files(under=name)}
    beside = {
        f"app/{path.relative_to(ROOT).as_posix()}"
        for name in ("migrations", "static", "templates")
        for path in files(under=name)
    }
    assert held == ours | beside
    assert b"synthesize-me = app.__main__:run" in entry_points


def test_the_core_depends_on_no_web_server_database_or_models_library():
    core = " ".join(DESCRIBED["project"]["dependencies"])

    assert not [name for name in ("fastapi", "uvicorn", "sql", "dbos", "litellm", "xllamacpp") if name in core]


def test_a_module_of_the_same_name_that_stands_before_ours_is_named(tmp_path):
    (tmp_path / "app.py").write_text("", encoding="utf-8")
    program = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]; import synthesize_me"

    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "Another module named `app`" in done.stderr


def test_a_command_whose_part_is_not_installed_says_which_to_install():
    hidden = "import sys; sys.modules['sqlalchemy'] = sys.modules['alembic'] = None; sys.argv = ['synthesize-me', 'migrate']\n"

    done = subprocess.run(
        [sys.executable, "-c", hidden + "from app.__main__ import run; run()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert "pip install 'synthesize-me[server]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_example_runs_from_choices_to_a_saved_persona(tmp_path):
    with stand_in() as model:
        done = subprocess.run(
            [sys.executable, ROOT / "examples" / "first_persona.py"],
            cwd=tmp_path,
            env={**os.environ, "MODEL_URL": model.url, "MODEL_NAME": "stand-in", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert "12 of 16 choices taught this persona and were left out." in done.stdout
    assert "\nfirst " in done.stdout
    assert json.loads((tmp_path / "persona.json").read_text(encoding="utf-8"))["traits"]

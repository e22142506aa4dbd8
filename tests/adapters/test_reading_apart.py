"""Files and large pastes are read by a real process of their own, and what it dies of is told in a sentence with the limit."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from app.adapters.parquet_rows import parquet_rows
from app.adapters.reading_apart import child, parent
from app.adapters.reading_apart.parent import KNOWN, Limits
from app.domain.errors import BadInput, NothingUsable, SeveralPeople, TooLarge
from app.domain.transcripts.pairs_file import pairs_file
from app.domain.transcripts.pasted.text import read_conversation

CASES = sorted((Path(__file__).parents[1] / "samples" / "cases").iterdir())
ROW = {"prompt": "Why is the sky blue? ", "chosen": "Rayleigh scattering. ", "rejected": "Because. "}


def many(rows: int, length: int) -> bytes:
    """A file of so many rows, each answer of about so many characters."""
    texts = {name: text * (length // len(text) + 1) for name, text in ROW.items()}
    return "\n".join(json.dumps({**texts, "prompt": f"{number} {ROW['prompt']}"}) for number in range(rows)).encode()


@contextmanager
def file_of(data: bytes) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        yield file


def outcome(read: object) -> tuple[str, str, object]:
    """What reading gives, or what it is refused with."""
    try:
        return "", "", read()  # type: ignore[operator]
    except BadInput as refused:
        return type(refused).__name__, str(refused), getattr(refused, "people", None)


@pytest.mark.exhaustive
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_file_read_apart_is_what_it_is_when_read_here(case: Path) -> None:
    data = case.read_bytes()

    with file_of(data) as file:
        apart = outcome(lambda: parent.read_pairs(file, "", KNOWN))

    assert apart == outcome(lambda: pairs_file(data, "", parquet_rows))


def test_a_paste_read_apart_is_what_it_is_when_read_here() -> None:
    text = "Kopf\n\nYou said:\nWhy? \ud83d\ude00é\n\nChatGPT said:\nBecause.\n" * 300

    assert parent.read_pasted(text, KNOWN) == read_conversation(text)


def test_a_file_of_several_people_names_them_from_apart() -> None:
    rows = b"\n".join(json.dumps({**ROW, "user_id": name, "prompt": name}).encode() for name in ("ana", "bo"))

    with file_of(rows) as file, pytest.raises(SeveralPeople) as refused:
        parent.read_pairs(file, "", KNOWN)

    assert refused.value.people == {"ana": 1, "bo": 1}


LIMITS = {
    "memory": (Limits(memory=60), many(2_000, 3_000), "more than 60 MB of memory"),
    "result": (Limits(result=1), many(300, 3_000), "more than 1 MB, which"),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("limit", sorted(LIMITS))
def test_a_file_that_passes_a_limit_is_refused_with_the_limit_named(limit: str) -> None:
    limits, data, words = LIMITS[limit]

    with file_of(data) as file, pytest.raises(TooLarge) as refused:
        parent.read_pairs(file, "", limits)

    assert words in str(refused.value)
    assert "Nothing was stored." in str(refused.value)


ENDLESS = {
    "processor": ("while True: pass", Limits(cpu_seconds=1), "more than 1 seconds of a processor"),
    "time": ("import time; time.sleep(600)", Limits(seconds=1), "more than 1 seconds, which"),
    "memory": (
        "found = [b'x']\nwhile True: found.append(b'x' * 10_000_000)",
        Limits(memory=60),
        "more than 60 MB of memory",
    ),
}


@pytest.mark.parametrize("limit", sorted(ENDLESS))
def test_a_reader_without_end_is_ended_with_the_limit_named(
    limit: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source, limits, words = ENDLESS[limit]
    endless = tmp_path / "child.py"
    endless.write_text(
        f"import json, os, runpy\nreal = runpy.run_path({child.__file__!r})\n"
        "real['lay_limits_on'](**json.loads(os.environ['READ_JOB'])['limits'])\n"
        f"try:\n    exec({source!r})\nexcept MemoryError:\n    os._exit(real['OUT_OF_MEMORY'])\n"
    )
    monkeypatch.setattr(child, "__file__", str(endless))

    with file_of(b"x") as file, pytest.raises(TooLarge) as refused:
        parent.read_pairs(file, "", limits)

    assert words in str(refused.value)


def test_a_reader_that_breaks_down_is_told_and_its_process_is_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "child.py"
    broken.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(child, "__file__", str(broken))

    with file_of(many(1, 10)) as file, pytest.raises(NothingUsable, match="broke down over it"):
        parent.read_pairs(file, "", KNOWN)


def test_the_reading_process_sees_no_variable_of_ours_and_no_open_file_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    looking = tmp_path / "child.py"
    looking.write_text(
        "import json, os\n"
        "seen = [sorted(set(os.environ) - {'READ_JOB', 'LC_CTYPE'}), sorted(os.listdir('/proc/self/fd'))[:3], os.getcwd()]\n"
        "print(json.dumps({'refused': 'BadInput', 'why': json.dumps(seen), 'people': {}}))\n"
    )
    monkeypatch.setenv("MODEL_API_KEY", "a secret")
    monkeypatch.setattr(child, "__file__", str(looking))
    opened = os.open(tmp_path, os.O_RDONLY)

    with file_of(b"x") as file, pytest.raises(BadInput) as told:
        parent.read_pairs(file, "", KNOWN)
    os.close(opened)

    variables, _, folder = json.loads(str(told.value))
    assert variables == ["ARROW_DEFAULT_MEMORY_POOL", "OMP_NUM_THREADS"]
    assert folder == "/"


@pytest.mark.slow
def test_a_parquet_file_is_read_within_the_memory_allowed() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    held = io.BytesIO()
    rows = [{**ROW, "prompt": f"{number}?", "chosen": "long " * 400} for number in range(3_000)]
    parquet.write_table(pyarrow.Table.from_pylist(rows), held)

    with file_of(held.getvalue()) as file:
        assert parent.read_pairs(file, "", KNOWN).found == 3_000

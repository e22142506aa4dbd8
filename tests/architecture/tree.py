"""The working tree as the architecture tests see it: what is ours, and small copies of it to plant faults in."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_OURS = frozenset(
    {
        ".git",
        ".venv",
        ".tools",
        "__pycache__",
        ".hypothesis",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".import_linter_cache",
        "htmlcov",
        "node_modules",
        "synthesize_me.egg-info",
    }
)
"""Folders that are made on this machine and never committed; so is `data` at the top."""


def files(*suffixes: str, root: Path = ROOT, under: str = "") -> list[Path]:
    """Our files below `root/under`, sorted; only those with one of `suffixes` where any is given."""
    found = _walk(root / under, root / "data")
    return sorted(path for path in found if not suffixes or path.suffix in suffixes)


def _walk(folder: Path, left_out: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir():
            if path.name not in NOT_OURS and path != left_out:
                yield from _walk(path, left_out)
        elif path.name not in {".env", ".git"}:  # `.git` is a file in a worktree
            yield path


def syntax(path: Path) -> ast.Module:
    text = path.read_text(encoding="utf-8")
    try:
        return ast.parse(text, str(path))
    except SystemError:
        # "AST constructor recursion depth mismatch": CPython 3.11 miscounts where another thread compiles meanwhile.
        return ast.parse(text, str(path))


def imported(module: ast.Module) -> Iterator[str]:
    """Dotted names of everything a module imports, those inside functions too; relative imports as they stand."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def copy_of_the_tree(target: Path, parts: Iterable[str]) -> Path:
    """`target` with copies of the named files and folders in it; nothing that was made on this machine."""
    for part in parts:
        source, copy = ROOT / part, target / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns(*NOT_OURS), dirs_exist_ok=True)
        else:
            shutil.copy2(source, copy)
    return target


@contextmanager
def planted(tree: Path, faulty: Mapping[str, str]) -> Iterator[None]:
    """`tree` with the named files written over or added; as it was before, afterwards."""
    before = {name: (tree / name).read_bytes() if (tree / name).exists() else None for name in faulty}
    try:
        for name, text in faulty.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text, encoding="utf-8")
        yield
    finally:
        for name, content in before.items():
            if content is None:
                (tree / name).unlink()
            else:
                (tree / name).write_bytes(content)

"""Rules of this project that no bought checker knows, each a function from a tree to the sentences it has against it."""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections import Counter
from pathlib import Path

from tests.architecture.tree import files, imported, syntax

CORE = ("app/domain", "app/induction")
MAY_BE_IMPORTED_BY_CORE = ("app.domain", "app.induction")
LONGEST_FILE = 300
FULLEST_FOLDER = 30
VENDORED = ("static/vendor", "static/fonts")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home/[a-z]\w*)/")
ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)")
NOBODYS_HOST = re.compile(r"(127|10|192\.168)\.[\d.]+|[\w-]+|.*\.(example|test|testserver|invalid|lan|local)")
"""Loopback, private addresses, single words and the names kept for examples: none of them is somebody's machine."""
TEXT_SUFFIXES = (".py", ".md", ".toml", ".yaml", ".yml", ".html", ".css", ".js", ".txt", ".cff", ".ini", ".lock", "")


def core_imports(root: Path) -> list[str]:
    """`domain` and `induction` import the standard library and their own, in functions too."""
    found = []
    for folder in CORE:
        for path in files(".py", root=root, under=folder):
            for name in imported(syntax(path)):
                is_standard = name.split(".")[0] in sys.stdlib_module_names
                is_own = any(name == own or name.startswith(own + ".") for own in MAY_BE_IMPORTED_BY_CORE)
                if not (is_standard or is_own):
                    found.append(f"{path.relative_to(root)} imports {name}")
    return found


def unsafe_templates(root: Path) -> list[str]:
    """Templates end in .html (others are not escaped) and switch escaping off nowhere."""
    found = []
    for path in files(root=root, under="templates"):
        text = path.read_text(encoding="utf-8")
        where = path.relative_to(root)
        if path.suffix != ".html":
            found.append(f"{where} does not end in .html, so nothing in it would be escaped")
        if re.search(r"\|\s*safe\b", text):
            found.append(f"{where} uses |safe")
        if re.search(r"\{%-?\s*autoescape\s+false", text):
            found.append(f"{where} switches escaping off")
        if re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*[\"']|\sstyle\s*=\s*[\"']|\bhx-on|[\"']js:", text):
            found.append(f"{where} holds script or style in the page, which the security policy blocks")
    return found


def unsafe_calls(root: Path) -> list[str]:
    """No markup trusted by hand, templates from strings, SQL from f-strings, pickles, unchecked TLS or raw Markdown."""
    found = []
    for path in files(".py", root=root, under="app"):
        for node in ast.walk(syntax(path)):
            fault = _unsafe(node)
            if fault:
                found.append(f"{path.relative_to(root)}:{getattr(node, 'lineno', 0)} {fault}")
    return found


def _unsafe(node: ast.AST) -> str:
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
        if {"pickle", "marshal", "shelve", "dill", "cloudpickle"} & {name.split(".")[0] for name in names}:
            return "loads pickles: anybody who can write the file can run code"
    if not isinstance(node, ast.Call):
        return ""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    owner = getattr(node.func.value, "id", "") if isinstance(node.func, ast.Attribute) else ""
    first = node.args[0] if node.args else None
    if name == "from_string":
        return "makes a template from a string"
    if name == "MarkdownIt" and not (isinstance(first, ast.Constant) and first.value == "js-default"):
        return 'makes a MarkdownIt without the "js-default" preset, which lets HTML through'
    if owner == "yaml" and name in {"load", "unsafe_load", "full_load"}:
        return "loads YAML that may build objects"
    if any(word.arg == "verify" and getattr(word.value, "value", None) is False for word in node.keywords):
        return "switches the check of certificates off"
    if name in {"text", "exec_driver_sql", "execute"} and isinstance(first, ast.JoinedStr | ast.BinOp):
        pieces = [node.value for node in ast.walk(first) if isinstance(node, ast.FormattedValue)]
        are_constants = bool(pieces) and all(isinstance(piece, ast.Name) and piece.id.isupper() for piece in pieces)
        is_pragma = ast.unparse(first).lstrip("f'\"").startswith("PRAGMA ")  # takes no parameters
        return "" if are_constants or is_pragma else "builds SQL from pieces of text"
    return ""


def trusted_markup(root: Path) -> list[str]:
    """`Markup(` only where Markdown has just been cleaned by nh3: app/web/showing/rendering.py, or a file it is split into."""
    found = []
    for path in files(".py", root=root, under="app"):
        if "Markup(" in path.read_text(encoding="utf-8") and "nh3" not in path.read_text(encoding="utf-8"):
            found.append(f"{path.relative_to(root)} trusts markup that nothing has cleaned there")
    return found


def long_files(root: Path, allowed: dict[str, str]) -> list[str]:
    """Python files, scripts and templates past 300 lines without a reason in `allowed`, and reasons no longer needed."""
    found, long = [], set()
    for path in files(".py", ".js", ".html", root=root):
        where = path.relative_to(root).as_posix()
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE and not where.startswith(VENDORED):
            long.add(where)
            if where not in allowed:
                found.append(f"{where} has {lines} lines: split it, or give the reason in test_rules.py")
    found += [f"{where} is no longer long: drop its reason" for where in allowed if where not in long]
    return found


def crowded_folders(root: Path) -> list[str]:
    """Folders of `app` and `tests` with more than 30 modules of their own: such a folder gets inner rooms."""
    modules = [path for folder in ("app", "tests") for path in files(".py", root=root, under=folder)]
    counts = Counter(path.parent.relative_to(root).as_posix() for path in modules)
    return [f"{where} has {count} modules" for where, count in counts.items() if count > FULLEST_FOLDER]


def machine_paths(root: Path) -> list[str]:
    """No path of somebody's machine in anything committed."""
    found = []
    for path in _texts(root):
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if MACHINE_PATH.search(line):
                found.append(f"{path.relative_to(root)}:{number} names a path of one machine: {line.strip()[:80]}")
    return found


def unknown_hosts(root: Path, known: frozenset[str]) -> list[str]:
    """Every host that an address in our files names is known; so no mirror or registry slips in."""
    found = []
    for path in _texts(root):
        for host in ADDRESS.findall(path.read_text(encoding="utf-8", errors="replace")):
            bare = host.rstrip(".").lower()
            if bare and bare not in known and not NOBODYS_HOST.fullmatch(bare):
                found.append(f"{path.relative_to(root)} names the host {bare}")
    return sorted(set(found))


def _texts(root: Path) -> list[Path]:
    skipped = ("tests/samples/", "tests/architecture/samples/", "static/vendor/", "static/fonts/", "app/samples/")
    return [
        path for path in files(*TEXT_SUFFIXES, root=root) if not path.relative_to(root).as_posix().startswith(skipped)
    ]


def changed_vendored(root: Path) -> list[str]:
    """Each folder of what we took from others is, licences included, byte for byte what its CHECKSUMS lists."""
    found = []
    for name in VENDORED:
        folder = root / name
        lines = (folder / "CHECKSUMS").read_text(encoding="utf-8").splitlines()
        listed = {line.split(maxsplit=1)[1].lstrip("*"): line.split()[0] for line in lines if line}
        there = {path.relative_to(folder).as_posix(): path for path in files(root=folder) if path.name != "CHECKSUMS"}
        found += [f"{name}/{gone} is listed but missing" for gone in listed.keys() - there.keys()]
        found += [f"{name}/{new} is not in CHECKSUMS" for new in there.keys() - listed.keys()]
        found += [
            f"{name}/{both} is not the file that was pinned"
            for both in listed.keys() & there.keys()
            if hashlib.sha256(there[both].read_bytes()).hexdigest() != listed[both]
        ]
    return sorted(found)


def undocumented_modules(root: Path) -> list[str]:
    """Each module of the application says in its first lines what lives there (empty package files aside)."""
    return [
        f"{path.relative_to(root)} does not say what lives there"
        for path in files(".py", root=root, under="app")
        if syntax(path).body and not ast.get_docstring(syntax(path))
    ]


def vague_names(root: Path) -> list[str]:
    """No utils, helpers or managers: a file is named after what it is about."""
    return [
        f"{path.relative_to(root)} is named after nothing"
        for path in files(".py", root=root)
        if re.search(r"(^|_)(utils?|helpers?|managers?|misc|common)$", path.stem)
    ]

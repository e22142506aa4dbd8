"""Another implementation's runner, started once for each person and number of choices, its line stamped to stand beside ours.

A runner is any command that obeys the comparison contract (README.md).
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.endpoint import Endpoint
from bench.runner import Line, Person

MUST_HAVE = ("impl", "user", "n", "calls", "prompt_tokens", "completion_tokens", "wall_s", "error")
"""`accuracy`, `fit` and `eval` may be missing where the runner's own run failed, which its `error` then tells."""


class BrokenContract(Exception):
    """A runner that cannot be started, or printed something else than the line it was asked for."""


def run_beside(command: str, endpoint: Endpoint, data: Path, person: Person) -> Line:
    """The runner's line about this person, marked with `beside`, and with `data` and `person` as our lines have them.

    It is given `--endpoint --data --user --n --tests`; what it says on stderr is let through. Of its output the last
    line counts, so that a package may chat before. Raises BrokenContract.
    """
    n, tests = len(person.learnt), len(person.unseen)
    asked = ("--endpoint", endpoint.base, "--data", data, "--user", person.user, "--n", n, "--tests", tests)
    try:
        ended = subprocess.run(
            [*shlex.split(command), *map(str, asked)], stdout=subprocess.PIPE, text=True, errors="replace", check=False
        )
    except OSError as error:
        raise BrokenContract(f"{command!r} cannot be started: {error.strerror or error}.") from error
    printed = ended.stdout.strip().splitlines()
    try:
        line = dict(json.loads(printed[-1]))
    except (IndexError, ValueError, TypeError) as error:
        raise BrokenContract(
            f"{command!r} printed no JSON line about {person.user}, N={n}, and ended with status {ended.returncode}."
        ) from error
    missing = [name for name in MUST_HAVE if name not in line]
    if missing:
        raise BrokenContract(f"The line of {command!r} about {person.user}, N={n} lacks {', '.join(missing)}.")
    if (str(line["user"]), line["n"]) != (person.user, n):
        raise BrokenContract(
            f"{command!r} was asked about {person.user}, N={n} and answered about {line['user']}, N={line['n']}."
        )
    return {**line, "data": person.source, "person": person.identity, "beside": command}


def write_people(people: Iterable[Person], folder: Path) -> Mapping[str, Path]:
    """A file of preferences for each source of simulated people, by that source: what a runner is given as --data."""
    by_source: dict[str, list[Person]] = {}
    for person in people:
        by_source.setdefault(person.source, []).append(person)
    files = {source: folder / f"{source}.jsonl" for source in by_source}
    for source, path in files.items():
        rows = [row for person in by_source[source] for row in (*person.learnt, *person.unseen)]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return files

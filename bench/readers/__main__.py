"""`python -m bench.readers FOLDER`: ten real people learnt and judged by strong readers, beside counting and the longer answer.

    python -m bench.readers FOLDER --answers answers.jsonl                  # what was read, as a table; asks nobody
    python -m bench.readers FOLDER --answers answers.jsonl --queue WORK     # writes prompts into WORK/queue/ROLE, waits for WORK/answers

FOLDER has the preference files of the people (people.py). A role is one reader: `learn` sees choices, `votes` sees none, each arm has its
own and `ARM-again` the other order of what was left nearly open, and `separates` says which of two answers a trait speaks for. About 2 prompts
a person to learn, 3 to vote and 2 for what separates, one a decision and arm. `--beside` adds ways of earlier code to the table: lines of
JSON, `{"way": "traits of before", "pair": "...", "log_odds": 0.4}`, as `--save` writes them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from bench.readers.asking import ASKED, Judged, judged
from bench.readers.people import PEOPLE, people_in
from bench.readers.port import Readers, kept
from bench.readers.table import table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the preference files are")
    parser.add_argument("--answers", type=Path, required=True, help="the file of what was read, a line each")
    parser.add_argument("--queue", type=Path, help="where prompts that nobody has answered are put and waited for")
    parser.add_argument("--arms", nargs="+", choices=ASKED, default=ASKED, help="arms that are asked; by default all")
    parser.add_argument("--save", type=Path, help="a file for the log-odds of every way and choice")
    parser.add_argument("--beside", type=Path, help="such a file, of ways that stand below the others in the table")
    options = parser.parse_args()
    for name in PEOPLE:
        if not (options.folder / f"{name}.jsonl").is_file():
            parser.error(f"{options.folder} has no {name}.jsonl, where some of the people are")
    readers = Readers(kept(options.answers), options.queue, options.answers)
    people = asyncio.run(judged(list(people_in(options.folder)), readers, options.arms))
    for one in people:
        print(f"{one.person.user}: {len(one.person.train)} choices learnt, {len(one.person.tests)} decisions tested")
        for trait in one.traits:
            print(
                f"  {trait.text} ({len(trait.supporting)} for, {len(trait.opposing)} against, weight {trait.weight:.2f})"
            )
    print("\n".join(table(people, _beside(options.beside))))
    if options.save:
        options.save.write_text("".join(_lines(people)), encoding="utf-8")
    return 0


def _beside(file: Path | None) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines() if file else ()):
        found.setdefault(row["way"], {})[row["pair"]] = row["log_odds"]
    return found


def _lines(people: Sequence[Judged]) -> list[str]:
    return [
        json.dumps({"way": way, "pair": pair.pair_id, "log_odds": odds}) + "\n"
        for one in people
        for way, said in one.log_odds.items()
        for pair, odds in zip(one.person.tests, said, strict=True)
        if odds is not None
    ]


if __name__ == "__main__":
    raise SystemExit(main())

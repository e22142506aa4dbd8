"""The recipes side by side, and beside any other runner's lines: calls, tokens, time and accuracy, with intervals.

    python -m bench.induction                                     our stand-in, 16 simulated people, every recipe
    python -m bench.induction --people 4 --ns 15 --seeds 1        a first look, in two minutes
    python -m bench.induction --endpoint http://127.0.0.1:8911 --data a.jsonl b.jsonl --recipes traits \\
        --reference a-runs.jsonl b-runs.jsonl --out ours.jsonl    beside another implementation, on its data
    python -m bench.induction --data a.jsonl --beside "their-python their_runner.py"    both in one sweep, one endpoint
    python -m bench.induction --faults --recipes traits --ns 15   the same under errors, a rate limit, unusable text
    python -m bench.induction --real choices.jsonl                calls, tokens and time on real choices
    python -m bench.induction --recipes traits --judging both_orders,stacked --slot-tokens 16384
                                                                  a model asked one pair a call beside one asked several

People go one after the other, so that the wall time of each is its own. `--out` keeps every line; what stands there
already is not run again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from app.induction.model.language_model import Judging
from app.services.calling.model_calls import Completer
from bench import faults, runs
from bench.beside import BrokenContract, run_beside, write_people
from bench.endpoint import Endpoint, endpoint_at, own_stand_in
from bench.people import WITH_A_TASTE, rows
from bench.runner import RECIPES, SLOT_TOKENS, USUAL_FORM, Line, Person, measure, model_at, read_people

_MOST_CHOICES = 30


@dataclass(frozen=True, slots=True)
class Trial:
    """One run to make: a person cut to size, a recipe of ours or the command of another runner, a seed, a fault or
    `faults.CLEAN`, and the form in which our model judges."""

    person: Person
    recipe: str
    seed: int
    fault: str
    beside: str = ""
    judging: Judging = USUAL_FORM

    @property
    def key(self) -> tuple[str, ...]:
        person, way = self.person, self.beside or self.recipe
        return (person.source, person.user, str(len(person.learnt)), way, str(self.seed), self.fault, self.judging)


def key_of(line: Line) -> tuple[str, ...]:
    """Which trial a line came from."""
    way = "beside" if line.get("beside") else "recipe"
    known = tuple(str(line[name]) for name in ("data", "user", "n", way, "seed", "fault"))
    return (*known, str(line.get("judging", USUAL_FORM)))


def simulated(people: int, tests: int, draw: int) -> list[Person]:
    """Our own people with the texts of one draw; a person is the same in every draw."""
    by_user: dict[str, list[dict[str, Any]]] = {}
    for row in rows(WITH_A_TASTE, people, _MOST_CHOICES + tests, tests, draw):
        by_user.setdefault(row["user_id"], []).append(row)
    return [
        Person(
            user,
            tuple(row for row in mine if row["split"] == "train"),
            tuple(row for row in mine if row["split"] == "test"),
            f"draw-{draw}",
            user,
        )
        for user, mine in by_user.items()
    ]


def trials(options: argparse.Namespace) -> Iterator[Trial]:
    """Every run to make, those of one number of choices together."""
    groups = _people(options)
    named = (faults.CLEAN, *faults.FAULTS) if options.faults else (faults.CLEAN,)
    for n in options.ns:
        for seed, people in groups:
            # A fault after the other, so that a rate limit is met by one run right after the other.
            for fault in named:
                able = [one.first(n, options.tests) for one in people if len(one.learnt) >= n][: options.people]
                for recipe in options.recipes:
                    for judging in options.judging:
                        yield from (Trial(person, recipe, seed, fault, judging=judging) for person in able)
                for command in options.beside:
                    yield from (Trial(person, "", seed, fault, command) for person in able)


def run_all(
    endpoint: Endpoint,
    planned: Sequence[Trial],
    out: Path | None,
    model_at_hand: Callable[[Judging], Completer],
    files: Mapping[str, Path],
) -> list[Line]:
    """The lines of all trials, those in `out` read and not run again.

    `files` holds the people of each source as other runners are given them. Raises BrokenContract.
    """
    done = {key_of(line): line for line in runs.read_lines(out)} if out and out.exists() else {}
    models: dict[Judging, Completer] = {}
    lines: list[Line] = []
    for number, trial in enumerate(planned, start=1):
        line = done.get(trial.key)
        if line is None:
            if trial.beside:
                line = {**run_beside(trial.beside, endpoint, files[trial.person.source], trial.person), **_marks(trial)}
            else:
                if trial.judging not in models:
                    models[trial.judging] = model_at_hand(trial.judging)
                line = {**_run(endpoint, models[trial.judging], trial), **_marks(trial)}
            if out:
                with out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
            told = f"{line['impl']} calls {line['calls']} wall {line['wall_s']} accuracy {line.get('accuracy')} {line['error'] or ''}"
            print(f"{number}/{len(planned)} {' '.join(trial.key)}: {told}", file=sys.stderr, flush=True)
        lines.append(line)
    return lines


def reference_lines(files: Sequence[Path], data: Sequence[Path]) -> list[dict[str, Any]]:
    """Lines of other runners, a file of them for each data file, or none; lines that name no data belong to that one."""
    beside = zip(files, data, strict=True) if files else ()
    return [line for path, about in beside for line in runs.read_lines(path, about.stem)]


def report(lines: Sequence[Line], reference: Sequence[Line], options: argparse.Namespace) -> str:
    """Everything that is printed."""
    if options.faults:
        return faults.table(lines)
    clean = [line for line in lines if line["fault"] == faults.CLEAN and not line.get("beside")]
    beside = [line for line in lines if line.get("beside")]
    theirs = [line for line in (*beside, *reference) if line["n"] in options.ns]
    against = str(theirs[0]["impl"]) if theirs else str(clean[0]["impl"]) if clean else ""
    asked = {runs.question_of(line) for line in clean}
    theirs = [line for line in theirs if runs.question_of(line) in asked] if clean else theirs
    # The targets are for our own ways; the paper's recipes stand beside them as they are.
    aimed = [line for line in clean if not line["recipe"].startswith("paper")]
    return f"{runs.table([*theirs, *clean], against)}\n\n{runs.targets(aimed, theirs)}"


def _run(endpoint: Endpoint, model: Completer, trial: Trial) -> Line:
    rates = faults.FAULTS.get(trial.fault)
    return measure(endpoint, model, trial.person, recipe=trial.recipe, seed=trial.seed, rates=rates)


def _marks(trial: Trial) -> Line:
    return {"seed": trial.seed, "fault": trial.fault}


def _people(options: argparse.Namespace) -> list[tuple[int, list[Person]]]:
    """(seed, people) for each draw of our own people, or each file."""
    if options.real:
        return [(0, [one.first(len(one.learnt), 0) for path in options.real for one in read_people(path)])]
    if options.data:
        return [(seed, read_people(path)) for seed, path in enumerate(options.data)]
    return [(draw, simulated(options.people, options.tests, draw)) for draw in range(options.seeds)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", default="", help="any metered model; default: the repository's own, started here")
    parser.add_argument("--latency-ms", type=float, default=200, help="of the repository's own")
    parser.add_argument("--model", default="mock-llm")
    parser.add_argument(
        "--data", type=Path, nargs="*", default=[], help="files of preferences; each is a seed of its own"
    )
    parser.add_argument("--real", type=Path, nargs="*", default=[], help="files of real choices; nothing is judged")
    parser.add_argument(
        "--reference", type=Path, nargs="*", default=[], help="lines of another runner, a file for each of --data"
    )
    parser.add_argument(
        "--beside",
        action="append",
        default=[],
        metavar="COMMAND",
        help="another implementation's runner, run on the same people in the same sweep (README.md); may be repeated",
    )
    parser.add_argument("--recipes", type=_names, default=list(RECIPES), help="comma list; the first is compared with")
    parser.add_argument(
        "--judging",
        type=_forms,
        default=[USUAL_FORM],
        help="comma list of forms in which the model judges: each a way of its own",
    )
    parser.add_argument("--slot-tokens", type=int, default=SLOT_TOKENS, help="of the model, prompt and answer together")
    parser.add_argument("--ns", type=_numbers, default=[5, 10, 15, 30], help="comma list: choices to learn from")
    parser.add_argument("--people", type=int, default=16)
    parser.add_argument("--seeds", type=int, default=2, help="draws of texts for our own people")
    parser.add_argument("--tests", type=int, default=30, help="unseen choices of each person")
    parser.add_argument("--faults", action="store_true", help="repeat every run under faults")
    parser.add_argument("--out", type=Path, help="keep the lines here")
    options = parser.parse_args()
    data = options.data or options.real
    if options.reference and len(options.reference) != len(data):
        parser.error("--reference takes as many files as --data (or --real), in the same order")
    if options.beside and options.faults:
        parser.error("--beside runs without faults: a runner resets the meter, and the faults with it")
    planned = list(trials(options))
    with contextlib.ExitStack() as stack:
        files: Mapping[str, Path] = {path.stem: path for path in data}
        if options.beside and not data:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-people-")))
            files = write_people((one for _, people in _people(options) for one in people), folder)
        if options.endpoint:
            endpoint = endpoint_at(options.endpoint)
        else:
            endpoint = stack.enter_context(own_stand_in(options.latency_ms))
        try:
            lines = run_all(
                endpoint,
                planned,
                options.out,
                lambda judging: model_at(endpoint, options.model, judging, options.slot_tokens),
                files,
            )
        except BrokenContract as broken:
            sys.exit(f"{broken} What was run before is kept in {options.out}." if options.out else str(broken))
    print(report(lines, reference_lines(options.reference, data), options))


def _names(text: str) -> list[str]:
    found = text.split(",")
    unknown = [name for name in found if name not in RECIPES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no recipe {', '.join(unknown)}; there are {', '.join(RECIPES)}")
    return found


def _forms(text: str) -> list[str]:
    found = text.split(",")
    unknown = [name for name in found if name not in get_args(Judging)]
    if unknown:
        raise argparse.ArgumentTypeError(f"no form {', '.join(unknown)}; there are {', '.join(get_args(Judging))}")
    return found


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


if __name__ == "__main__":
    main()

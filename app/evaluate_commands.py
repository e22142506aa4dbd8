"""The commands `evaluate ...`: what they are given, and what they print. What they do lives in services/evaluating.

Example: python -m app evaluate baselines choices.jsonl --out table --people 12 --minutes 60
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import supervisor
from app.commanding import Command, say
from app.domain.errors import BadInput, ModelUnavailable
from app.induction.model.language_model import ModelProfile, Prompt, Reply
from app.settings import Settings

if TYPE_CHECKING:
    from app.services.calling.model_calls import Completer
    from app.services.evaluating.asking import Asked
    from app.services.evaluating.questions import Outcome
    from app.services.evaluating.working import Advance

QUESTIONS = {
    "baselines": "how often each arm guesses unseen choices right, beside a judge who knows nothing of the person",
    "curve": "accuracy by the number of choices learnt from, and what one more is worth",
    "transfer": "what is learnt with one model and deployed with another, as a matrix",
    "agreement": "whether personas fit what their people say they want better than others' personas do",
}
"""What each answers. Their code is imported when one is asked, so that other commands start without it."""
NOTHING_SAID, STOPPED, INTERRUPTED = 1, 4, 130
"""Exit codes: the table is of nobody; --minutes or --calls ended it before all was judged; Ctrl-C did."""


def with_question(arguments: Sequence[str]) -> list[str]:
    """The arguments with `persona` put after `evaluate` where no question is named: the first form of the command."""
    given = list(arguments)
    if given[:1] == ["evaluate"] and given[1:2] not in (
        [name] for name in (*QUESTIONS, "persona", "table", "-h", "--help")
    ):
        given.insert(1, "persona")
    return given


def add_questions(
    parser: argparse.ArgumentParser,
    add_model: Callable[[argparse.ArgumentParser], None],
    persona: Command,
    add_persona_terms: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Puts the questions under `evaluate`; `persona` judges one persona file by the terms that are added to it, `add_model`
    adds the model's options."""
    questions = parser.add_subparsers(required=True, metavar="QUESTION")

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        added = questions.add_parser(name, help=text, description=text)
        added.set_defaults(command=command)
        return added

    added = add("persona", persona, "how often a persona's prompt predicts the choices in a file")
    add_persona_terms(added)
    add_model(added)
    for name, text in QUESTIONS.items():
        added = add(name, ask, text)
        added.set_defaults(question=name)
        _add_terms(added, name)
        add_model(added)
    added = add("table", table, "print the table of an --out folder again, without a model")
    added.add_argument("folder", type=Path)
    added.add_argument("--json", action="store_true", help="print the report as JSON")


def _add_terms(parser: argparse.ArgumentParser, question: str) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="preference files, several people in each")
    parser.add_argument("--out", type=Path, required=True, help="folder for calls, judgements, table and plot; resumed")
    parser.add_argument("--people", default="12", help="how many to draw, names with commas, or all (default 12)")
    if question != "curve":
        parser.add_argument("--train", type=int, default=15, help="most choices a person to learn from (default 15)")
    if question != "agreement":
        parser.add_argument("--tests", type=int, default=6, help="most unseen choices a person (default 6)")
    if question == "baselines":
        parser.add_argument("--arms", help="names with commas, of all that there are (default all)")
        parser.add_argument(
            "--nested", action="store_true", help="test by folds, not by the file's own split (default if it has none)"
        )
    if question in {"curve", "transfer"}:
        parser.add_argument("--arm", default="both", help="the one arm that is tested (default both)")
    if question == "curve":
        parser.add_argument("--sizes", default="3,5,8,10,15,30", help="numbers of choices (default 3,5,8,10,15,30)")
    if question == "transfer":
        parser.add_argument("--learn-with", required=True, help="models with commas, each a name or NAME@ADDRESS")
        parser.add_argument("--deploy-with", required=True, help="models with commas, each a name or NAME@ADDRESS")
    parser.add_argument("--recipe", default="traits", help="traits (the default), quick, paper-lean or paper")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, help="begin no further judgement after so many minutes")
    parser.add_argument("--calls", type=int, help="send at most so many calls, over all starts together")


def ask(options: argparse.Namespace, settings: Settings) -> int:
    """Answers a question and prints its table.

    0 all is judged, 1 the table is of nobody, 4 it was stopped by --minutes or --calls, 130 by Ctrl-C. Everything that can
    be checked is, before a model is fetched or asked; where no arm asks one, none is.
    """
    from app.adapters.configured import completer, key_is_left_out
    from app.adapters.model_check import usable
    from app.services.evaluating.questions import evaluate, outcome, prepared

    check_numbers(options)
    asked, chosen_by_name = _asked(options, settings)
    ready = prepared(asked, options.out)
    used = {name: chosen_by_name[name] for name in ready.models}
    said = Said()
    for line in key_is_left_out(settings, used.values()):
        said.line(line)
    for chosen in used.values():
        usable(completer(chosen), said.line)  # all of them, before the first is learned
    try:
        with contextlib.ExitStack() as models:
            completers = {name: _at_hand(chosen, models) for name, chosen in used.items()}
            answered = asyncio.run(
                evaluate(
                    ready,
                    options.out,
                    completers,
                    minutes=options.minutes,
                    most_calls=options.calls,
                    tell=said.advance,
                    say=said.line,
                )
            )
    except (KeyboardInterrupt, ModelUnavailable) as stop:
        if not (options.out / "plan.json").exists():
            # Nothing was begun: an empty folder would only be in the way.
            with contextlib.suppress(OSError):
                options.out.rmdir()
            raise
        is_refused = isinstance(stop, ModelUnavailable)
        if not (is_refused and options.json):
            # A refusal is a document of its own, and there is to be one only.
            _print(outcome(options.out), as_json=options.json)
        if is_refused:
            raise
        return INTERRUPTED
    _print(answered, as_json=options.json)
    said.line(f"written: {options.out / 'table.txt'} {options.out / 'report.json'} {options.out / 'plot.svg'}")
    if not answered.is_whole:
        return STOPPED
    return NOTHING_SAID if answered.is_empty else 0


def table(options: argparse.Namespace, _settings: Settings) -> int:
    """Prints the table of a folder again; 1 where it is of nobody."""
    from app.services.evaluating.questions import outcome

    found = outcome(options.folder)
    _print(found, as_json=options.json)
    return NOTHING_SAID if found.is_empty else 0


def _at_hand(chosen: Settings, models: contextlib.ExitStack) -> Completer:
    """The model of these settings, started where it is the embedded one, else learned where it is not known yet; what was
    started ends with `models`."""
    from app.adapters.configured import completer
    from app.services.calling.habits_file import known_by_file

    servers: list[supervisor.Child] = []
    reached = models.enter_context(supervisor.model_at_hand(chosen, servers.append))
    found = asyncio.run(known_by_file(completer(reached), reached, say))
    return Revived(found, servers[0]) if servers else found


def check_numbers(options: argparse.Namespace) -> None:
    """Refuses limits that nothing can be done in. Raises BadInput."""
    if options.minutes is not None and not 0 < options.minutes < math.inf:
        raise BadInput(
            f"--minutes {options.minutes:g} leaves no time. Give a number above 0, or leave it out for no limit."
        )
    if options.calls is not None and options.calls < 1:
        raise BadInput(
            f"--calls {options.calls} allows no call. Give a whole number from 1, or leave it out for no limit."
        )
    for option in ("arms", "arm", "people", "sizes", "learn_with", "deploy_with"):
        given = vars(options).get(option)
        if given is not None and not _names(given):
            raise BadInput(
                f"--{option.replace('_', '-')} names nothing. Leave it out, or see --help for what it takes."
            )


@dataclass(frozen=True, slots=True)
class Revived:
    """A completer over a model's server that this command started: in hours of work the server may die, and is started
    again by the next call."""

    inner: Completer
    server: supervisor.Child

    @property
    def profile(self) -> ModelProfile:
        return self.inner.profile

    async def complete(self, prompt: Prompt) -> Reply:
        self.server.start_if_ended()
        return await self.inner.complete(prompt)


class Said:
    """Progress on stderr, so that stdout holds nothing but the result: a line every few seconds at most."""

    SECONDS = 5.0

    def __init__(self) -> None:
        self._last = float("-inf")

    def advance(self, advance: Advance) -> None:
        import time

        now = time.monotonic()
        if now - self._last < self.SECONDS and advance.done < advance.total:
            return
        self._last = now
        left = f", about {_duration(advance.seconds_left)} left" if advance.seconds_left else ""
        detail = f" ({advance.detail})" if advance.detail else ""
        self.line(f"{advance.stage}: {advance.done} of {advance.total}{left}{detail}")

    def line(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


def _asked(options: argparse.Namespace, settings: Settings) -> tuple[Asked, dict[str, Settings]]:
    """The question, and the settings of each model that it names, by the name that is shown of it."""
    from app.adapters.configured import named
    from app.induction.proof.arms import ARMS
    from app.services.evaluating.asking import Asked

    given = vars(options)
    question = given["question"]
    try:
        sizes = tuple(int(size) for size in _names(given.get("sizes", "")))
    except ValueError as error:
        raise BadInput("--sizes takes whole numbers with commas, such as 3,5,10.") from error
    learners, judges = _names(given.get("learn_with", "")), _names(given.get("deploy_with", ""))
    models = named(settings, (*learners, *judges), options.model_api_base) if learners else {settings.model: settings}
    learn_with = tuple(dict.fromkeys(models[one].model for one in learners)) or (settings.model,)
    arms = ("persona",) if question == "agreement" else _names(given.get("arms") or given.get("arm") or "") or ARMS
    asked = Asked(
        question=question,
        files=tuple(options.files),
        learn_with=learn_with,
        judge_with=tuple(dict.fromkeys(models[one].model for one in judges)) or learn_with,
        people="" if options.people == "all" else options.people,
        tests=given.get("tests", 1),
        train=given.get("train", max(sizes, default=1)),
        nested=(True if given["nested"] else None) if "nested" in given else False,
        arms=arms,
        sizes=sizes,
        recipe=options.recipe,
        seed=options.seed,
    )
    return asked, {one.model: one for one in models.values()}


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _print(found: Outcome, *, as_json: bool) -> None:
    print(
        json.dumps(found.report, ensure_ascii=False, indent=2) if as_json else found.text,
        end="" if not as_json else "\n",
    )


def _duration(seconds: float) -> str:
    minutes = seconds / 60
    return f"{minutes / 60:.1f} hours" if minutes >= 90 else f"{max(1.0, minutes):.0f} min"

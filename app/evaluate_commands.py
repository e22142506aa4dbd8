"""The commands `evaluate ...`: what they are given, and what they print. What they do lives in services/evaluating.

Example: python -m app evaluate baselines choices.jsonl --out table --people 12 --minutes 60
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import supervisor
from app.children import Child
from app.commanding import Command, Exit, examples, run_until_stopped, say
from app.domain.errors import BadInput, ModelUnavailable
from app.evaluate_terms import EXAMPLES, QUESTIONS, add_terms, check_numbers, names
from app.induction.model.language_model import ModelProfile, Prompt, Reply
from app.settings import Settings

if TYPE_CHECKING:
    from app.services.calling.model_calls import Completer
    from app.services.evaluating.asking import Asked
    from app.services.evaluating.questions import Outcome
    from app.services.evaluating.working import Advance


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

    def add(name: str, command: Command, text: str, *lines: str) -> argparse.ArgumentParser:
        shown = examples(*(f"python -m app evaluate {name} {line}" for line in lines))
        added = questions.add_parser(name, help=text, description=text, epilog=shown)
        added.set_defaults(command=command)
        return added

    text = "how often a persona's prompt predicts the choices in a file that did not teach it"
    added = add("persona", persona, text, "more.jsonl --persona result/persona.json")
    add_persona_terms(added)
    add_model(added)
    for name, text in QUESTIONS.items():
        added = add(name, ask, text, *EXAMPLES[name])
        added.set_defaults(question=name)
        add_terms(added, name)
        add_model(added)
    added = add("table", table, "print the table of an --out folder again, without a model", "table --json")
    added.add_argument("folder", type=Path, metavar="FOLDER", help="what was given as --out")
    added.add_argument("--json", action="store_true", help="print the report as JSON")


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
    said, stopping = Said(quiet=options.quiet), threading.Event()
    for line in key_is_left_out(settings, used.values()):
        said.line(line)
    for chosen in used.values():
        usable(completer(chosen), said.line)  # all of them, before the first is learned
    try:
        with contextlib.ExitStack() as models:
            completers = {name: _at_hand(chosen, models, said.line) for name, chosen in used.items()}
            answered = run_until_stopped(
                evaluate(
                    ready,
                    options.out,
                    completers,
                    minutes=options.minutes,
                    most_calls=options.calls,
                    stopping=stopping,
                    tell=said.advance,
                    say=said.line,
                ),
                stopping.set,
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
        return Exit.STOPPED
    _print(answered, as_json=options.json)
    said.line(f"written: {options.out / 'table.txt'} {options.out / 'report.json'} {options.out / 'plot.svg'}")
    if not answered.is_whole:
        return Exit.STOPPED if stopping.is_set() else Exit.LIMIT
    return Exit.NOTHING if answered.is_empty else Exit.DONE


def table(options: argparse.Namespace, _settings: Settings) -> int:
    """Prints the table of a folder again; 1 where it is of nobody."""
    from app.services.evaluating.questions import outcome

    found = outcome(options.folder)
    _print(found, as_json=options.json)
    return Exit.NOTHING if found.is_empty else Exit.DONE


def _at_hand(chosen: Settings, models: contextlib.ExitStack, tell: Callable[[str], None]) -> Completer:
    """The model of these settings, started where it is the embedded one, else learned where it is not known yet; what was
    started ends with `models`."""
    from app.adapters.configured import completer
    from app.services.calling.habits_file import known_by_file

    servers: list[Child] = []
    reached = models.enter_context(supervisor.model_at_hand(chosen, servers.append))
    found = asyncio.run(known_by_file(completer(reached), reached, tell))
    return Revived(found, servers[0]) if servers else found


@dataclass(frozen=True, slots=True)
class Revived:
    """A completer over a model's server that this command started: in hours of work the server may die, and is started
    again by the next call."""

    inner: Completer
    server: Child

    @property
    def profile(self) -> ModelProfile:
        return self.inner.profile

    async def complete(self, prompt: Prompt) -> Reply:
        self.server.start_if_ended()
        return await self.inner.complete(prompt)


class Said:
    """Progress on stderr, so that stdout holds nothing but the result: a line every few seconds at most."""

    SECONDS = 5.0

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
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
        if not self._quiet:
            say(text)


def _asked(options: argparse.Namespace, settings: Settings) -> tuple[Asked, dict[str, Settings]]:
    """The question, and the settings of each model that it names, by the name that is shown of it."""
    from app.adapters.configured import named
    from app.induction.proof.arms import ARMS
    from app.services.evaluating.asking import Asked

    given = vars(options)
    question = given["question"]
    try:
        sizes = tuple(int(size) for size in names(given.get("sizes", "")))
    except ValueError as error:
        raise BadInput("--sizes takes whole numbers with commas, such as 3,5,10.") from error
    learners, judges = names(given.get("learn_with", "")), names(given.get("deploy_with", ""))
    models = named(settings, (*learners, *judges), options.model_api_base) if learners else {settings.model: settings}
    learn_with = tuple(dict.fromkeys(models[one].model for one in learners)) or (settings.model,)
    arms = ("prompt",) if question == "agreement" else names(given.get("arms") or given.get("arm") or "") or ARMS
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
        prior=options.prior,
    )
    return asked, {one.model: one for one in models.values()}


def _print(found: Outcome, *, as_json: bool) -> None:
    print(
        json.dumps(found.report, ensure_ascii=False, indent=2) if as_json else found.text,
        end="" if not as_json else "\n",
    )


def _duration(seconds: float) -> str:
    minutes = seconds / 60
    return f"{minutes / 60:.1f} hours" if minutes >= 90 else f"{max(1.0, minutes):.0f} min"

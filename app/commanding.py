"""What all commands have in common: how their arguments are refused, how they are stopped, and what they end with.

0 done; 1 no persona could be written, nothing could be judged, or an archive holds nothing of use; 2 refused: an argument, a setting, a file, a budget or the
database; 3 no model to be had; 4 an evaluation that its limits ended; 130 stopped by Ctrl-C or SIGTERM; 141 nobody reads the output any more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Callable, Coroutine
from enum import IntEnum
from typing import Any, NoReturn, TypeVar

from app.domain.errors import ModelUnavailable, ProblemError, RunCancelled
from app.settings import Settings

Command = Callable[[argparse.Namespace, Settings], int]
Result = TypeVar("Result")

STOP_SECONDS = 15.0
"""How long calls in flight may take to be answered after Ctrl-C; a second one does not wait."""
LARGEST_SEED = 2**31 - 1


class Exit(IntEnum):
    """What a command ends with."""

    DONE = 0
    NOTHING = 1
    REFUSED = 2
    NO_MODEL = 3
    LIMIT = 4
    STOPPED = 130
    NOBODY_READS = 141


EXITS = """a command ends with
  0    done
  1    no persona could be written, nothing could be judged, or an archive holds nothing of use
  2    refused: an argument, a setting, a file, a budget or the database
  3    no model to be had: none answers, a wrong key, most calls failed
  4    an evaluation that --minutes or --calls ended before all was judged
  130  stopped by Ctrl-C or SIGTERM
  141  nobody reads the output any more"""


def exit_of(problem: ProblemError) -> Exit:
    """The code for a refusal."""
    if isinstance(problem, ModelUnavailable):
        return Exit.NO_MODEL
    return Exit.STOPPED if isinstance(problem, RunCancelled) else Exit.REFUSED


class WrongArguments(Exception):
    """The command line cannot be understood; the text says why and where help is."""


class Arguments(argparse.ArgumentParser):
    """A parser that refuses in a sentence, and shows defaults and examples as they were written."""

    def __init__(self, *words: Any, **options: Any) -> None:
        super().__init__(*words, **{"formatter_class": argparse.RawDescriptionHelpFormatter, **options})

    def error(self, message: str) -> NoReturn:
        raise WrongArguments(f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` tells what it takes.")


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """The type of an argument that is a whole number between two."""

    def read(text: str) -> int:
        try:
            found = int(text)
        except ValueError:
            found = least - 1
        if not least <= found <= most:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is no whole number from {least:,} to {most:,}")
        return found

    return read


def say(line: str) -> None:
    """To stderr, so that standard output holds nothing but the result."""
    print(line, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """The one JSON document of a command, on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def tell_refusal(error: BaseException, code: Exit, *, as_json: bool, sentence: str = "") -> Exit:
    """Tells on stderr why a command ends with this code, and with --json on standard output for a program too.

    The error's notes are told after it: what is kept, and how to go on.
    """
    told = [sentence or str(error), *getattr(error, "__notes__", ())]
    for line in told:
        say(line)
    if as_json:
        print_json({"error": " ".join(told), "exit_code": int(code)})
    return code


def end_by_sigterm_as_by_ctrl_c() -> None:
    """SIGTERM does from now on what Ctrl-C does."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


def run_until_stopped(work: Coroutine[Any, Any, Result], stop: Callable[[], None]) -> Result:
    """Runs the work to its end. The first Ctrl-C calls `stop`, which has it send nothing more, and lets it come to its end by
    itself for 15 seconds; a second one, or the end of these seconds, breaks it off with KeyboardInterrupt."""

    async def watched() -> Result:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()

        def on_signal() -> None:
            loop.remove_signal_handler(signal.SIGINT)
            say("Stopping: calls in flight are waited for, 15 seconds at most. Ctrl-C once more does not wait.")
            stop()
            loop.call_later(STOP_SECONDS, task.cancel)

        loop.add_signal_handler(signal.SIGINT, on_signal)
        try:
            return await task
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error


def examples(*lines: str) -> str:
    """What stands below the options of a command."""
    return "\n".join(("examples:", *(f"  {line}" for line in lines)))

"""The commands that learn: `learn`, what a model takes, so that one can see it before a text is sent; `learn-prior`, what most
people choose; `learn-guess`, how far each way of guessing is to be believed."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from pathlib import Path

from app.commanding import Arguments, Exit, examples, print_json, say
from app.domain.errors import BadInput
from app.settings import Settings


def add_learn(add: Callable[..., Arguments], add_model_options: Callable[[argparse.ArgumentParser], None]) -> None:
    added = add(
        "learn",
        learn,
        "find out anew what a hosted model takes, by a few short calls, and show it",
        examples(
            "python -m app learn --model openai/gpt-5-mini",
            "python -m app learn --model openai/my-model --api-base http://127.0.0.1:8000/v1 --json",
        ),
    )
    add_model_options(added)


def learn(options: argparse.Namespace, settings: Settings) -> int:
    """Learns the model, keeps its habits as the other commands do, and prints them as MODEL_HABITS names them."""
    from app.adapters.configured import completer
    from app.adapters.model_check import usable
    from app.services.calling.habits_file import known_by_file

    if settings.uses_embedded_model:
        raise BadInput("The embedded model is known and is never asked. Name a hosted one by --model.")
    model = asyncio.run(known_by_file(usable(completer(settings), say), settings, say, anew=True))
    habits = model.habits.now.as_json()
    if options.json:
        print_json({"model": model.profile.name, "judging": model.profile.judging, "habits": habits})
        return Exit.DONE
    width = max(map(len, habits))
    for name, value in habits.items():
        print(f"{name:{width}}  {_written(value)}")
    print(f"{'judging':{width}}  {model.profile.judging}")
    return Exit.DONE


def _written(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def add_learn_prior(add: Callable[..., Arguments]) -> None:
    added = add(
        "learn-prior",
        learn_prior,
        "learn from files of preferences what most people choose: the prior that counting starts from; no model is asked",
        examples(
            "python -m app learn-prior ours.jsonl theirs.jsonl --out prior.json",
            'python -m app learn-prior votes.parquet --out prior.json --attribution "Votes of ..., CC-BY-4.0"',
        ),
    )
    added.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="preferences, a choice a line; - for standard input"
    )
    added.add_argument("--out", type=Path, required=True, metavar="FILE", help="the prior to write")
    added.add_argument(
        "--attribution", default="", metavar="WORDS", help="how the files ask to be named (default: their names)"
    )
    added.add_argument("--json", action="store_true", help="print people, choices and sources as JSON")


def learn_prior(options: argparse.Namespace, _settings: Settings) -> int:
    """Learns the prior, writes it, and says from whom it is and who must be named with it."""
    from app.services.inducing.learning_prior import learn_prior_from

    learnt = learn_prior_from(options.files, options.out, options.attribution)
    if options.json:
        print_json(learnt.as_json())
        return Exit.DONE
    prior = learnt.prior
    print(f"{learnt.out}: what most people choose, by {prior.choices:,} decisions of {prior.people:,} people.")
    for source in learnt.sources:
        print(f"  {source.name}: {source.choices:,} decisions of {len(source.people):,} people")
    longer = prior.share_of("length")
    print(
        f"Of their decisions between answers of different length {longer:.0%} go to the longer one.".replace("%", " %")
    )
    print("It holds counts of votes and no text. Wherever it goes, name its sources as their licences ask:")
    print(f"  {prior.attribution}")
    return Exit.DONE


def add_learn_guess(add: Callable[..., Arguments]) -> None:
    added = add(
        "learn-guess",
        learn_guess,
        "learn from evaluations how far each way of guessing is to be believed in the one guess; no model is asked",
        examples(
            "python -m app learn-guess real --out guess.json",
            'python -m app learn-guess one two --out guess.json --attribution "Votes of ..., CC-BY-4.0"',
        ),
    )
    added.add_argument(
        "folders",
        type=Path,
        nargs="+",
        metavar="FOLDER",
        help="evaluations of `evaluate baselines` with counted and longer",
    )
    added.add_argument("--out", type=Path, required=True, metavar="FILE", help="the weights to write")
    added.add_argument(
        "--attribution", default="", metavar="WORDS", help="how the files ask to be named (default: their names)"
    )
    added.add_argument("--json", action="store_true", help="print weights and table as JSON")


def learn_guess(options: argparse.Namespace, _settings: Settings) -> int:
    """Learns the weights, writes them, and says how right they are on people they were not learnt from."""
    from app.services.evaluating.learning_guess import learn_guess_from

    learnt = learn_guess_from(options.folders, options.out, options.attribution)
    if options.json:
        print_json(learnt.as_json())
        return Exit.DONE
    print(
        f"{learnt.out}: how far each way of guessing is believed, by {learnt.judgements:,} choices of {learnt.people:,} people."
    )
    for case in learnt.guess.cases:
        told = ", ".join(f"{name} {weight:.2f}" for name, weight in case.weights.items())
        print(
            f"  {told}  ({case.judgements:,} choices)"
            if case.judgements
            else f"  {told}  (set beforehand: nobody was judged so)"
        )
    print("Right on, each person by weights learnt without them, and of these where the answers are about as long:")
    for row in learnt.table:
        near = f"{row.alike_hits:g} of {row.alike_n}" if row.alike_n else "none"
        print(
            f"  {row.way:8} {row.hits:g} of {row.n} ({row.hits / row.n:.1%}), log loss {row.log_loss:.3f}; {near}".replace(
                "%", " %"
            )
        )
    print("It holds weights and no text. Wherever it goes, name its sources as their licences ask:")
    print(f"  {learnt.guess.attribution}")
    return Exit.DONE

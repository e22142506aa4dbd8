"""What the commands `evaluate ...` may be given: the questions, their arguments, and which of these make no sense."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from pathlib import Path

from app.commanding import LARGEST_SEED, whole_number
from app.domain.errors import BadInput

QUESTIONS = {
    "baselines": "how often each arm guesses unseen choices right, beside a judge who knows nothing of the person",
    "curve": "accuracy by the number of choices learnt from, and what one more is worth",
    "transfer": "what is learnt with one model and deployed with another, as a matrix",
    "agreement": "whether personas fit what their people say they want better than others' personas do",
}
"""What each answers. Their code is imported when one is asked, so that other commands start without it."""
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "baselines": (
        "people.jsonl --out table --people 12 --minutes 60",
        "people.jsonl --out free --people all --arms longer,counted,coin --json",
        "theirs.jsonl --out free --people all --arms longer,counted --prior ours.json",
    ),
    "curve": ("people.jsonl --out curve --sizes 3,5,10,20",),
    "transfer": (
        "people.jsonl --out matrix --learn-with openai/gpt-4o --deploy-with openai/gpt-4o-mini,embedded",
        "people.jsonl --out matrix --learn-with openai/a@http://localhost:1234/v1 --deploy-with openai/gpt-4o-mini",
    ),
    "agreement": ("people.jsonl --out words --people all",),
}
MOST = 1_000_000


def add_terms(parser: argparse.ArgumentParser, question: str) -> None:
    """The arguments of a question, the model's aside."""
    counted = whole_number(1, MOST)
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="preference files, several people in each; - for standard input",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="folder for calls, judgements, table and plot; begun work in it goes on",
    )
    parser.add_argument(
        "--people", default="12", metavar="N", help="how many to draw, names with commas, or all (default: 12)"
    )
    if question != "curve":
        parser.add_argument(
            "--train", type=counted, default=15, metavar="N", help="most choices a person to learn from (default: 15)"
        )
    if question != "agreement":
        parser.add_argument(
            "--tests", type=counted, default=6, metavar="N", help="most unseen choices a person (default: 6)"
        )
    if question == "baselines":
        parser.add_argument("--arms", help="names with commas, of all that there are (default: all)")
        parser.add_argument(
            "--nested", action="store_true", help="test by folds, not by the file's own split (default if it has none)"
        )
    if question in {"curve", "transfer"}:
        parser.add_argument("--arm", default="prompt", help="the one arm that is tested (default: prompt)")
    if question == "curve":
        parser.add_argument("--sizes", default="3,5,8,10,15,30", help="numbers of choices (default: 3,5,8,10,15,30)")
    if question == "transfer":
        parser.add_argument("--learn-with", required=True, help="models with commas, each a name or NAME@ADDRESS")
        parser.add_argument("--deploy-with", required=True, help="models with commas, each a name or NAME@ADDRESS")
    parser.add_argument("--recipe", default="traits", help="traits, quick, paper-lean or paper (default: traits)")
    parser.add_argument(
        "--prior",
        type=Path,
        metavar="FILE",
        help="what counting starts from, as `learn-prior` writes it (default: the prior that comes along)",
    )
    parser.add_argument(
        "--seed",
        type=whole_number(0, LARGEST_SEED),
        default=0,
        metavar="N",
        help="who is drawn, what tests, and intervals follow from it (default: 0)",
    )
    parser.add_argument(
        "--minutes", type=float, metavar="N", help="begin no further judgement after so many (default: no limit)"
    )
    parser.add_argument(
        "--calls", type=int, metavar="N", help="send at most so many, over all starts together (default: no limit)"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")


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
        if given is not None and not names(given):
            raise BadInput(
                f"--{option.replace('_', '-')} names nothing. Leave it out, or see --help for what it takes."
            )


def names(text: str) -> tuple[str, ...]:
    """What stands between the commas, each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))

"""`python -m bench.obey`: a model answers the fixed requests with and without four prompts, and the table says what each line did.

    python -m bench.obey --answers answers.jsonl
    MODEL=openai/gpt-5-mini python -m bench.obey --answers hosted.jsonl --parallel 8
    python -m bench.obey --answers answers.jsonl --rival        # the rival wordings too, beside the shipped ones
    python -m bench.obey --answers answers.jsonl --table        # asks nothing

The model is the one of the settings (MODEL, MODEL_API_BASE, MODEL_API_KEY; for the embedded one run `python -m app model` and
give EMBEDDED_URL and EMBEDDED_KEY). 200 calls: five conversations of eight turns, five times. Answers are kept in the file as they come; a
command that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from app.adapters.configured import completer
from app.domain.choices.chosen_lengths import words_in
from app.settings import Settings
from bench.obey.answering import NOTHING, Answered, answer_all, kept
from bench.obey.measuring import Moved, moved
from bench.obey.prompts import RIVAL, RIVALS, SHIPPED, TASTES
from bench.obey.requests import CONVERSATIONS, TURNS


def prompts(tastes: Sequence[str], *, rival: bool) -> dict[tuple[str, str], str]:
    """By taste and wording, the answers without a prompt first; a rival only where a line of the taste has one."""
    found = {(NOTHING, SHIPPED): ""} if NOTHING in tastes else {}
    for name in (name for name in TASTES if name in tastes):
        found[name, SHIPPED] = TASTES[name].prompt(SHIPPED)
        if rival and any(side in RIVALS for side in TASTES[name].sides):
            found[name, RIVAL] = TASTES[name].prompt(RIVAL)
    return found


def table(answers: Sequence[Answered]) -> Iterator[str]:
    """What each line did over all turns, and turn by turn."""
    head = "| taste | wording | line | n | moved | against | net share moved (95 %) | keep it | keep it without |"
    yield head + "".join(f" turn {turn} |" for turn in TURNS)
    yield "|---" * (9 + len(TURNS)) + "|"
    for name, taste in TASTES.items():
        for wording in (SHIPPED, RIVAL):
            by_turn = [list(moved(answers, name, taste, (turn,), wording)) for turn in TURNS]
            for place, one in enumerate(moved(answers, name, taste, wording=wording)):
                turns = [_net(each[place]) if each else "" for each in by_turn]
                yield _row(name, wording, one) + "".join(f" {turn} |" for turn in turns)
    yield ""
    yield "| taste | wording | answers | median words, turn by turn | cut |"
    yield "|---|---|---|---|---|"
    for name, wording in dict.fromkeys((one.taste, one.wording) for one in answers):
        mine = [one for one in answers if (one.taste, one.wording) == (name, wording)]
        words = [
            str(round(median(found)))
            for turn in TURNS
            if (found := [words_in(one.answer) for one in mine if one.turn == turn])
        ]
        yield f"| {name} | {wording} | {len(mine)} | {', '.join(words)} | {sum(one.cut for one in mine)} |"


def _row(name: str, wording: str, one: Moved) -> str:
    side = f"{'more' if one.more else 'less'} {one.measure}"
    net = f"{_net(one)} ({one.net.low:+.2f} to {one.net.high:+.2f})"
    return f"| {name} | {wording} | {side} | {one.net.n} | {one.moved} | {one.against} | {net} | {one.kept} | {one.kept_without} |"


def _net(one: Moved) -> str:
    return f"{one.net.value:+.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=Path, required=True, help="the file where answers are kept, a line each")
    parser.add_argument("--tastes", nargs="+", default=[NOTHING, *TASTES], choices=[NOTHING, *TASTES])
    parser.add_argument("--rival", action="store_true", help="the rival wordings too")
    parser.add_argument("--parallel", type=int, default=4, help="conversations at once (default: 4)")
    parser.add_argument("--table", action="store_true", help="ask nothing, print the table of what is kept")
    options = parser.parse_args()
    if not options.table:
        model = completer(Settings())
        asked = prompts(options.tastes, rival=options.rival)
        asyncio.run(answer_all(model, asked, CONVERSATIONS, options.answers, options.parallel))
    print("\n".join(table(kept(options.answers))))
    return 0


if __name__ == "__main__":
    sys.exit(main())

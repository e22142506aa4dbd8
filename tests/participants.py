"""People of every kind whose choices are exported, or are not, and what of each is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlmodel import select

from app.domain.choices.preference import Verdict
from app.services.choosing import comparing, starters
from app.services.importing import conversations, files
from app.services.people import accounts, consenting
from app.storage.choosing import comparisons, contexts, decided
from app.storage.database import Session
from app.storage.tables import CompletionRow
from tests.builders import a_choice, a_comparison

Choice = tuple[Any, Any, Any, Verdict]
Given = Callable[[Session, str], None]
SAMPLES = Path(__file__).parent / "samples"

AWKWARD = [
    "  indented code\n    return 1\n",
    "line\r\nends\r",
    "zero\u200bwidth \ufeff mark",
    "turned \u202e round",
    '<b>HTML</b> & {"json": "in\\u0000side"}',
    "next\x85line, \u2028 line and \x0c form feed",
    'quotes " and \\ and \t tab',
    "e\u0301 is not \u00e9",
]


def asked(session: Session, account_id: str, *texts: str, **values: Any) -> None:
    """A comparison a text, with a verdict of each kind in turn."""
    for at, text in enumerate(texts):
        shown = a_comparison(session, account_id, f"{text}?", f"{text}1", f"{text}2", **values)
        comparing.give_verdict(session, account_id, shown, list(Verdict)[at % 5], 3_000)


def brought(session: Session, account_id: str, rows: Sequence[object]) -> None:
    data = "\n".join(json.dumps(row) for row in rows).encode()
    report = files.import_pairs(session, account_id, "mine.jsonl", files.read_pairs(data))
    assert (report.added, report.skipped) == (len(rows), [])


def pairs(session: Session, account_id: str) -> None:
    rows = [
        {
            "context": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": f"{text}?"}],
            "chosen": {"role": "assistant", "content": f"{text}a"},
            "rejected": {"role": "assistant", "content": f"{text}b"},
            "orig_side": "ab"[at % 2],
        }
        for at, text in enumerate(AWKWARD)
    ]
    brought(session, account_id, rows)


def battles(session: Session, account_id: str) -> None:
    question = {"role": "user", "content": "Sky?"}
    rows = [
        {
            "model_a": "one",
            "model_b": "other",
            "winner": winner,
            "conversation_a": [question, {"role": "assistant", "content": f"Blue. {winner}"}],
            "conversation_b": [question, {"role": "assistant", "content": f"Grey. {winner}"}],
        }
        for winner in ("model_b", "tie", "model_a", "tie (bothbad)")
    ]
    brought(session, account_id, rows)


def led_in(session: Session, account_id: str) -> None:
    brought(session, account_id, [json.loads(line) for line in (SAMPLES / "mtbench.jsonl").read_text().splitlines()])


def long_talk(session: Session, account_id: str) -> None:
    turns = [{"role": "assistant" if n % 2 else "user", "content": f"turn {n}"} for n in range(41)]
    brought(
        session,
        account_id,
        [{"context": turns[:length], "chosen": f"Yes. {length}", "rejected": "No."} for length in (31, 41, 1)],
    )


def ready_made(session: Session, account_id: str) -> None:
    for at, comparison_id in enumerate(starters.add_starters(session, account_id).values()):
        if at % 6 == 0:
            comparing.give_verdict(session, account_id, comparison_id, list(Verdict)[at % 5], 4_000)


def alternatives(session: Session, account_id: str) -> None:
    """A pasted conversation whose answers were written anew."""
    pasted = conversations.preview_conversation("User: Eggs?\nAssistant: Five weeks.\nUser: Boiled?\nAssistant: One.")
    conversations.import_conversation(
        session, account_id, conversations.identified(pasted.turns), model="m", style="brief", seed=1, answers=2, most=2
    )
    pending = select(CompletionRow).where(CompletionRow.account_id == account_id, CompletionRow.state == "pending")
    for number, row in enumerate(session.exec(pending).all()):
        row.state, row.text = "ready", f"Another answer, {number}."
    session.flush()
    for verdict in (Verdict.SECOND, Verdict.FIRST):
        waiting = comparing.next_comparison(session, account_id)
        assert waiting
        comparing.give_verdict(session, account_id, waiting.comparison_id, verdict, 4_000)


def changed(session: Session, account_id: str) -> None:
    """One verdict of each kind, each first another, and one more that was taken back."""
    for at, verdict in enumerate(Verdict):
        shown = a_comparison(session, account_id, f"{at}?", f"{at} first", f"{at} second")
        comparing.give_verdict(session, account_id, shown, Verdict.SECOND, 3_000)
        comparing.give_verdict(session, account_id, shown, verdict, 3_000)
    undone = a_choice(session, account_id, question="Undone?")
    comparing.undo_verdict(session, account_id, undone)


def skips(session: Session, account_id: str) -> None:
    for number in range(3):
        a_choice(session, account_id, Verdict.SKIP, question=f"Skipped {number}?")


def undecided(session: Session, account_id: str) -> None:
    """Answers that wait for a verdict, and some that are not there yet."""
    a_comparison(session, account_id)
    a_comparison(session, account_id, state="pending")


def everything(session: Session, account_id: str) -> None:
    for each in (battles, ready_made, changed, alternatives):
        each(session, account_id)


def typed(*texts: str, **values: Any) -> Given:
    return lambda session, account_id: asked(session, account_id, *texts, **values)


KINDS: dict[str, Given] = {
    "guest who typed": typed("a", "b", "c", "d", "e"),
    "awkward texts": typed(*AWKWARD),
    "right to left": typed("مرحبا بالعالم", "שלום עולם", "سلام \u200fدنیا", "\u2067mixed\u2069 نص"),
    "emoji and beyond": typed("👩‍👩‍👧 👍🏽", "𝔸stral", "🇩🇪", "漢字かな", "नमस्ते"),
    "long texts": typed("word " * 18_000, "é" * 90_000),
    "skips alone": skips,
    "one model in two styles": typed("x", "y", models=("model-one", "model-one")),
    "imported pairs": pairs,
    "imported battles": battles,
    "imported second turns": led_in,
    "a long conversation": long_talk,
    "ready-made pairs": ready_made,
    "alternatives": alternatives,
    "changed and taken back": changed,
    "nothing decided": undecided,
    "of everything": everything,
    "sample history beside": typed("sample beside"),
    "withdrawn and given again": typed("again", "and again"),
    "withdrawn": typed("withdrawn", "withdrawn too"),
    "one switch": typed("one switch", "one switch too"),
    "deleted": typed("deleted", "deleted too"),
}
OUT = {"withdrawn", "one switch", "deleted"}
"""Of these nothing may be in any file."""


def everybody(session: Session) -> dict[str, list[Choice]]:
    """One account a kind, consents and all; gives what each that is exported decided, in order of time."""
    wanted: dict[str, list[Choice]] = {}
    for kind, give in KINDS.items():
        account_id = accounts.new_guest(session, "api" if kind == "imported pairs" else "browser").account_id
        give(session, account_id)
        for scope in ("choices", "texts"):
            consenting.set_consent(session, account_id, scope, True)
        if kind not in OUT:
            wanted[kind] = stored(session, account_id)
        _afterwards(session, account_id, kind)
    return wanted


def _afterwards(session: Session, account_id: str, kind: str) -> None:
    if kind in ("withdrawn", "withdrawn and given again"):
        for scope in ("choices", "texts"):
            consenting.set_consent(session, account_id, scope, False)
    if kind == "withdrawn and given again":
        for scope in ("choices", "texts"):
            consenting.set_consent(session, account_id, scope, True)
    if kind == "one switch":
        consenting.set_consent(session, account_id, "texts", False)
    if kind == "deleted":
        accounts.delete_everything(session, account_id)
    if kind == "sample history beside":
        files.load_sample(session, account_id, "mt-bench-judge")


def stored(session: Session, account_id: str) -> list[Choice]:
    """What the account decided: context, both answers on their sides, verdict; in the order of time."""
    ids = [line.comparison_id for line in reversed(decided.newest_first(session, account_id, 0, 500))]
    found = {one.row.comparison_id: one for one in comparisons.find_many(session, account_id, ids)}
    whole = contexts.Whole(session)
    shown = [(one.comparison(whole), one.verdict) for one in map(found.__getitem__, ids)]
    return [(one.context, one.first, one.second, Verdict(given.value)) for one, given in shown if given]

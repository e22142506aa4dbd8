"""What exports tell of flaws is what was noted with the texts, and that is what the texts themselves tell."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from app.domain.choices.preference import Verdict
from app.domain.flaws import FLAWS, flaw_beside, stops_short
from app.domain.texts.conversation import Turn, context_as_json, context_from_json
from app.services.choosing import asking, comparing
from app.services.exporting import exporting
from app.services.importing import conversations, files
from app.services.people import consenting
from app.storage import migrations
from app.storage.choosing import answers, noted
from app.storage.database import Database, Session
from app.storage.tables import CompletionRow
from tests.builders import an_account

GERMAN = "Am besten ist es, wenn man mit einfachen Gerichten beginnt und nicht zu viel auf einmal will, und das ist für die Familie."
PROSE = "There is much to say about blue and red. " * 5
TEXTS = (
    *("Blue.", " \n…\n", "😀", "null", '{"error": {"message": "overloaded"}}', "NETWORK ERROR DUE TO HIGH TRAFFIC"),
    *("```python\nprint(", "~~~\na\n~~~\nb", PROSE + "Blue is the", PROSE + "BLUE IS THE", PROSE + "Blue is", PROSE + "Ok,"),
    *("It is what it is. " * 9, "It is what it is. " * 8 + "It is wh", "Great news " + "🔧💻" * 30, GERMAN, PROSE),
    "Ein KnÃ¶del ist ein KloÃŸ aus Semmeln, der in SalzwassÃ©r gart.",
    *("You HAVEN'T provided any text to sum up.", "I do not see the question.", "There is no text in it: é"),
    *("Fine. Posted by Joe on 3 May 2020", "Fine. poſted on x 2020", "Blue.\nAsked by Joe 2 years ago. Blue.", "all rights reserved"),
    *("```python\nprint(1)\n```\nYou have not asked any question", PROSE.replace(". ", ".\n- "), "\u2028".join("x" * 9)),
    *("1. Red\n2. Blue\n" * 30, "1 2 3 4 5 6 " * 20, PROSE + "Es ist für", "Wet. " * 30 + "```\nleft open"),
)  # fmt: skip
REQUESTS = (
    "Why is the sky blue?",
    "Warum ist der Himmel blau, und wie ist es auf dem Mond?",
    "Translate this into German: the sky is blue.",
    "This was asked by Joe 2 years ago: " + "It is what it is. " * 9,
    "null error 404 Ã¤",
)


def test_what_imported_rows_tell_of_flaws_is_what_their_texts_tell(database: Database) -> None:
    lines = [
        json.dumps({"context": context, "chosen": chosen, "rejected": rejected})
        for context in (*map(_alone, REQUESTS), _long(REQUESTS[0]), _long(REQUESTS[1]))
        for chosen, rejected in itertools.pairwise((*TEXTS, *TEXTS[::-2], *TEXTS[::3], *_led_by(TEXTS)))
    ]
    with database.writing() as session:
        account_id = _consenting(session)
        files.import_pairs(session, account_id, "odd.jsonl", files.read_pairs("\n".join(lines).encode()))

    rows = _exported(database)

    assert len(rows) > 300
    assert {row["left_out"] for row in rows} == {"", *FLAWS}
    assert {row["cut_answers"] for row in rows} == {"", "first", "second", "both"}
    _assert_told_of_themselves(rows)


@pytest.mark.parametrize(("in_order", "written_lose"), [(True, True), (False, False)])
def test_what_answers_written_one_after_the_other_tell_is_what_their_texts_tell(
    database: Database, *, in_order: bool, written_lose: bool
) -> None:
    talk = [*context_from_json(_long(REQUESTS[0])), Turn("assistant", GERMAN.lower())]
    texts = (*TEXTS[1:16], GERMAN)
    with database.writing() as session:
        account_id = _consenting(session)
        asked = asking.ask(session, account_id, REQUESTS[1], models=("a", "b"), styles=("", ""), seed=1)
        _write(session, "answers", asked, (GERMAN, PROSE), in_order=in_order)
        made = conversations.import_conversation(
            session, account_id, conversations.identified(talk), model="m", style="", seed=1, answers=20, most=20
        )
        _write(session, "alternatives", made.import_id, texts, in_order=in_order)
        while waiting := comparing.next_comparison(session, account_id):
            second_loses = (waiting.second.text in (*texts, PROSE)) is written_lose
            verdict = Verdict.FIRST if second_loses else Verdict.SECOND
            comparing.give_verdict(session, account_id, waiting.comparison_id, verdict, 4_000)

    rows = _exported(database)

    assert len(rows) > 15
    assert {row["source"] for row in rows} == {"typed", "alternative"}
    assert {row["left_out"] for row in rows} >= ({"", "looping", "another language"} if written_lose else {""})
    _assert_told_of_themselves(rows)


def test_rows_from_before_are_noted_as_new_ones_are(database: Database) -> None:
    test_what_imported_rows_tell_of_flaws_is_what_their_texts_tell(database)
    with database.writing() as session:
        asking.ask(session, an_account(session), REQUESTS[0], models=("a", "b"), styles=("", ""), seed=1)
    before = _noted(database)

    migrations.downgrade(database.url, "0016")
    migrations.upgrade(database.url)

    assert _noted(database) == before
    assert len({flaws for flaws, _ in before.values()}) > len(FLAWS)


def test_what_is_noted_of_a_file_is_worked_out_before_others_have_to_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = json.dumps({"context": REQUESTS[0], "chosen": GERMAN, "rejected": PROSE + "Blue is the"})
    pairs = files.read_pairs(line.encode())
    monkeypatch.setattr(noted, "of_answer", None)

    with database.writing() as session:
        files.import_pairs(session, an_account(session), "mine.jsonl", pairs)

    assert set(_noted(database).values()) == {("another language", False), ("", True)}


def _alone(request: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": request}]


def _long(request: str) -> list[dict[str, str]]:
    """A conversation too long to stand beside its comparison, with a turn in the middle that bears on which language is meant."""
    said = ["Say it in French, please." if n == 14 else f"Turn {n}" for n in range(30)]
    return [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(said)] + _alone(request)


def _led_by(texts: Sequence[str]) -> list[list[dict[str, str]]]:
    """Answers that turns of their own led to."""
    return [
        [{"role": "assistant", "content": "Wet."}, *_alone(request), {"role": "assistant", "content": text}]
        for request, text in zip(itertools.cycle(REQUESTS[1:3]), texts[::2], strict=False)
    ]


def _consenting(session: Session) -> str:
    account_id = an_account(session)
    for scope in consenting.CONSENT_TEXTS:
        consenting.set_consent(session, account_id, scope, True)
    return account_id


def _write(session: Session, kind: str, subject_id: str, texts: Sequence[str], *, in_order: bool) -> None:
    waiting = answers.by_ids(session, answers.pending_ids(session, kind, subject_id))
    written = list(zip(waiting, texts, strict=True))
    for pending, text in written if in_order else reversed(written):
        answers.save_answer(session, pending, text)


def _exported(database: Database) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exporting.export_rows(database, file_format="trl", requested_by=None)]


def _assert_told_of_themselves(rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        context, chosen, rejected = (context_from_json(row[name]) for name in ("prompt", "chosen", "rejected"))
        first, second = (chosen, rejected) if row["verdict"] == "first" else (rejected, chosen)
        cut = {(True, True): "both", (True, False): "first", (False, True): "second", (False, False): ""}
        told = row["left_out"], row["cut_answers"]
        expected = cut[stops_short(first[-1].content), stops_short(second[-1].content)]
        assert told == (flaw_beside(context, rejected, chosen), expected), context_as_json(
            (*context, *rejected, *chosen)
        )


def _noted(database: Database) -> dict[str, tuple[str, bool]]:
    with database.reading() as session:
        columns = (CompletionRow.completion_id, CompletionRow.flaws, CompletionRow.stops_short)
        found = session.connection().execute(sa.select(*columns)).all()  # type: ignore[call-overload]
    return {completion_id: (flaws, is_cut) for completion_id, flaws, is_cut in found}

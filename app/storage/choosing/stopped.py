"""Answers that are stopped while they grow: of both is kept what was shown, to the same length."""

from __future__ import annotations

from sqlmodel import Session

from app.domain.choices.naming_itself import are_equal
from app.domain.choices.preference import Completion
from app.domain.errors import AnswersMissing, ChangedMeanwhile
from app.domain.texts.conversation import context_from_json
from app.storage.choosing import noted
from app.storage.choosing.comparisons import Found
from app.storage.choosing.contexts import Whole
from app.storage.tables import CompletionRow

ENOUGH = 200
"""Characters of both answers that must be there before one may be chosen."""
STOPPED = "You stopped both answers before there was enough of them to choose between."


def shown(first: CompletionRow, second: CompletionRow) -> tuple[str, str]:
    """As much of both as the one that is behind has."""
    texts = _so_far(first), _so_far(second)
    length = min(map(len, texts))
    return texts[0][:length], texts[1][:length]


def keep(session: Session, found: Found, length: int) -> None:
    """Stops the writing of both answers and keeps so many characters of each, of those that are shown: the pair can then be chosen
    between. Where they are too few, or the same, both have failed, and what came stays as their drafts.

    Both are cut alike, also one that is whole: which of the two was, would tell a fast model from a slow one. Whoever calls holds the
    lock of the work, so that its worker stores nothing meanwhile.
    """
    rows, texts = (found.first, found.second), [text[:length] for text in shown(found.first, found.second)]
    context = Whole(session).of(found.row)
    lead_ins = [context_from_json(row.lead_in) for row in rows]
    one, other = (Completion(text, lead_in) for text, lead_in in zip(texts, lead_ins, strict=True))
    is_enough = length >= ENOUGH and not are_equal(one, other)
    for row, text, lead_in in zip(rows, texts, lead_ins, strict=True):
        row.state, row.failure, row.begun_anew = ("ready", "", 0) if is_enough else ("failed", STOPPED, 0)
        row.text, row.draft = (text, "") if is_enough else ("", text)
        for name, value in noted.of_answer(context + lead_in, row.text).items() if is_enough else ():
            setattr(row, name, value)
        session.add(row)
    found.row.stopped = True
    session.add(found.row)
    session.flush()


def judge_at(session: Session, found: Found, length: int) -> None:
    """Keeps so many characters of both for an early verdict, unless that is all there is of them, or one has failed. Raises
    AnswersMissing where that is too little, and ChangedMeanwhile where there are fewer."""
    if found.state == "failed":
        return
    if length < ENOUGH:
        raise AnswersMissing(f"You can choose once {ENOUGH} characters of both answers are there, or both are whole.")
    if length > len(shown(found.first, found.second)[0]):
        raise ChangedMeanwhile("An answer broke off and is written anew. Look again before you choose.")
    if found.state == "pending" or length < max(len(found.first.text), len(found.second.text)):
        keep(session, found, length)


def begin_anew(session: Session, found: Found) -> None:
    """Has answers that were stopped written again, from the beginning; one that had been whole costs nothing."""
    for row in (found.first, found.second):
        row.state, row.failure, row.text, row.draft = "pending", "", "", ""
        session.add(row)
    found.row.stopped = False
    session.add(found.row)
    session.flush()


def _so_far(row: CompletionRow) -> str:
    return row.text if row.state == "ready" else row.draft.strip()

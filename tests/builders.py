"""Short ways to the rows a test starts from. Each takes an open writing session and gives back ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlmodel import select

from app.domain import prompt_targets
from app.domain.choices.preference import PreferencePair, Verdict
from app.domain.personas.persona import Accuracy, Demonstration, Persona, Trait, wilson
from app.domain.texts.conversation import Turn, context_as_json
from app.domain.transcripts.archives import chats
from app.services.choosing import comparing
from app.services.importing import archives
from app.services.importing.bringing import receiving
from app.services.people import accounts
from app.storage.choosing import comparisons
from app.storage.database import Database, Session
from app.storage.tables import ComparisonRow, CompletionRow, ConversationRow, InductionRun, VerdictRevision, new_id
from app.storage.working import runs


def an_account(session: Session, role: str = "person") -> str:
    """A guest, with another role if wanted; gives the account's id."""
    guest = accounts.new_guest(session)
    if role != "person":
        accounts.grant(session, guest.code, role)
    return guest.account_id


def a_comparison(
    session: Session,
    account_id: str,
    question: str = "Why is the sky blue?",
    first: str = "",
    second: str = "",
    *,
    source: str = "typed",
    is_sample: bool = False,
    state: str = "ready",
    models: tuple[str, str] = ("model-one", "model-two"),
) -> str:
    """A comparison of two answers (texts of their own where none are given), with no verdict; gives its id."""
    seq = comparisons.last_seq(session, account_id) + 1
    context = context_as_json([Turn("user", question)])
    conversation = ConversationRow(account_id=account_id, source=source, title=question[:200], turns=context)
    texts = (first or f"Short answer {seq}.", second or f"A much longer answer, number {seq}, with reasons.")
    one, other = (
        CompletionRow(account_id=account_id, state=state, text=text if state == "ready" else "", model=model)
        for text, model in zip(texts, models, strict=True)
    )
    row = ComparisonRow(
        account_id=account_id,
        conversation_id=conversation.conversation_id,
        seq=seq,
        source=source,
        is_sample=is_sample,
        context=context,
        first_id=one.completion_id,
        second_id=other.completion_id,
        side_seed=seq,
        pair_sha256=new_id().replace("-", ""),
    )
    comparisons.add_all(session, [conversation, one, other, row])
    return row.comparison_id


CHOICES_INSIDE = Path(__file__).parent / "samples/archives/choices_inside"


def an_archive(session: Session, account_id: str, path: Path = CHOICES_INSIDE) -> str:
    """The id of an archive that waits, read in this process."""
    report, found = archives.read_of(path)
    head, lines = chats.heads(line.encode("utf-8", "surrogatepass") for line in chats.as_lines(report, found))
    read = receiving.Read(path.name, head["report"], head["own_words"], lines)
    return receiving.keep(session, account_id, read)


def a_choice(session: Session, account_id: str, verdict: Verdict = Verdict.FIRST, **comparison: str) -> str:
    """A comparison with a verdict on it; gives the comparison's id."""
    comparison_id = a_comparison(session, account_id, **comparison)  # type: ignore[arg-type]
    comparing.give_verdict(session, account_id, comparison_id, verdict, 1500)
    return comparison_id


def choices(session: Session, account_id: str, n: int) -> list[str]:
    """`n` choices that prefer the first answer two times of three; gives the comparisons' ids in order."""
    return [
        a_choice(
            session,
            account_id,
            Verdict.SECOND if number % 3 == 2 else Verdict.FIRST,
            question=f"Question {number}?",
        )
        for number in range(n)
    ]


def choices_of(session: Session, account_id: str) -> list[PreferencePair]:
    """The account's choices as a run reads them."""
    run = InductionRun(account_id=account_id, recipe="", model="", seed=0, budget_calls=0, budget_tokens=0)
    run.pairs = runs.snapshot(session, account_id)
    return runs.snapshot_pairs(session, run)


def a_run(session: Session, account_id: str, state: str = "done", **values: object) -> InductionRun:
    """An induction run over the account's choices as they are."""
    pairs = runs.snapshot(session, account_id)
    run = InductionRun(
        account_id=account_id,
        state=state,
        recipe="paper-lean",
        model="fake",
        seed=0,
        pairs=pairs,
        budget_calls=100,
        budget_tokens=100_000,
    )
    for name, value in values.items():
        setattr(run, name, value)
    session.add(run)
    session.flush()
    return run


def a_document(
    pair_ids: Sequence[str],
    report: Mapping[str, Any] | None = None,
    *,
    traits: tuple[Trait, ...] = (),
    demonstrations: tuple[Demonstration, ...] = (),
    **values: object,
) -> dict[str, Any]:
    """A persona document whose one trait rests on the first three of the choices, and has the fourth against it."""
    trait = Trait("Prefers short answers", tuple(pair_ids[:3]), tuple(pair_ids[3:4]))
    counted = {arm["name"]: Accuracy(arm["hits"], arm["n"]) for arm in (report or {}).get("arms", [])}
    made = prompt_targets.document(
        persona=Persona("Likes it short.", traits or (trait,), demonstrations),
        is_sketch=False,
        accuracy=counted.get("prompt"),
        baseline=counted.get("plain"),
        style={},
        model="fake",
        recipe="paper-lean",
        seed=0,
        n_choices=len(pair_ids),
        report=report,
    )
    return {**made, **values}


def a_report(**values: object) -> dict[str, Any]:
    """A full report over 15 unseen choices in three folds: a taste was found, and the prompt is right on 11."""
    hits = {
        "plain": 8, "stated": 9, "demographics": 7, "memory": 9, "history": 8, "prompt": 11, "demonstrations": 9,
        "both": 10, "longer": 9, "counted": 8, "guess": 10, "coin": 7.5,
    }  # fmt: skip
    ordered = {
        "plain": 4,
        "stated": 3,
        "demographics": 4,
        "memory": 3,
        "history": 2,
        "prompt": 2,
        "demonstrations": 2,
        "both": 3,
    }
    made = {
        "arms": [
            {
                "name": name,
                "label": name,
                **_counts(right, 15),
                "failed": 0,
                "flips": ordered.get(name),
                "flips_of": 15 if name in ordered else None,
            }
            for name, right in hits.items()
        ],
        "curve": [{"choices": choices, **_counts(right, 15)} for choices, right in ((3, 8), (5, 8), (8, 10), (10, 11))],
        "forecast": {"more": 24, "words": "About 24 more choices would settle whether it helps."},
        "taste": {"found": True, "chance": 0.004},
        "explained_by": "",
        "words": ["So few choices cannot prove that the prompt helps."],
        "folds": 3,
        "form": "both_orders",
    }
    return {**made, **values}


def _counts(hits: float, n: int) -> dict[str, Any]:
    low, high = wilson(hits, n)
    return {"hits": hits, "n": n, "low": round(low, 4), "high": round(high, 4)}


def revisions(database: Database, comparison_id: str) -> list[tuple[int, str]]:
    """Every value the comparison's verdict had, with its number, in order."""
    with database.reading() as session:
        rows = select(VerdictRevision.revision, VerdictRevision.value).where(
            VerdictRevision.comparison_id == comparison_id
        )
        return sorted((number, value) for number, value in session.exec(rows))

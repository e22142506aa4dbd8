"""What people choose between, and what they chose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.storage.tables.columns import id_column, json_column, of_rows, one_of, reference, time_column


class ImportBatch(SQLModel, table=True):
    """One file, paste or sample brought in, with the report the person was shown.

    `stopped_at` is set by the person and obeyed before the next call for one of its answers.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        one_of("kind", "kind", "sample", "pairs", "conversation"),
        one_of("state", "state", "previewed", "confirmed", "working", "done", "failed"),
    )
    import_id: str = id_column()
    account_id: str = reference("account.account_id")
    kind: str = Field(max_length=16)
    state: str = Field(max_length=16)
    source_name: str = Field(default="", max_length=200)
    content_sha256: str = Field(max_length=64)
    report: dict[str, Any] = json_column()
    created_at: datetime = time_column()
    stopped_at: datetime | None = time_column(nullable=True)
    set_aside_at: datetime | None = time_column(nullable=True)


class ConversationRow(SQLModel, table=True):
    """Turns as they were brought in or typed; comparisons point into it. `turns` is empty where parts hold them.

    `identity` knows a conversation of an archive again in a later one (domain/transcripts/archives/chats); "" for any other."""

    __tablename__ = "conversation"
    conversation_id: str = id_column()
    account_id: str = reference("account.account_id")
    import_id: str | None = reference("import_batch.import_id", nullable=True)
    source: str = Field(max_length=16)
    title: str = Field(default="", max_length=200)
    identity: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    turns: list[dict[str, Any]] = json_column(list)
    created_at: datetime = time_column()


class ContextPart(SQLModel, table=True):
    """Twenty turns of a long conversation, from number `position` on, which the contexts on that branch share
    (domain/texts/long_contexts)."""

    __tablename__ = "context_part"
    conversation_id: str = Field(
        primary_key=True, foreign_key="conversation.conversation_id", ondelete="CASCADE", max_length=36
    )
    branch: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    turns: list[dict[str, Any]] = json_column(list)


class CompletionRow(SQLModel, table=True):
    """One answer. `model` and `style` are hidden until the verdict.

    `draft` is what has come of it while it is being written, "" before and after, unless too little came before it was stopped; `begun_anew` counts the beginnings that broke off.
    `swapped_from`: the model (and its style, after a blank) that could not write it on the first turn, whose place `model` and `style` took; "" where none was swapped.

    Worked out when the text is stored (storage/choosing/noted.py): `names_model`, it says of itself which model it is or who made it;
    `flaws`, what is wrong with it as an answer to its request, joined by commas in the order of domain/flaws; `stops_short`, it is cut.
    """

    __tablename__ = "completion"
    __table_args__ = (
        sa.Index("ix_completion_flawed", "account_id", **of_rows(sa.text("flaws != ''"))),
        sa.Index("ix_completion_named", "account_id", **of_rows(sa.text("model != ''"))),
        one_of("state", "state", "pending", "ready", "failed"),
    )
    completion_id: str = id_column()
    account_id: str = reference("account.account_id")
    state: str = Field(default="ready", max_length=16)
    text: str = Field(default="", sa_type=sa.Text)
    draft: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": ""})
    begun_anew: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lead_in: list[dict[str, Any]] = json_column(list)
    model: str = Field(default="", max_length=200)
    style: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    swapped_from: str = Field(default="", max_length=400, sa_column_kwargs={"server_default": ""})
    sampling: dict[str, Any] = json_column()
    failure: str = Field(default="", max_length=300)
    names_model: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    flaws: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    stops_short: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    created_at: datetime = time_column()


class ComparisonRow(SQLModel, table=True):
    """A context with two answers on sides drawn by `side_seed`. `seq` orders an account's comparisons.

    `is_sample` rows came with the product; of these a research export takes ready-made pairs alone. `pair_sha256` is the identity by texts
    (domain.choices.preference.pair_digest), unique an account, so a file imported twice adds nothing. The context is the first `earlier` turns of
    that branch of the conversation (`context_part`), then what `context` holds: most often 0, and all of it.
    `language` is that of its last request (domain/texts/language). `equal_answers`: nothing to choose between, so it is not shown for
    choosing; only pairs from before such ones were refused have it. `stopped`: both answers were stopped while they were being written, so
    that they have the same length, and a verdict on them is an early one (0038).
    `grade`: how sure it is that the person chose so elsewhere, A to E, "" for any other comparison; `suggested`: the verdict that was seen in
    their archive and that they are to confirm (0042), "" where there is none.
    `decided`: it has a verdict, so that those that wait are found without passing over all that do (storage/choosing/verdicts.py).
    """

    __tablename__ = "comparison"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "pair_sha256"),
        sa.UniqueConstraint("account_id", "seq"),
        sa.Index(None, "account_id", "decided", "seq"),
        one_of("source", "source", "sample", "imported", "alternative", "typed"),
    )
    comparison_id: str = id_column()
    account_id: str = reference("account.account_id")
    conversation_id: str = reference("conversation.conversation_id")
    seq: int
    source: str = Field(max_length=16)
    is_sample: bool = Field(default=False)
    context: list[dict[str, Any]] = json_column(list)
    branch: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    earlier: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    first_id: str = reference("completion.completion_id")
    second_id: str = reference("completion.completion_id")
    side_seed: int = Field(sa_type=sa.BigInteger)
    pair_sha256: str = Field(max_length=64)
    language: str = Field(default="und", max_length=8, sa_column_kwargs={"server_default": "und"})
    equal_answers: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    stopped: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    grade: str = Field(default="", max_length=1, sa_column_kwargs={"server_default": ""})
    suggested: str = Field(default="", max_length=16, sa_column_kwargs={"server_default": ""})
    decided: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    created_at: datetime = time_column()


class VerdictRow(SQLModel, table=True):
    """The verdict that counts, one a comparison; undoing deletes this row and leaves its revisions.

    `changed_after_reveal`: another value was given before, and so the names of the models were seen. `quick`: it came less
    than 1.5 s after both answers were there. Both are told with an export; neither keeps a verdict out of anything.
    `strength` and `reasons` (joined by commas) are what the person said of a choice, "" where nothing (domain/choices/reasons).
    """

    __tablename__ = "verdict"
    __table_args__ = (
        # By time for lists, and with the value, so that nothing but the index is read to count.
        sa.Index(None, "account_id", "given_at", "value"),
        sa.Index(
            "ix_verdict_given_here", "account_id", "given_at", **of_rows(sa.not_(sa.column("imported", sa.Boolean)))
        ),
        one_of("value", "value", "first", "second", "same", "both_bad", "skip"),
    )
    comparison_id: str = Field(
        primary_key=True, foreign_key="comparison.comparison_id", ondelete="CASCADE", max_length=36
    )
    account_id: str = reference("account.account_id", index=False)
    value: str = Field(max_length=16)
    revision: int = Field(default=1)
    milliseconds: int | None = Field(default=None)
    imported: bool = Field(default=False)
    changed_after_reveal: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    quick: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    strength: str = Field(default="", max_length=16, sa_column_kwargs={"server_default": ""})
    reasons: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    given_at: datetime = time_column()


class VerdictRevision(SQLModel, table=True):
    """Every value a comparison's verdict ever had, the undoing (empty value) too."""

    __tablename__ = "verdict_revision"
    __table_args__ = (sa.UniqueConstraint("comparison_id", "revision"),)
    revision_id: str = id_column()
    comparison_id: str = reference("comparison.comparison_id", index=False)
    account_id: str = reference("account.account_id")
    revision: int
    value: str = Field(default="", max_length=16)
    milliseconds: int | None = Field(default=None)
    given_at: datetime = time_column()

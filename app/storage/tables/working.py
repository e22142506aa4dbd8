"""Work and what came of it: runs, personas, requests of work, workers, what is known of the models."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.storage.tables.columns import id_column, json_column, one_of, reference, time_column


class InductionRun(SQLModel, table=True):
    """One execution: everything it depends on is on the row. The same row gives the same run.

    `pairs` is the snapshot in time order: `[{"pair_id", "chosen_first", "verdict_revision"}]`. Budgets are in calls and
    tokens (prompt and answer together). `state` walks queued -> running -> done | failed | cancelled; `cancel_asked`
    is set by the person and obeyed before the next call. `profile` is how the run asks its model, put down as it begins.
    `stated` is how the person says they like answers, in their own words: judged beside the persona, never part of it.
    """

    __tablename__ = "induction_run"
    __table_args__ = (
        one_of("state", "state", "queued", "running", "done", "failed", "cancelled"),
        # One live run a person; the partial index is the guard against fifty clicks.
        sa.Index(
            "uq_induction_run_live",
            "account_id",
            unique=True,
            sqlite_where=sa.text("state in ('queued', 'running')"),
            postgresql_where=sa.text("state in ('queued', 'running')"),
        ),
    )
    run_id: str = id_column()
    account_id: str = reference("account.account_id")
    state: str = Field(default="queued", max_length=16)
    cancel_asked: bool = Field(default=False)
    recipe: str = Field(max_length=32)
    model: str = Field(max_length=200)
    seed: int = Field(sa_type=sa.BigInteger)
    pairs: list[dict[str, Any]] = json_column(list)
    stated: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": ""})
    profile: dict[str, Any] = json_column(sa_column_kwargs={"server_default": "{}"})
    budget_calls: int
    budget_tokens: int
    prompt_digests: dict[str, Any] = json_column()
    report: dict[str, Any] = json_column()
    failure: str = Field(default="", max_length=500)
    created_at: datetime = time_column()
    started_at: datetime | None = time_column(nullable=True)
    finished_at: datetime | None = time_column(nullable=True)


class RunEvent(SQLModel, table=True):
    """One step of progress, in the order it happened; what the page streams and polls."""

    __tablename__ = "run_event"
    __table_args__ = (sa.UniqueConstraint("run_id", "seq"),)
    event_id: str = id_column()
    run_id: str = reference("induction_run.run_id")
    seq: int
    stage: str = Field(max_length=16)
    done: int
    total: int
    payload: dict[str, Any] = json_column()
    at: datetime = time_column()


class JudgementRow(SQLModel, table=True):
    """One judgement of one pair under one condition ("plain", "explanation", "persona", "candidate 2", ...).

    `log_odds` is the natural-log odds of the person's real choice over both orders; `hit` is None where the model
    gave nothing usable; `call_digests` name the model calls it rests on.
    """

    __tablename__ = "judgement"
    __table_args__ = (sa.UniqueConstraint("run_id", "pair_id", "condition"),)
    judgement_id: str = id_column()
    run_id: str = reference("induction_run.run_id")
    pair_id: str = Field(max_length=64, index=True)
    condition: str = Field(max_length=64)
    log_odds: float | None = Field(default=None)
    hit: bool | None = Field(default=None)
    flipped: bool | None = Field(default=None)
    reasoning: str = Field(default="", sa_type=sa.Text)
    call_digests: list[str] = json_column(list)


class PersonaRow(SQLModel, table=True):
    """One induced persona, numbered per account. `document` is the whole result as JSON (domain/prompt_targets)."""

    __tablename__ = "persona"
    __table_args__ = (sa.UniqueConstraint("account_id", "version"), sa.UniqueConstraint("run_id"))
    persona_id: str = id_column()
    account_id: str = reference("account.account_id")
    run_id: str = reference("induction_run.run_id")
    version: int
    is_sketch: bool = Field(default=False)
    summary: str = Field(sa_type=sa.Text)
    system_prompt: str = Field(sa_type=sa.Text)
    document: dict[str, Any] = json_column()
    created_at: datetime = time_column()


class TraitRow(SQLModel, table=True):
    """One trait of a persona. The NOT NULL reference makes a trait without a supporting choice impossible."""

    __tablename__ = "trait"
    __table_args__ = (sa.UniqueConstraint("persona_id", "position"),)
    trait_id: str = id_column()
    persona_id: str = reference("persona.persona_id")
    position: int
    text: str = Field(sa_type=sa.Text)
    certainty: str = Field(max_length=16)
    lead_comparison_id: str = reference("comparison.comparison_id")


class TraitEvidence(SQLModel, table=True):
    """A choice for or against a trait."""

    __tablename__ = "trait_evidence"
    trait_id: str = Field(primary_key=True, foreign_key="trait.trait_id", ondelete="CASCADE", max_length=36)
    comparison_id: str = Field(
        primary_key=True, foreign_key="comparison.comparison_id", ondelete="CASCADE", index=True, max_length=36
    )
    supports: bool


class JobRequest(SQLModel, table=True):
    """Work asked for in the same transaction as the rows it concerns; workers hand it to the job engine.

    The workflow id is `<kind>-<subject_id>`, so two workers that hand over the same request start one workflow; a
    piece of work that is asked for again (`asked` counts) gets an id of its own.
    `holder` names the one execution that may spend and finish; a worker whose work was adopted no longer holds it.
    `starts` counts executions since the last new reply (`replies_seen`): work that kills its worker is parked by it.
    What is handed over and not `ended` is under way, and counts against the few pieces that `account_id` may have.
    """

    __tablename__ = "job_request"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id"),
        one_of("kind", "kind", "induce", "alternatives", "answers"),
    )
    request_id: str = id_column()
    kind: str = Field(max_length=16)
    subject_id: str = Field(max_length=36)
    account_id: str = Field(default="", max_length=36, index=True, sa_column_kwargs={"server_default": ""})
    handed_over: bool = Field(default=False, index=True)
    ended: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    asked: int = Field(default=1)
    holder: str = Field(default="", max_length=36)
    starts: int = Field(default=0)
    replies_seen: int = Field(default=0)
    created_at: datetime = time_column()


class ExecutorHeartbeat(SQLModel, table=True):
    """A living worker; work of one that has gone silent is adopted by another."""

    __tablename__ = "executor_heartbeat"
    executor_id: str = Field(primary_key=True, max_length=64)
    seen_at: datetime = time_column()


class ModelHabits(SQLModel, table=True):
    """How one model at one address takes requests (induction/model/habits.py); `address` "" is its provider's own.

    `learned_at` is empty until it was learned once, `learning_since` names a process that is at it.
    """

    __tablename__ = "model_habits"
    __table_args__ = (sa.UniqueConstraint("model", "address"),)
    habits_id: str = id_column()
    model: str = Field(max_length=200)
    address: str = Field(sa_type=sa.Text)
    habits: dict[str, Any] = json_column()
    learned_at: datetime | None = time_column(nullable=True)
    learning_since: datetime | None = time_column(nullable=True)


class ModelTrouble(SQLModel, table=True):
    """What is wrong with a model's provider, from its start or its fifth failure in a row until it answers; for the pages."""

    __tablename__ = "model_trouble"
    model: str = Field(primary_key=True, max_length=300)
    reason: str = Field(sa_type=sa.Text)
    kind: str = Field(max_length=32)
    failed_in_a_row: int
    is_permanent: bool
    again_at: datetime | None = time_column(nullable=True)
    at: datetime = time_column()


class ModelStandingRow(SQLModel, table=True):
    """How the last calls of a model for answers ended ("+" and "-", the newest last), and until when it is left out of the draw
    (domain/model_standing); for every process."""

    __tablename__ = "model_standing"
    model: str = Field(primary_key=True, max_length=200)
    ends: str = Field(max_length=8)
    rests_until: datetime | None = time_column(nullable=True)

"""The tables. One class a table; the words are those of the glossary.

Ids are random UUIDs as text. JSON columns hold plain lists and objects. Times are aware UTC. Enumerations are stored as
short text with a CHECK. A verdict is one row a comparison with every earlier value kept in `verdict_revision`; consents
are an append-only log whose newest row a scope counts. Migrations are written by hand next to these classes and a test
holds the two equal.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.TypeDecorator[datetime]):
    """Aware UTC in and out on both databases; left alone, SQLite gives naive times back and Postgres its own zone's."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def new_id() -> str:
    return str(uuid.uuid4())


def is_id(text: str) -> bool:
    """Whether `text` can be an id at all; what cannot is never sent to a database (Postgres refuses NUL in text)."""
    return len(text) == 36 and all(letter in "0123456789abcdef-" for letter in text)


def now() -> datetime:
    return datetime.now(UTC)


def id_column() -> Any:
    return Field(default_factory=new_id, primary_key=True, max_length=36)


def reference(
    target: str, *, nullable: bool = False, ondelete: Literal["CASCADE", "SET NULL"] = "CASCADE", index: bool = True
) -> Any:
    return Field(
        default=None if nullable else ...,
        foreign_key=target,
        nullable=nullable,
        ondelete=ondelete,
        index=index,
        max_length=36,
    )


def time_column(*, nullable: bool = False) -> Any:
    if nullable:
        return Field(default=None, sa_type=UTCDateTime, nullable=True)
    return Field(default_factory=now, sa_type=UTCDateTime, nullable=False)


def json_column(default: Any = dict) -> Any:
    return Field(default_factory=default, sa_type=sa.JSON, nullable=False)


def one_of(name: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} in ({listed})", name=name)


class Account(SQLModel, table=True):
    """A human; a guest until an identity is linked. `code` is what they tell an operator to be granted a role.

    While `suspended_at` is set nothing is done for it and nothing of it is exported; see services/suspending.py.
    """

    __tablename__ = "account"
    __table_args__ = (one_of("role", "role", "person", "researcher", "operator"),)
    account_id: str = id_column()
    code: str = Field(max_length=16, unique=True)
    role: str = Field(default="person", max_length=16)
    language: str = Field(default="en", max_length=16)
    came_from: str = Field(default="", max_length=64, index=True, sa_column_kwargs={"server_default": ""})
    """A digest of the address that brought a guest, which the cap of that address counts by; empty: not known."""
    created_at: datetime = time_column()
    suspended_at: datetime | None = time_column(nullable=True)
    stored_bytes: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    stored_conversations: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """What was brought in and typed (storage/stored.py)."""


class SignIn(SQLModel, table=True):
    """One browser or program that is signed in; only the SHA-256 of its token is kept.

    A program's token has a name and scopes, separated by spaces; no scopes means all that the account may.
    """

    __tablename__ = "sign_in"
    sign_in_id: str = id_column()
    account_id: str = reference("account.account_id")
    token_sha256: str = Field(max_length=64, unique=True)
    kind: str = Field(default="browser", max_length=16)
    name: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    scopes: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    created_at: datetime = time_column()
    last_seen_at: datetime = time_column()
    expires_at: datetime = time_column()


class RecoverySecret(SQLModel, table=True):
    """What opens an account again, one at most; only its SHA-256 is kept (services/recovering.py)."""

    __tablename__ = "recovery_secret"
    account_id: str = Field(foreign_key="account.account_id", ondelete="CASCADE", primary_key=True, max_length=36)
    secret_sha256: str = Field(max_length=64, unique=True)
    made_at: datetime = time_column()
    used_at: datetime | None = time_column(nullable=True)


class RequestKey(SQLModel, table=True):
    """An Idempotency-Key: the digest of the request it came with, and the reply that is given again for a day."""

    __tablename__ = "request_key"
    __table_args__ = (sa.UniqueConstraint("account_id", "key"),)
    key_id: str = id_column()
    account_id: str = reference("account.account_id")
    key: str = Field(max_length=200)
    request_sha256: str = Field(max_length=64)
    status: int
    location: str = Field(default="", max_length=300)
    reply: dict[str, Any] = json_column()
    created_at: datetime = time_column()


class Consent(SQLModel, table=True):
    """One turn of one switch; the newest row a scope counts. The text is kept by version and digest."""

    __tablename__ = "consent"
    __table_args__ = (one_of("scope", "scope", "choices", "texts"),)
    consent_id: str = id_column()
    account_id: str = reference("account.account_id")
    scope: str = Field(max_length=16)
    granted: bool
    text_version: str = Field(max_length=32)
    text_sha256: str = Field(max_length=64)
    given_at: datetime = time_column()


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
    """Turns as they were brought in or typed; comparisons point into it. `turns` is empty where parts hold them."""

    __tablename__ = "conversation"
    conversation_id: str = id_column()
    account_id: str = reference("account.account_id")
    import_id: str | None = reference("import_batch.import_id", nullable=True)
    source: str = Field(max_length=16)
    title: str = Field(default="", max_length=200)
    turns: list[dict[str, Any]] = json_column(list)
    created_at: datetime = time_column()


class ContextPart(SQLModel, table=True):
    """Twenty turns of a long conversation, from number `position` on, which the contexts on that branch share
    (domain/long_contexts)."""

    __tablename__ = "context_part"
    conversation_id: str = Field(
        primary_key=True, foreign_key="conversation.conversation_id", ondelete="CASCADE", max_length=36
    )
    branch: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    turns: list[dict[str, Any]] = json_column(list)


class CompletionRow(SQLModel, table=True):
    """One answer. `model` and `style` are hidden until the verdict.

    `names_model`: it says of itself which model it is or who made it (domain/naming_itself), worked out when the text is stored.
    """

    __tablename__ = "completion"
    __table_args__ = (one_of("state", "state", "pending", "ready", "failed"),)
    completion_id: str = id_column()
    account_id: str = reference("account.account_id")
    state: str = Field(default="ready", max_length=16)
    text: str = Field(default="", sa_type=sa.Text)
    lead_in: list[dict[str, Any]] = json_column(list)
    model: str = Field(default="", max_length=200)
    style: str = Field(default="", max_length=32)
    sampling: dict[str, Any] = json_column()
    failure: str = Field(default="", max_length=300)
    names_model: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    created_at: datetime = time_column()


class ComparisonRow(SQLModel, table=True):
    """A context with two answers on sides drawn by `side_seed`. `seq` orders an account's comparisons.

    `is_sample` rows came with the product; of these a research export takes ready-made pairs alone. `pair_sha256` is the identity by texts
    (domain.preference.pair_digest), unique an account, so a file imported twice adds nothing. The context is the first `earlier` turns of
    that branch of the conversation (`context_part`), then what `context` holds: most often 0, and all of it.
    `language` is that of its last request (domain/language). `equal_answers`: nothing to choose between, so it is not shown for
    choosing; only pairs from before such ones were refused have it.
    """

    __tablename__ = "comparison"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "pair_sha256"),
        sa.UniqueConstraint("account_id", "seq"),
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
    created_at: datetime = time_column()


class VerdictRow(SQLModel, table=True):
    """The verdict that counts, one a comparison; undoing deletes this row and leaves its revisions.

    `changed_after_reveal`: another value was given before, and so the names of the models were seen. `quick`: it came less
    than 1.5 s after both answers were there. Both are told with an export; neither keeps a verdict out of anything.
    """

    __tablename__ = "verdict"
    __table_args__ = (one_of("value", "value", "first", "second", "same", "both_bad", "skip"),)
    comparison_id: str = Field(
        primary_key=True, foreign_key="comparison.comparison_id", ondelete="CASCADE", max_length=36
    )
    account_id: str = reference("account.account_id")
    value: str = Field(max_length=16)
    revision: int = Field(default=1)
    milliseconds: int | None = Field(default=None)
    imported: bool = Field(default=False)
    changed_after_reveal: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    quick: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    given_at: datetime = time_column()


class VerdictRevision(SQLModel, table=True):
    """Every value a comparison's verdict ever had, the undoing (empty value) too."""

    __tablename__ = "verdict_revision"
    __table_args__ = (sa.UniqueConstraint("comparison_id", "revision"),)
    revision_id: str = id_column()
    comparison_id: str = reference("comparison.comparison_id")
    account_id: str = reference("account.account_id")
    revision: int
    value: str = Field(default="", max_length=16)
    milliseconds: int | None = Field(default=None)
    given_at: datetime = time_column()


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
    profile: dict[str, Any] = Field(
        default_factory=dict, sa_type=sa.JSON, nullable=False, sa_column_kwargs={"server_default": "{}"}
    )
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


class ModelCall(SQLModel, table=True):
    """A committed reply; the reason why no answered call is paid twice. `scope_id` is a run, import or comparison."""

    __tablename__ = "model_call"
    __table_args__ = (sa.UniqueConstraint("scope_id", "digest"),)
    call_id: str = id_column()
    scope_id: str = Field(max_length=36, index=True)
    account_id: str = reference("account.account_id")
    digest: str = Field(max_length=64)
    purpose: str = Field(max_length=32)
    reply: dict[str, Any] = json_column()
    at: datetime = time_column()


class LedgerEntry(SQLModel, table=True):
    """One try at one call: reserved before it is sent, settled after. An entry that stays "reserved" was in flight
    when its worker died and counts as spent in full."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.UniqueConstraint("scope_id", "digest", "attempt"),
        one_of("state", "state", "reserved", "answered", "failed"),
    )
    entry_id: str = id_column()
    scope_id: str = Field(max_length=36, index=True)
    account_id: str = reference("account.account_id")
    digest: str = Field(max_length=64)
    attempt: int
    model: str = Field(max_length=200)
    purpose: str = Field(max_length=32)
    state: str = Field(default="reserved", max_length=16)
    prompt_tokens: int
    completion_tokens: int
    micros: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    """Millionths of a dollar, as far as the model's price is known."""
    counted: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=sa.JSON, nullable=False, sa_column_kwargs={"server_default": "[]"}
    )
    """The counters of `spend_counter` that it counts in: `[{"period", "subject"}]`."""
    reason: str = Field(default="", max_length=300)
    at: datetime = time_column()


class SpendCounter(SQLModel, table=True):
    """What one subject has used of its cap in one period, reservations included. `told` is the highest per cent of the cap
    that the log has told of."""

    __tablename__ = "spend_counter"
    period: str = Field(primary_key=True, max_length=10)
    subject: str = Field(primary_key=True, max_length=80)
    calls: int = Field(default=0, sa_type=sa.BigInteger)
    tokens: int = Field(default=0, sa_type=sa.BigInteger)
    micros: int = Field(default=0, sa_type=sa.BigInteger)
    told: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class SpendUse(SQLModel, table=True):
    """What was spent on one day by one model for one purpose; nobody's name is in it, so it outlives accounts."""

    __tablename__ = "spend_use"
    day: str = Field(primary_key=True, max_length=10)
    model: str = Field(primary_key=True, max_length=200)
    purpose: str = Field(primary_key=True, max_length=32)
    calls: int = Field(default=0, sa_type=sa.BigInteger)
    tokens: int = Field(default=0, sa_type=sa.BigInteger)
    micros: int = Field(default=0, sa_type=sa.BigInteger)


class SpendingSwitch(SQLModel, table=True):
    """The one switch that stops all spending, of one row; without it nothing is stopped."""

    __tablename__ = "spending_switch"
    name: str = Field(primary_key=True, max_length=16)
    is_stopped: bool = Field(default=False)
    secret: str = Field(max_length=64)
    """The key of the digests of addresses (`account.came_from`, `spend_counter`), in use since `key_since`."""
    key_since: datetime | None = time_column(nullable=True)
    earlier_secret: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    """The key before, for a day after the change; see storage/address_keys.py."""
    changed_at: datetime = time_column()


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


class ExportRow(SQLModel, table=True):
    """A research export that was made: what, by whom, how many rows, and the digest of its bytes."""

    __tablename__ = "export"
    export_id: str = id_column()
    requested_by: str | None = reference("account.account_id", nullable=True, ondelete="SET NULL")
    file_format: str = Field(max_length=16)
    rows: int | None = Field(default=None)
    sha256: str = Field(default="", max_length=64)
    created_at: datetime = time_column()
    finished_at: datetime | None = time_column(nullable=True)


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


class ExecutorHeartbeat(SQLModel, table=True):
    """A living worker; work of one that has gone silent is adopted by another."""

    __tablename__ = "executor_heartbeat"
    executor_id: str = Field(primary_key=True, max_length=64)
    seen_at: datetime = time_column()


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

"""The first tables.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(36)
DIGEST = sa.String(64)
WORD = sa.String(16)
TIME = sa.DateTime(timezone=True)


def column(name: str, kind: Any, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null)


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def one_of(table: str, name: str, *words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{name} in ({listed})", name=op.f(f"ck_{table}_{name}"))


def refers(table: str, name: str, target: str, target_column: str = "", *, ondelete: str = "CASCADE") -> Any:
    return sa.ForeignKeyConstraint(
        [name], [f"{target}.{target_column or name}"], name=op.f(f"fk_{table}_{name}_{target}"), ondelete=ondelete
    )


def index(table: str, *columns: str) -> None:
    for name in columns:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def upgrade() -> None:
    accounts()
    imports_and_conversations()
    comparisons()
    runs()
    calls()
    personas()
    exports_and_work()


def accounts() -> None:
    op.create_table(
        "account",
        column("account_id", ID),
        column("code", WORD),
        column("role", WORD),
        column("language", WORD),
        column("created_at", TIME),
        key("account", "account_id"),
        unique("account", "code"),
        one_of("account", "role", "person", "researcher", "operator"),
    )
    op.create_table(
        "sign_in",
        column("sign_in_id", ID),
        column("account_id", ID),
        column("token_sha256", DIGEST),
        column("kind", WORD),
        column("created_at", TIME),
        column("last_seen_at", TIME),
        column("expires_at", TIME),
        key("sign_in", "sign_in_id"),
        unique("sign_in", "token_sha256"),
        refers("sign_in", "account_id", "account"),
    )
    index("sign_in", "account_id")
    op.create_table(
        "consent",
        column("consent_id", ID),
        column("account_id", ID),
        column("scope", WORD),
        column("granted", sa.Boolean()),
        column("text_version", sa.String(32)),
        column("text_sha256", DIGEST),
        column("given_at", TIME),
        key("consent", "consent_id"),
        one_of("consent", "scope", "choices", "texts"),
        refers("consent", "account_id", "account"),
    )
    index("consent", "account_id")


def imports_and_conversations() -> None:
    op.create_table(
        "import_batch",
        column("import_id", ID),
        column("account_id", ID),
        column("kind", WORD),
        column("state", WORD),
        column("source_name", sa.String(200)),
        column("content_sha256", DIGEST),
        column("report", sa.JSON()),
        column("created_at", TIME),
        key("import_batch", "import_id"),
        one_of("import_batch", "kind", "sample", "pairs", "conversation"),
        one_of("import_batch", "state", "previewed", "confirmed", "working", "done", "failed"),
        refers("import_batch", "account_id", "account"),
    )
    index("import_batch", "account_id")
    op.create_table(
        "conversation",
        column("conversation_id", ID),
        column("account_id", ID),
        column("import_id", ID, null=True),
        column("source", WORD),
        column("title", sa.String(200)),
        column("turns", sa.JSON()),
        column("created_at", TIME),
        key("conversation", "conversation_id"),
        refers("conversation", "account_id", "account"),
        refers("conversation", "import_id", "import_batch"),
    )
    index("conversation", "account_id", "import_id")
    op.create_table(
        "completion",
        column("completion_id", ID),
        column("account_id", ID),
        column("state", WORD),
        column("text", sa.Text()),
        column("lead_in", sa.JSON()),
        column("model", sa.String(200)),
        column("style", sa.String(32)),
        column("sampling", sa.JSON()),
        column("failure", sa.String(300)),
        column("created_at", TIME),
        key("completion", "completion_id"),
        one_of("completion", "state", "pending", "ready", "failed"),
        refers("completion", "account_id", "account"),
    )
    index("completion", "account_id")


def comparisons() -> None:
    op.create_table(
        "comparison",
        column("comparison_id", ID),
        column("account_id", ID),
        column("conversation_id", ID),
        column("seq", sa.Integer()),
        column("source", WORD),
        column("is_sample", sa.Boolean()),
        column("context", sa.JSON()),
        column("first_id", ID),
        column("second_id", ID),
        column("side_seed", sa.BigInteger()),
        column("pair_sha256", DIGEST),
        column("created_at", TIME),
        key("comparison", "comparison_id"),
        unique("comparison", "account_id", "pair_sha256"),
        unique("comparison", "account_id", "seq"),
        one_of("comparison", "source", "sample", "imported", "alternative", "typed"),
        refers("comparison", "account_id", "account"),
        refers("comparison", "conversation_id", "conversation"),
        refers("comparison", "first_id", "completion", "completion_id"),
        refers("comparison", "second_id", "completion", "completion_id"),
    )
    index("comparison", "account_id", "conversation_id", "first_id", "second_id")
    values = ("first", "second", "same", "both_bad", "skip")
    op.create_table(
        "verdict",
        column("comparison_id", ID),
        column("account_id", ID),
        column("value", WORD),
        column("revision", sa.Integer()),
        column("milliseconds", sa.Integer(), null=True),
        column("imported", sa.Boolean()),
        column("given_at", TIME),
        key("verdict", "comparison_id"),
        one_of("verdict", "value", *values),
        refers("verdict", "comparison_id", "comparison"),
        refers("verdict", "account_id", "account"),
    )
    index("verdict", "account_id")
    op.create_table(
        "verdict_revision",
        column("revision_id", ID),
        column("comparison_id", ID),
        column("account_id", ID),
        column("revision", sa.Integer()),
        column("value", WORD),
        column("milliseconds", sa.Integer(), null=True),
        column("given_at", TIME),
        key("verdict_revision", "revision_id"),
        unique("verdict_revision", "comparison_id", "revision"),
        refers("verdict_revision", "comparison_id", "comparison"),
        refers("verdict_revision", "account_id", "account"),
    )
    index("verdict_revision", "comparison_id", "account_id")


def runs() -> None:
    op.create_table(
        "induction_run",
        column("run_id", ID),
        column("account_id", ID),
        column("state", WORD),
        column("cancel_asked", sa.Boolean()),
        column("recipe", sa.String(32)),
        column("model", sa.String(200)),
        column("seed", sa.BigInteger()),
        column("pairs", sa.JSON()),
        column("budget_calls", sa.Integer()),
        column("budget_tokens", sa.Integer()),
        column("prompt_digests", sa.JSON()),
        column("report", sa.JSON()),
        column("failure", sa.String(500)),
        column("created_at", TIME),
        column("started_at", TIME, null=True),
        column("finished_at", TIME, null=True),
        key("induction_run", "run_id"),
        one_of("induction_run", "state", "queued", "running", "done", "failed", "cancelled"),
        refers("induction_run", "account_id", "account"),
    )
    index("induction_run", "account_id")
    live = sa.text("state in ('queued', 'running')")
    op.create_index(
        op.f("uq_induction_run_live"),
        "induction_run",
        ["account_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_table(
        "run_event",
        column("event_id", ID),
        column("run_id", ID),
        column("seq", sa.Integer()),
        column("stage", WORD),
        column("done", sa.Integer()),
        column("total", sa.Integer()),
        column("payload", sa.JSON()),
        column("at", TIME),
        key("run_event", "event_id"),
        unique("run_event", "run_id", "seq"),
        refers("run_event", "run_id", "induction_run"),
    )
    index("run_event", "run_id")
    op.create_table(
        "judgement",
        column("judgement_id", ID),
        column("run_id", ID),
        column("pair_id", DIGEST),
        column("condition", sa.String(64)),
        column("log_odds", sa.Float(), null=True),
        column("hit", sa.Boolean(), null=True),
        column("flipped", sa.Boolean(), null=True),
        column("reasoning", sa.Text()),
        column("call_digests", sa.JSON()),
        key("judgement", "judgement_id"),
        unique("judgement", "run_id", "pair_id", "condition"),
        refers("judgement", "run_id", "induction_run"),
    )
    index("judgement", "run_id", "pair_id")


def calls() -> None:
    op.create_table(
        "model_call",
        column("call_id", ID),
        column("scope_id", ID),
        column("account_id", ID),
        column("digest", DIGEST),
        column("purpose", sa.String(32)),
        column("reply", sa.JSON()),
        column("at", TIME),
        key("model_call", "call_id"),
        unique("model_call", "scope_id", "digest"),
        refers("model_call", "account_id", "account"),
    )
    index("model_call", "scope_id", "account_id")
    op.create_table(
        "ledger_entry",
        column("entry_id", ID),
        column("scope_id", ID),
        column("account_id", ID),
        column("digest", DIGEST),
        column("attempt", sa.Integer()),
        column("model", sa.String(200)),
        column("purpose", sa.String(32)),
        column("state", WORD),
        column("prompt_tokens", sa.Integer()),
        column("completion_tokens", sa.Integer()),
        column("reason", sa.String(300)),
        column("at", TIME),
        key("ledger_entry", "entry_id"),
        unique("ledger_entry", "scope_id", "digest", "attempt"),
        one_of("ledger_entry", "state", "reserved", "answered", "failed"),
        refers("ledger_entry", "account_id", "account"),
    )
    index("ledger_entry", "scope_id", "account_id")


def personas() -> None:
    op.create_table(
        "persona",
        column("persona_id", ID),
        column("account_id", ID),
        column("run_id", ID),
        column("version", sa.Integer()),
        column("is_sketch", sa.Boolean()),
        column("summary", sa.Text()),
        column("system_prompt", sa.Text()),
        column("document", sa.JSON()),
        column("created_at", TIME),
        key("persona", "persona_id"),
        unique("persona", "account_id", "version"),
        unique("persona", "run_id"),
        refers("persona", "account_id", "account"),
        refers("persona", "run_id", "induction_run"),
    )
    index("persona", "account_id", "run_id")
    op.create_table(
        "trait",
        column("trait_id", ID),
        column("persona_id", ID),
        column("position", sa.Integer()),
        column("text", sa.Text()),
        column("certainty", WORD),
        column("lead_comparison_id", ID),
        key("trait", "trait_id"),
        unique("trait", "persona_id", "position"),
        refers("trait", "persona_id", "persona"),
        refers("trait", "lead_comparison_id", "comparison", "comparison_id"),
    )
    index("trait", "persona_id", "lead_comparison_id")
    op.create_table(
        "trait_evidence",
        column("trait_id", ID),
        column("comparison_id", ID),
        column("supports", sa.Boolean()),
        key("trait_evidence", "trait_id", "comparison_id"),
        refers("trait_evidence", "trait_id", "trait"),
        refers("trait_evidence", "comparison_id", "comparison"),
    )
    index("trait_evidence", "comparison_id")


def exports_and_work() -> None:
    op.create_table(
        "export",
        column("export_id", ID),
        column("requested_by", ID, null=True),
        column("file_format", WORD),
        column("rows", sa.Integer(), null=True),
        column("sha256", DIGEST),
        column("created_at", TIME),
        column("finished_at", TIME, null=True),
        key("export", "export_id"),
        refers("export", "requested_by", "account", "account_id", ondelete="SET NULL"),
    )
    index("export", "requested_by")
    op.create_table(
        "job_request",
        column("request_id", ID),
        column("kind", WORD),
        column("subject_id", ID),
        column("handed_over", sa.Boolean()),
        column("holder", ID),
        column("asked", sa.Integer()),
        column("starts", sa.Integer()),
        column("replies_seen", sa.Integer()),
        column("created_at", TIME),
        key("job_request", "request_id"),
        unique("job_request", "kind", "subject_id"),
        one_of("job_request", "kind", "induce", "alternatives", "answers"),
    )
    index("job_request", "handed_over")
    op.create_table(
        "executor_heartbeat",
        column("executor_id", DIGEST),
        column("seen_at", TIME),
        key("executor_heartbeat", "executor_id"),
    )


def downgrade() -> None:
    for table in (
        *("executor_heartbeat", "job_request", "export", "trait_evidence", "trait", "persona"),
        *("ledger_entry", "model_call", "judgement", "run_event", "induction_run"),
        *("verdict_revision", "verdict", "comparison", "completion", "conversation", "import_batch"),
        *("consent", "sign_in", "account"),
    ):
        op.drop_table(table)

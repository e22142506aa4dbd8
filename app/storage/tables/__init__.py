"""The tables. One class a table; the words are those of the glossary.

Ids are random UUIDs as text. JSON columns hold plain lists and objects. Times are aware UTC. Enumerations are stored as
short text with a CHECK. A verdict is one row a comparison with every earlier value kept in `verdict_revision`; consents
are an append-only log whose newest row a scope counts. Migrations are written by hand next to these classes and a test
holds the two equal.
"""

from __future__ import annotations

from app.storage.tables.bringing import Archive, ArchiveChat, OwnWords
from app.storage.tables.choosing import (
    ComparisonRow,
    CompletionRow,
    ContextPart,
    ConversationRow,
    ImportBatch,
    VerdictRevision,
    VerdictRow,
)
from app.storage.tables.columns import is_id, new_id, now
from app.storage.tables.exporting import ExportRow
from app.storage.tables.people import (
    Account,
    AuditEntry,
    Consent,
    IdentityRow,
    RecoverySecret,
    RequestKey,
    SignIn,
    SignInAttempt,
)
from app.storage.tables.spending import LedgerEntry, ModelCall, SpendCounter, SpendingSwitch, SpendUse
from app.storage.tables.working import (
    ExecutorHeartbeat,
    InductionRun,
    JobRequest,
    JudgementRow,
    ModelHabits,
    ModelStandingRow,
    ModelTrouble,
    PersonaRow,
    RunEvent,
    TraitEvidence,
    TraitRow,
)

__all__ = [
    "Account",
    "Archive",
    "ArchiveChat",
    "AuditEntry",
    "ComparisonRow",
    "CompletionRow",
    "Consent",
    "ContextPart",
    "ConversationRow",
    "ExecutorHeartbeat",
    "ExportRow",
    "IdentityRow",
    "ImportBatch",
    "InductionRun",
    "JobRequest",
    "JudgementRow",
    "LedgerEntry",
    "ModelCall",
    "ModelHabits",
    "ModelStandingRow",
    "ModelTrouble",
    "OwnWords",
    "PersonaRow",
    "RecoverySecret",
    "RequestKey",
    "RunEvent",
    "SignIn",
    "SignInAttempt",
    "SpendCounter",
    "SpendUse",
    "SpendingSwitch",
    "TraitEvidence",
    "TraitRow",
    "VerdictRevision",
    "VerdictRow",
    "is_id",
    "new_id",
    "now",
]

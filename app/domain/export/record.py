"""What a row of an export is made from, and the names that stand in it."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from app.domain.choices.preference import Verdict
from app.domain.export.shared import Shared
from app.domain.texts.language import UNDETERMINED

TurnJson = dict[str, str]
READY_MADE = "sample"
"""The `source` of a ready-made pair: of what came with the product an export holds nothing else."""


class Facts(NamedTuple):
    """What a row tells beside texts and names. Most rows are alike in it to many others, so it is written as JSON once for all of them.

    `consent_versions` are those of choices and texts, in this order. `day` is `2026-11-27` (UTC), `time` one of `TIMES` or -1.
    `source` is "typed", "alternative", "imported" or "sample", and `pair_sha256` that of a ready-made pair, else "". `cut_answers`
    and `left_out` are told as in the columns.
    """

    verdict: Verdict
    consent_versions: tuple[tuple[str, str], ...]
    first_model: str
    second_model: str
    first_style: str
    second_style: str
    time: int
    day: str
    source: str
    imported_verdict: bool
    pair_sha256: str = ""
    changed_after_reveal: bool = False
    quick: bool = False
    names_model: bool = False
    equal_answers: bool = False
    language: str = UNDETERMINED
    cut_answers: str = ""
    left_out: str = ""
    early: bool = False
    strength: str = ""
    reasons: str = ""


class ExportedVerdict(NamedTuple):
    """One verdict with everything a row is made from; ids are the real ones and never leave this folder.

    `context`, `first` and `second` are turns as they are stored, the answers with what led to them. `seq` is its place among the
    person's exported verdicts, from 0.
    """

    account_id: str
    comparison_id: str
    conversation_id: str
    context: list[TurnJson]
    first: list[TurnJson]
    second: list[TurnJson]
    facts: Facts
    seq: int = 0


class Times(NamedTuple):
    """What is told of each day and of each time of one file."""

    days: Shared[str, tuple[str, str]]
    times: Shared[int, int]


class Pseudonyms:
    """Names for one export: keyed, so that nobody without the key, which is thrown away, can make or compare them."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._begun: dict[str, Any] = {}
        self._of_person = ("", "", 0)

    def name(self, kind: str, real: str) -> str:
        """The made-up name of something: the same within one export, another in every other."""
        return f"{kind}-{self._digest(kind, real).hexdigest()}"

    def person(self, account_id: str) -> tuple[str, int]:
        """A person's name, and where their order numbers begin in this export, 1 to 1,000,000: equal numbers in two files mean
        nothing. Rows of one person come together, so the last answer is kept."""
        if self._of_person[0] != account_id:
            first_seq = 1 + int.from_bytes(self._digest("seq", account_id).digest()[:8]) % 1_000_000
            self._of_person = (account_id, self.name("participant", account_id), first_seq)
        return self._of_person[1:]

    def _digest(self, kind: str, real: str) -> Any:
        # Keying takes longer than the few bytes of a name: it is done once a kind.
        if kind not in self._begun:
            self._begun[kind] = hashlib.blake2b(f"{kind}\0".encode(), key=self._key, digest_size=12)
        digest = self._begun[kind].copy()
        digest.update(real.encode())
        return digest

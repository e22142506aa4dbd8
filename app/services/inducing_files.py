"""The main job without the web: a file of preferences in, persona.json, prompt.txt and report.json out.

One row: `{"user_id": "u1", "split": "train", "seq": 0, "conversation_id": "k1", "context": [{"role": "user",
"content": "..."}], "chosen": {"role": "assistant", "content": "..."}, "rejected": {...}, "present_first": "chosen"}`;
only context, chosen and rejected are needed (domain/preference_files.py). Rows whose split is "test" are the unseen choices.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.persona import Accuracy
from app.domain.prompt_targets import system_prompt
from app.induction.induce import DEFAULT_RECIPE, Progress, ignore, induce
from app.services.calling.costs import Cost, cost_of
from app.services.calling.model_calls import Completer, InMemoryLedger, MeteredModel
from app.services.whole_files import read_pairs, writable, write_whole


@dataclass(frozen=True, slots=True)
class FileReport:
    """What an induction over a file came to; `document` is None where no persona could be written."""

    user: str
    recipe: str
    seed: int
    model: str
    choices: int
    skipped: tuple[str, ...]
    left_out: tuple[str, ...]
    rows: dict[str, int]
    accuracy: Accuracy | None
    baseline: Accuracy | None
    verdict: str
    is_sketch: bool
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    cost: Cost
    report: dict[str, Any] | None
    document: dict[str, Any] | None = field(repr=False)
    files: tuple[Path, ...] = ()
    fit_calls: int = 0
    """Of the calls, those that made persona and prompt; the others tested them. Tries of one call count once."""

    def as_json(self) -> dict[str, Any]:
        """report.json: calls, fit_calls, prompt_tokens, completion_tokens, seconds, hits, n, interval, baseline_hits, failed, ...;
        under "report" every other way of guessing, the learning curve and what is made of them."""
        return {
            "user": self.user,
            "recipe": self.recipe,
            "seed": self.seed,
            "model": self.model,
            "choices": self.choices,
            **self.cost.as_json(),
            "fit_calls": self.fit_calls,
            **_hits(self.accuracy),
            "baseline_hits": self.baseline.hits if self.baseline else None,
            "baseline_n": self.baseline.n if self.baseline else None,
            "verdict": self.verdict,
            "is_sketch": self.is_sketch,
            "has_persona": self.document is not None,
            "rows": self.rows,
            "skipped": list(self.skipped),
            "left_out": list(self.left_out),
            "missing": list(self.missing),
            "notes": list(self.notes),
            "report": self.report,
        }


async def induce_file(
    path: Path | str,
    out_dir: Path | str,
    completer: Completer,
    *,
    user: str | None = None,
    recipe: str = DEFAULT_RECIPE,
    seed: int = 0,
    test_file: Path | str | None = None,
    budget_calls: int = 800,
    budget_tokens: int = 2_000_000,
    on_progress: Callable[[Progress], None] = ignore,
) -> FileReport:
    """Induces one person's persona from a file and writes persona.json, prompt.txt and report.json into `out_dir`.

    The unseen choices are the rows with split "test", or all rows of that person in `test_file`; without either, folds
    of the choices, or for the recipes of the paper a part that is held back. Files are written whole or not at all;
    without a persona only report.json is written. Raises BadInput for a file, user, recipe or folder that cannot be
    used, and what `induce` raises.
    """
    started = time.monotonic()
    found = read_pairs(path, user)
    tests = found.test
    if test_file is not None:
        other = read_pairs(test_file, user if user is not None else found.user or None)
        tests = other.test or other.pairs
    out = writable(Path(out_dir))
    ledger = InMemoryLedger(budget_calls, budget_tokens)
    induced = await induce(
        found.pairs,
        MeteredModel(completer, ledger),
        recipe=recipe,
        seed=seed,
        test_pairs=tests or None,
        about=found.about,
        emit=on_progress,
    )
    document = induced.document()
    report = FileReport(
        user=found.user,
        recipe=recipe,
        seed=seed,
        model=induced.model,
        choices=len(found.pairs),
        skipped=found.skipped,
        left_out=found.notes,
        rows=found.counts(),
        accuracy=induced.accuracy,
        baseline=induced.baseline,
        verdict=document["verdict"],
        is_sketch=induced.is_sketch,
        missing=induced.missing,
        notes=induced.notes,
        cost=cost_of(ledger, started),
        report=document["report"],
        document=document if induced.persona else None,
        fit_calls=induced.fit_calls,
    )
    texts = {"report.json": _json(report.as_json())}
    if induced.persona:
        texts = {"persona.json": _json(document), "prompt.txt": system_prompt(document), **texts}
    for stale in {"persona.json", "prompt.txt"} - texts.keys():
        (out / stale).unlink(missing_ok=True)
    for name, text in texts.items():
        write_whole(out / name, text)
    return replace(report, files=tuple(out / name for name in texts))


def _hits(accuracy: Accuracy | None) -> dict[str, Any]:
    return {
        "hits": accuracy.hits if accuracy else None,
        "n": accuracy.n if accuracy else None,
        "interval": [round(end, 4) for end in accuracy.interval()] if accuracy else None,
        "failed": accuracy.failed if accuracy else None,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

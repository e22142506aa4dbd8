"""One persona file on one person's choices: how often its prompt guesses those that did not teach it.

A persona that is tested on what it was written from looks far better than it is. So its file tells by digests which choices
those were, they are left out and counted, and where none is left nothing is judged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.choices.preference import PreferencePair
from app.domain.choices.taught import Parted, Taught, parted_from, taught_from_json
from app.domain.errors import BadInput
from app.domain.flaws import left_out_words, that_teach
from app.domain.personas.persona import Accuracy, Persona
from app.domain.prompt_targets import persona_from_document, verdict_sentence
from app.domain.transcripts.preference_files import FilePairs
from app.induction.induce import Progress, ignore
from app.induction.proof.with_and_without import judge_with_and_without
from app.services.calling.costs import Cost, cost_of
from app.services.calling.memory_ledger import InMemoryLedger
from app.services.calling.model_calls import Completer, MeteredModel
from app.services.evaluating.tables import counted
from app.services.whole_files import read_pairs


@dataclass(frozen=True, slots=True)
class Trial:
    """A persona and the choices that may test it, read and checked: nothing is asked yet.

    `choices` counts what could have tested it; `taught` of them taught it and `tied` belong with one that did.
    """

    user: str
    persona: Persona
    unseen: tuple[PreferencePair, ...]
    choices: int
    taught: int
    tied: int
    skipped: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def left_out(self) -> str:
        """As in `12 of 14 choices taught this persona and were left out.`; "" where none was."""
        return _left_out(self.choices, self.taught, self.tied)


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """A persona file judged on the unseen choices of a file, beside the plain judge on the same choices."""

    trial: Trial
    model: str
    accuracy: Accuracy
    baseline: Accuracy
    verdict: str
    cost: Cost

    def table(self) -> list[tuple[str, int, int, int, float, float, float]]:
        """Rows (judge, hits, n, failed, share, low, high): the plain judge first."""
        rows = []
        for name, accuracy in (("no persona", self.baseline), ("with persona", self.accuracy)):
            low, high = accuracy.interval()
            rows.append((name, accuracy.hits, accuracy.n, accuracy.failed, accuracy.share, low, high))
        return rows

    def as_json(self) -> dict[str, Any]:
        """The same figures for programs; `verdict` says first which choices were left out."""
        trial, accuracy = self.trial, self.accuracy
        return {
            "user": trial.user,
            "model": self.model,
            "choices": trial.choices,
            "taught": trial.taught,
            "tied": trial.tied,
            "unseen": len(trial.unseen),
            **self.cost.as_json(),
            "hits": accuracy.hits,
            "n": accuracy.n,
            "interval": [round(end, 4) for end in accuracy.interval()],
            "failed": accuracy.failed,
            "baseline_hits": self.baseline.hits,
            "baseline_n": self.baseline.n,
            "verdict": " ".join(part for part in (trial.left_out(), self.verdict) if part),
            "skipped": list(trial.skipped),
            "notes": list(trial.notes),
        }


def trial_of(path: Path | str, persona_path: Path | str, *, user: str | None = None) -> Trial:
    """The persona of a persona.json and the choices of one person in the file that it has not seen. Asks no model.

    The rows with split "test" may test, all rows where none has; those that taught the persona, and those that belong
    with one that did, are left out (domain/choices/taught). Raises BadInput for unusable files, for a persona file that does not
    tell what taught it, and where no choice is left.
    """
    stored = persona_json(persona_path)
    _taught(stored, persona_path)
    return trial_on(read_pairs(path, user), Path(path).name, stored, persona_path)


def trial_on(found: FilePairs, file: str, stored: Mapping[str, Any], persona_path: Path | str) -> Trial:
    """The same of a persona document and choices that were read already; the names stand in sentences. Raises as `trial_of`."""
    persona, taught = persona_from_document(stored), _taught(stored, persona_path)
    given = found.test or found.pairs
    candidates, left_out = that_teach(given), left_out_words(given)
    parted = parted_from(taught, candidates, found.pairs if found.test else ())
    if not parted.unseen:
        raise BadInput(_none_left(file, Path(persona_path).name, len(candidates), parted))
    return Trial(
        user=found.user,
        persona=persona,
        unseen=parted.unseen,
        choices=len(candidates),
        taught=len(parted.taught),
        tied=len(parted.tied),
        skipped=found.skipped,
        notes=(*found.notes, *([left_out] if left_out else ())),
    )


async def judge_trial(
    trial: Trial,
    completer: Completer,
    *,
    seed: int = 0,
    budget_calls: int = 800,
    budget_tokens: int = 2_000_000,
    on_progress: Callable[[Progress], None] = ignore,
) -> EvaluationReport:
    """How often the persona predicts its unseen choices, beside the plain judge. Four calls a choice.

    Raises BudgetReached where the budget ends.
    """
    started = time.monotonic()
    ledger = InMemoryLedger(budget_calls, budget_tokens)
    with_persona, without = await judge_with_and_without(
        trial.persona, trial.unseen, MeteredModel(completer, ledger), seed=seed, emit=on_progress
    )
    return EvaluationReport(
        trial=trial,
        model=completer.profile.name,
        accuracy=with_persona,
        baseline=without,
        verdict=verdict_sentence(with_persona, without, is_sketch=False),
        cost=cost_of(ledger, started),
    )


def persona_json(path: Path | str) -> dict[str, Any]:
    """What a persona.json holds. Raises BadInput where it cannot be read or is none."""
    try:
        stored = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is no JSON file. Give the persona.json that `induce` wrote.") from error
    if not isinstance(stored, dict):
        raise BadInput(f"{path} is no persona file. Give the persona.json that `induce` wrote.")
    return stored


def _taught(stored: Mapping[str, Any], path: Path | str) -> Taught:
    taught = taught_from_json(stored.get("taught"))
    if taught is None:
        raise BadInput(
            f"{path} does not tell which choices taught this persona, as the files of earlier versions do not: it might be tested "
            "on the very choices that it was written from. Write the persona anew, by `induce` or on the page."
        )
    return taught


def _none_left(file: str, persona: str, choices: int, parted: Parted) -> str:
    which = f"{file} has no choices" if not choices else _left_out(choices, len(parted.taught), len(parted.tied))
    return (
        f"Nothing is left to test {persona} on: {which.rstrip('.')}. Give a file with other choices, or keep some out of "
        '`induce` by `"split": "test"`; how often it is right by folds is told by `verdict` in the persona file.'
    )


def _left_out(choices: int, taught: int, tied: int) -> str:
    """`12 of 14 choices taught this persona and 1 belongs with one that did (...); they were left out.`"""
    if not taught and not tied:
        return ""
    belongs = (
        f"{'belongs' if tied == 1 else 'belong'} with one that did (one conversation, or an answer to one request)"
    )
    if not taught:
        belongs = belongs.replace("one that did", "one that taught this persona")
        return f"{tied} of {counted(choices, 'choice')} {belongs} and {'was' if tied == 1 else 'were'} left out."
    head = f"{taught} of {counted(choices, 'choice')} taught this persona"
    if tied:
        return f"{head} and {tied} {belongs}; they were left out."
    return f"{head} and {'was' if taught == 1 else 'were'} left out."

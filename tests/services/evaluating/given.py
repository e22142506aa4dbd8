"""What the tests of an evaluation start from: files of simulated people, and a model that answers by rule and counts."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.induction.model.language_model import Judging, ModelProfile, Prompt, Reply, TransientModelError
from app.services.evaluating.asking import Asked
from app.services.evaluating.questions import Outcome, evaluate, prepared
from app.services.evaluating.working import Advance
from bench.in_process import reply_to
from bench.people import Kind, rows

_EVERYWHERE = {"answers", "prefers", "prefer", "likes", "wants", "that", "rather", "than", "traits"}
ARMS = ("plain", "prompt", "longer", "coin")


class Killed(BaseException):
    """The process ends in the middle of a call, as by SIGKILL."""


@dataclass
class Rule:
    """One call to the stand-in. `sent` is every prompt that reached it; from call `dies_at` on there is no process."""

    name: str = "rule"
    dies_at: int = 1_000_000
    fails: range = range(0)
    judging: Judging = "both_orders"
    sent: list[Prompt] = field(default_factory=list)

    @property
    def profile(self) -> ModelProfile:
        return ModelProfile(self.name, slot_tokens=8_192, judging=self.judging)

    async def complete(self, prompt: Prompt) -> Reply:
        self.sent.append(prompt)
        if len(self.sent) >= self.dies_at:
            raise Killed
        if len(self.sent) in self.fails:
            raise TransientModelError("busy", retry_after=0)
        return matched(prompt) if prompt.purpose == "match" and prompt.labels else reply_to(prompt)

    @property
    def digests(self) -> list[str]:
        return [prompt.digest for prompt in self.sent]


def matched(prompt: Prompt) -> Reply:
    """The persona whose traits have more words in common with what the person stated. All of them: the first trait is the one
    least like most people's, which need not be the strongest."""
    shown = dict(re.findall(r"<(notes|answer_a|answer_b)>\n(.*?)\n</\1>", prompt.messages[-1].content, re.DOTALL))
    words = {name: set(re.findall(r"[a-z]{4,}", text.lower())) - _EVERYWHERE for name, text in shown.items()}
    lead = len(words["answer_a"] & words["notes"]) - len(words["answer_b"] & words["notes"])
    return Reply("A" if lead > 0 else "B", label_logprobs={"A": lead / 2 - 20, "B": -lead / 2 - 20})


def people_file(
    path: Path,
    people: int = 4,
    *,
    kind: Kind = "single",
    choices: int = 16,
    tests: int = 4,
    said: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """Simulated people, each wanting one thing; `said` adds what some of them say of themselves, by name."""
    made = [{**row, **(said or {}).get(row["user_id"], {})} for row in rows((kind,), people, choices, tests)]
    path.write_text("\n".join(map(json.dumps, made)), encoding="utf-8")
    return path


def asked(*files: Path, question: str = "baselines", **terms: Any) -> Asked:
    given = {"learn_with": ("rule",), "judge_with": ("rule",), "tests": 3, "train": 12, "arms": ARMS, **terms}
    return Asked(question=question, files=files, **given)


def evaluated(
    question: Asked, folder: Path, *models: Rule, tell: list[Advance] | None = None, **options: Any
) -> Outcome:
    """What `evaluate` found with these models."""
    heard: list[Advance] = [] if tell is None else tell
    completers = {model.name: model for model in models}
    ready = prepared(question, folder)
    return asyncio.run(evaluate(ready, folder, completers, tell=heard.append, **{"say": lambda _: None, **options}))


def judgements(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "judgements.jsonl").read_text(encoding="utf-8").splitlines()]

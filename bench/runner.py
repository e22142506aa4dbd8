"""One person's prompt made and judged against a metered model, as one JSON line: our side of a comparison.

    python -m bench.runner --endpoint http://127.0.0.1:8911 --data people.jsonl --user sparse-0 --n 15

The fit alone is metered as `fit` (no report, no unseen choice asked about), then the exported prompt judges every unseen
choice in both orders, metered as `eval`. `accuracy` counts each order as a verdict of its own, a failed one as wrong;
`both_accuracy` is that of the prompt with the worked examples; `pair_accuracy` decides each choice by both orders together;
`counted_accuracy` is what counting with a prior predicts, no call.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from app.adapters.configured import completer
from app.domain.choices.preference import PreferencePair
from app.domain.errors import ProblemError
from app.domain.people.about import NOTHING_SAID
from app.domain.texts.conversation import digest
from app.domain.transcripts.preference_files import pairs_from_jsonl
from app.induction.counting.counted_model import fit_counted
from app.induction.counting.prior import shipped_prior
from app.induction.induce import Induced, fit, ignore
from app.induction.model.language_model import Judging, ModelProfile, Prompt, Reply
from app.induction.model.prompts import render
from app.induction.proof.arms import Knowledge, judge_arms
from app.induction.run import Judgement, Run
from app.services.calling.memory_ledger import InMemoryLedger
from app.services.calling.model_calls import Completer, MeteredModel
from app.settings import Settings
from bench.endpoint import Endpoint, endpoint_at

RECIPES = ("traits", "quick", "paper-lean", "paper")
SLOT_TOKENS = 4096
USUAL_FORM: Judging = "both_orders"
_BUDGET_CALLS, _BUDGET_TOKENS = 100_000, 1_000_000_000
_SENT = ("context", "chosen", "rejected")

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """One person's choices: rows as they stand in the file, in its order; `source` is the name of that file.

    `identity` is the same for one simulated person in all draws of texts.
    """

    user: str
    learnt: tuple[Mapping[str, Any], ...]
    unseen: tuple[Mapping[str, Any], ...]
    source: str
    identity: str

    def first(self, n: int, tests: int) -> Person:
        """The same person with the first `n` choices to learn from and at most `tests` unseen ones."""
        return Person(self.user, self.learnt[:n], self.unseen[:tests], self.source, self.identity)


def read_people(path: Path | str) -> list[Person]:
    """Everybody in a file of preferences, in its order; rows with split "test" are unseen."""
    file = Path(path)
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    by_user: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_user.setdefault(str(row.get("user_id")), []).append(row)
    return [
        Person(
            user,
            tuple(row for row in mine if row.get("split") != "test"),
            tuple(row for row in mine if row.get("split") == "test"),
            file.stem,
            f"{file.stem}/{user}",
        )
        for user, mine in by_user.items()
    ]


def model_at(
    endpoint: Endpoint, model: str = "mock-llm", judging: Judging = USUAL_FORM, slot_tokens: int = SLOT_TOKENS
) -> Completer:
    """The model behind an endpoint, reached as the product reaches one and asked to judge in a form. One call is sent, so
    that what is slow to import is there before any clock starts."""
    settings = Settings(
        model=f"openai/{model}",
        model_api_base=endpoint.url,
        model_api_key=SecretStr("none"),
        model_slot_tokens=slot_tokens,
        model_judging=judging,
    )
    found = completer(settings)
    warm_up = Prompt(render("judge", guide="", request="", one="", two="", note=""), "judge", 1, labels=("A", "B"))
    asyncio.run(MeteredModel(found, InMemoryLedger(1, _BUDGET_TOKENS)).answer([warm_up]))
    return found


@dataclass
class Watched:
    """A model whose largest call is remembered: prompt tokens as counted there, and the most the answer might have had."""

    inner: Completer
    largest_call: int = 0

    @property
    def profile(self) -> ModelProfile:
        return self.inner.profile

    async def complete(self, prompt: Prompt) -> Reply:
        reply = await self.inner.complete(prompt)
        self.largest_call = max(self.largest_call, reply.usage.prompt_tokens + prompt.max_tokens)
        return reply


def measure(
    endpoint: Endpoint,
    model: Completer,
    person: Person,
    *,
    recipe: str,
    seed: int,
    rates: Mapping[str, float] | None = None,
) -> Line:
    """The line of one run: fit, then judge. A failure of the product's own kind is told in `error`, not raised.

    `rates` of faults (endpoint.py) hold for the fit alone: what was made under them is judged without them.
    """
    learnt, unseen = (_pairs(rows, person.source) for rows in (person.learnt, person.unseen))
    line: Line = {
        "impl": impl_of(recipe, model.profile.judging),
        "judging": model.profile.judging,
        "data": person.source,
        "user": person.user,
        "person": person.identity,
        "n": len(person.learnt),
        "tests": len(unseen),
        "recipe": recipe,
        "seed": seed,
        "error": None,
    }
    watched = Watched(model)
    endpoint.reset(**_texts_of(person), **(rates or {}))
    ledger = InMemoryLedger(_BUDGET_CALLS, _BUDGET_TOKENS)
    started = time.monotonic()
    induced: Induced | None = None
    try:
        induced = asyncio.run(fit(learnt, MeteredModel(watched, ledger), recipe=recipe, seed=seed))
    except ProblemError as error:
        line["error"] = f"fit: {type(error).__name__}: {error}"
    line["wall_s"] = line["fit_wall_s"] = round(time.monotonic() - started, 2)
    line["fit"] = metered = endpoint.stats()
    line |= {
        "calls": metered["requests"],
        "prompt_tokens": metered["prompt_tokens"],
        "completion_tokens": metered["completion_tokens"],
        "largest_call": watched.largest_call,
    }
    endpoint.reset(**dict.fromkeys(rates or {}, 0))
    if induced is not None:
        line |= _result(induced)
        started = time.monotonic()
        try:
            line |= asyncio.run(_judged(induced, model, learnt, unseen, seed))
        except ProblemError as error:
            line["error"] = f"evaluate: {type(error).__name__}: {error}"
        line["eval_wall_s"] = round(time.monotonic() - started, 2)
        line["eval"] = endpoint.stats()
    return line


def impl_of(recipe: str, judging: Judging) -> str:
    """The name of one of our ways in a table: the recipe, and how the model was asked to judge where that is not usual."""
    return f"ours-{recipe}" if judging == USUAL_FORM else f"ours-{recipe}-{judging}"


def share_right(judgements: Sequence[Judgement]) -> float | None:
    """Right verdicts of all, each order a verdict of its own and a failed one wrong; None where nothing was judged."""
    if not judgements:
        return None
    right = sum(1 if one.flipped else 2 * bool(one.hit) for one in judgements if one.hit is not None)
    return right / (2 * len(judgements))


async def _judged(
    induced: Induced, model: Completer, learnt: Sequence[PreferencePair], unseen: Sequence[PreferencePair], seed: int
) -> Line:
    port = MeteredModel(model, InMemoryLedger(_BUDGET_CALLS, _BUDGET_TOKENS))
    run = Run(port, seed, ignore, describe=lambda _: {})
    known = Knowledge(tuple(learnt), NOTHING_SAID, induced.persona, None, "", fit_counted(learnt, shipped_prior()))
    judged = await judge_arms(run, known, ("prompt", "both", "counted"), unseen)
    return {
        "accuracy": _rounded(share_right(judged["prompt"])),
        "both_accuracy": _rounded(share_right(judged["both"])),
        "pair_accuracy": _rounded(_hits(judged["prompt"])),
        "counted_accuracy": _rounded(_hits(judged["counted"])),
        "unjudged": sum(one.hit is None for one in judged["prompt"]),
    }


def _result(induced: Induced) -> Line:
    """What was made, shortly, and the identity of it all: equal runs have equal `made`."""
    document = induced.document()
    told = {name: document[name] for name in ("summary", "traits", "demonstrations", "prompts")}
    return {
        "persona": document["summary"] if induced.persona else "",
        "traits": [trait["text"] for trait in document["traits"]],
        "demonstrations": len(document["demonstrations"]),
        "missing": list(induced.missing),
        "notes": list(induced.notes),
        "has_persona": induced.persona is not None,
        "made": digest(told)[:16],
    }


def _texts_of(person: Person) -> dict[str, Any]:
    """What a model that knows texts by heart must be shown; labels of unseen choices are never used to answer."""
    return {"pairs": [{name: row[name] for name in _SENT} for row in (*person.learnt, *person.unseen)]}


def _pairs(rows: Sequence[Mapping[str, Any]], source: str) -> list[PreferencePair]:
    if not rows:
        return []
    # Rows of one person, marked as learnt from; which are unseen has been decided.
    text = "\n".join(json.dumps({**row, "split": "train"}) for row in rows)
    return list(pairs_from_jsonl(text.encode(), source).pairs)


def _hits(judgements: Sequence[Judgement]) -> float | None:
    return sum(bool(one.hit) for one in judgements) / len(judgements) if judgements else None


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", required=True, help="base address, without /v1")
    parser.add_argument("--data", required=True, help="a file of preferences, one JSON object a line")
    parser.add_argument("--user", default="", help="default: the first person of the file")
    parser.add_argument("--n", type=int, required=True, help="choices to learn from")
    parser.add_argument("--tests", type=int, default=15, help="most unseen choices to judge")
    parser.add_argument("--model", default="mock-llm")
    parser.add_argument("--recipe", default="traits", choices=RECIPES)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    people = read_people(options.data)
    person = next((one for one in people if options.user in {"", one.user}), None)
    if person is None:
        sys.exit(f"{options.data} holds no choices of {options.user!r}.")
    endpoint = endpoint_at(options.endpoint)
    model = model_at(endpoint, options.model)
    line = measure(endpoint, model, person.first(options.n, options.tests), recipe=options.recipe, seed=options.seed)
    print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()

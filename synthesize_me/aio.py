"""`induce`, `predict` and `evaluate` to be awaited: for code that has a loop of its own, such as a server or a notebook."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.errors import BadInput, ModelUnavailable
from app.domain.texts.conversation import Context, Role, Turn
from app.domain.texts.storable_text import storable
from app.domain.transcripts.preference_files import FilePairs, pairs_from_jsonl
from app.induction.induce import DEFAULT_RECIPE, ignore, recipe_called
from app.induction.induce import check_choices as _check_choices
from app.induction.induce import induce as _induce
from app.induction.predict import Prediction, count
from app.induction.predict import predict as _predict
from app.induction.run import Progress
from app.services.calling.costs import cost_of
from app.services.calling.memory_ledger import InMemoryLedger
from app.services.calling.model_calls import MeteredModel
from app.services.evaluating.one_persona import EvaluationReport, judge_trial, trial_on
from app.services.whole_files import read_pairs
from synthesize_me.models import Model, completer_of
from synthesize_me.persona import Persona

Choices = Sequence[Mapping[str, Any]] | str | Path
BUDGET_CALLS, BUDGET_TOKENS = 800, 2_000_000
_THE_LIST = "The list of choices"


async def induce(
    choices: Choices,
    model: Model,
    *,
    user: str | None = None,
    recipe: str = DEFAULT_RECIPE,
    seed: int = 0,
    budget_calls: int = BUDGET_CALLS,
    budget_tokens: int = BUDGET_TOKENS,
    on_progress: Callable[[Progress], None] = ignore,
) -> Persona:
    """The persona of one person's choices, with its evidence and the figures of its test.

    `choices` are dicts with `context`, `chosen` and `rejected`, in any form that files may have, or the path of such a file;
    `user` names one person where they are several people's. Those with `split` "test" test it, else folds do.
    Equal choices, seed and replies give an equal persona; the cost stands in `document["cost"]`.

    Raises BadInput (fewer than five choices, several people, no such recipe), ModelUnavailable and BudgetReached.
    """
    recipe_called(recipe)
    found, _ = _read(choices, user)
    _check_choices(found.pairs)
    started, ledger = time.monotonic(), InMemoryLedger(budget_calls, budget_tokens)
    metered = MeteredModel(await completer_of(model), ledger)
    induced = await _induce(
        found.pairs,
        metered,
        recipe=recipe,
        seed=seed,
        test_pairs=found.test or None,
        about=found.about,
        emit=on_progress,
    )
    if induced.persona is None:
        said = " ".join(induced.missing) or "They do not separate any trait."
        raise ModelUnavailable(f"No persona could be written from these choices. {said}")
    cost = cost_of(ledger, started).as_json()
    return Persona({**induced.document(), "cost": cost, "skipped": list(found.skipped)})


async def predict(
    persona: Persona,
    context: str | Sequence[Mapping[str, str]],
    first: str,
    second: str,
    model: Model = None,
    *,
    seed: int = 0,
    budget_calls: int = BUDGET_CALLS,
    budget_tokens: int = BUDGET_TOKENS,
) -> Prediction:
    """Which of two answers to a context the person would choose, how sure that is, and which traits speak for and against.

    `context` is a question, or turns as `{"role": "user", "content": "..."}` of which the last is the person's. Three calls;
    without a model none: then only the traits that can be counted in the texts speak.

    Raises BadInput (an empty text, nothing that can be counted), ModelUnavailable and BudgetReached.
    """
    pair = _pair(context, first, second)
    if model is None:
        return count(persona.content, pair)
    metered = MeteredModel(await completer_of(model), InMemoryLedger(budget_calls, budget_tokens))
    return await _predict(
        persona.content,
        pair,
        metered,
        recipe_called(DEFAULT_RECIPE),
        seed=seed,
        emit=ignore,
        counted=persona.counted_model,
    )


async def evaluate(
    persona: Persona,
    choices: Choices,
    model: Model,
    *,
    user: str | None = None,
    seed: int = 0,
    budget_calls: int = BUDGET_CALLS,
    budget_tokens: int = BUDGET_TOKENS,
    on_progress: Callable[[Progress], None] = ignore,
) -> EvaluationReport:
    """How often the persona guesses choices that did not teach it, beside no persona: `accuracy`, `baseline`, `verdict`.

    Choices that taught it, and those that belong with one that did, are left out and counted (`trial`). Four calls a choice.
    Raises BadInput where none is left, ModelUnavailable and BudgetReached.
    """
    found, name = _read(choices, user)
    trial = trial_on(found, name, persona.document, "this persona")
    return await judge_trial(
        trial,
        await completer_of(model),
        seed=seed,
        budget_calls=budget_calls,
        budget_tokens=budget_tokens,
        on_progress=on_progress,
    )


def _read(choices: object, user: str | None) -> tuple[FilePairs, str]:
    """One person's choices, and what they are called in sentences."""
    if isinstance(choices, str | Path):
        return read_pairs(choices, user), Path(choices).name
    if isinstance(choices, Mapping) or not isinstance(choices, Iterable):
        raise BadInput(
            "Give the choices as a list of dicts with context, chosen and rejected, or as the path of a file."
        )
    rows = list(choices)
    if not rows:
        raise BadInput(f"{_THE_LIST} is empty. Give at least five choices.")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            raise BadInput(f"Choice {number} of the list is a {type(row).__name__}, not a dict.")
    try:
        lines = [json.dumps(dict(row), ensure_ascii=True) for row in rows]
    except (TypeError, ValueError) as error:
        raise BadInput(f"{_THE_LIST} holds what JSON cannot: {error}. Give texts, numbers, lists and dicts.") from error
    return pairs_from_jsonl("\n".join(lines).encode(), _THE_LIST, user), _THE_LIST


def _pair(context: object, first: object, second: object) -> PreferencePair:
    """The two answers as a pair of which the first was chosen."""
    one, other = _answer("first", first), _answer("second", second)
    if one == other:
        raise BadInput("The two answers are the same; there is nothing to choose between.")
    turns = _turns([{"role": "user", "content": context}] if isinstance(context, str) else context)
    return PreferencePair("asked", turns, one, other, "asked", chosen_first=True)


def _answer(name: str, text: object) -> Completion:
    if not isinstance(text, str) or not text.strip():
        raise BadInput(f"The {name} answer is empty or no text.")
    return Completion(storable(text))


def _turns(rows: object) -> Context:
    turns = [_turn(row) for row in rows] if isinstance(rows, Sequence) else []
    if not turns or turns[-1].role != "user":
        raise BadInput("The context ends with what the person asked: a turn of the role user.")
    return tuple(turns)


def _turn(row: object) -> Turn:
    content = row.get("content") if isinstance(row, Mapping) else None
    for role in get_args(Role):
        if isinstance(row, Mapping) and row.get("role") == role and isinstance(content, str) and content.strip():
            return Turn(role=role, content=storable(content))
    raise BadInput('Each turn of the context is a dict such as {"role": "user", "content": "..."}.')

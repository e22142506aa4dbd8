"""How a model takes requests, learned by a few calls before it is used.

    1. A judgement as short as it gets: one token, the log-probabilities of twenty, a seed, temperature 0, a system text.
    2. A judgement as JSON, with room for thoughts.
    3. Where neither told a label: a letter with room for a few more tokens.

A model that takes everything is known after two calls of some 200 tokens. What a provider refuses is left out and sent
again; where it does not say what it refuses, it is found out piece by piece. All texts are ours, none is a person's.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.adapters.answered import Answered
from app.adapters.answers import checked_reply
from app.adapters.label_probabilities import written
from app.induction.model.habits import Habits
from app.induction.model.language_model import Message, PermanentModelError, Prompt, Reply, TransientModelError

log = logging.getLogger(__name__)

MOST_SECONDS = 120.0
MOST_ANSWERED = 7
"""Calls that are answered, and so paid for; refused ones cost nothing."""
MOST_REFUSED = 20
ROOM, LARGER_ROOM = 2_000, 6_000
"""For thoughts, while nothing is known of them: at the prices of today's thinking models the larger is about a cent."""
UNSEEN_THOUGHTS = 400
"""Where a model gives nothing within a short limit and a whole answer within a long one, but counts no thoughts."""
HOPELESS = frozenset({"key", "no_key", "unknown_model", "address", "credit", "too_large", "filter"})
"""Kinds of refusal that have nothing to do with how a request is put (replies/sentences.py)."""
PAUSES_SECONDS = (1.0, 4.0, 15.0)
"""Before the second, third and fourth try of a call that got no answer."""
_LONGEST_PAUSE_SECONDS = 60.0

_SYSTEM = "You compare two answers to one question."
_SHOWN = (
    "<request>\nWhich of the two is heavier, a litre of water or a litre of olive oil?\n</request>\n"
    "<answer_a>\nA litre of water, by about eighty grams.\n</answer_a>\n"
    "<answer_b>\nThey weigh the same, since a litre is a litre.\n</answer_b>\n"
)
_LABELS = ("A", "B")
_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"reasoning": {"type": "string"}, "preference": {"type": "string", "enum": ["A", "B"]}},
        "required": ["reasoning", "preference"],
        "additionalProperties": False,
    }
)
LETTER = Prompt(
    (Message("system", _SYSTEM), Message("user", f"{_SHOWN}Which is right? Reply with one letter: A or B.")),
    "learn",
    1,
    labels=_LABELS,
)
AS_JSON = Prompt(
    (
        Message("system", _SYSTEM),
        Message(
            "user", f"{_SHOWN}Which is right? Give your reasoning in ten words at most, and A or B. Answer in JSON."
        ),
    ),
    "learn",
    120,
    schema=_SCHEMA,
)
_BARE = Habits(top_logprobs=0, schema="words", seed=False, temperature=False, system_role=False, least_tokens=64)
_ONE_BY_ONE = ("least_tokens", "system_role", "temperature", "seed", "top_logprobs", "schema")

Sleep = Callable[[float], Awaitable[None]]


class Sender(Protocol):
    """What is learned: a model that answers one request by given habits (adapters.language_models.Completer)."""

    async def send(self, prompt: Prompt, habits: Habits) -> Answered: ...


@dataclass
class _Learner:
    """The habits as known so far, and what finding them out has cost."""

    sender: Sender
    habits: Habits
    sleep: Sleep
    answered: int = 0
    refused: int = 0


async def learn(sender: Sender, guess: Habits, sleep: Sleep = asyncio.sleep) -> Habits:
    """The habits of the model, beginning with a guess. Two calls where it takes everything, seven at most, beside those
    that are refused.

    Raises TransientModelError where it could not be reached, four tries a call, and PermanentModelError where it
    refuses even the plainest request: nothing is learned then.
    """
    learner = _Learner(sender, guess, sleep)
    try:
        async with asyncio.timeout(MOST_SECONDS):
            await _learn(learner)
    except TimeoutError as error:
        raise TransientModelError("The model did not answer in time.") from error
    log.info("learned in %s answered and %s refused calls: %s", learner.answered, learner.refused, learner.habits)
    return learner.habits


async def _learn(learner: _Learner) -> None:
    short = None if learner.habits.thinks else await _ask(learner, LETTER)
    await _think_it_over(learner)
    if learner.habits.thinks:
        return
    short = short or await _ask(learner, LETTER)
    if not _tells_a_label(short):
        # Its first token is no letter: a space, a mark, or a word before it. Or it thinks, and nothing shows that.
        learner.habits = replace(learner.habits, least_tokens=max(learner.habits.least_tokens, 16))
        short = await _ask(learner, LETTER)
        if short.is_used_up:
            learner.habits = learner.habits.thinking(UNSEEN_THOUGHTS)
            return
    if len(set(_label_logprobs(short).values())) < 2:
        learner.habits = replace(learner.habits, top_logprobs=0)


async def _think_it_over(learner: _Learner) -> None:
    """Whether it thinks, and how it is asked for JSON."""
    learner.habits = replace(learner.habits, thought_room=ROOM)
    answer = await _ask(learner, AS_JSON)
    if answer.is_used_up:
        learner.habits = replace(learner.habits, thought_room=LARGER_ROOM)
        answer = await _ask(learner, AS_JSON)
    tokens = answer.thought_tokens
    learner.habits = replace(learner.habits, thought_tokens=0, thought_room=0)
    if tokens or answer.is_used_up:
        learner.habits = learner.habits.thinking(_rounded(max(tokens, LARGER_ROOM if answer.is_used_up else 0)))
    while _is_unheeded(answer) and learner.habits.schema != "words" and learner.answered < MOST_ANSWERED - 1:
        learner.habits = learner.habits.without("schema")
        answer = await _ask(learner, AS_JSON)


async def _ask(learner: _Learner, prompt: Prompt) -> Answered:
    """The answer, once everything that is refused of the request has been left out of the habits."""
    while True:
        try:
            answer = await _try(learner, prompt, learner.habits)
        except PermanentModelError as error:
            learner.refused += 1
            better = learner.habits.without(error.refused, error.bound)
            if learner.refused > MOST_REFUSED or error.kind in HOPELESS:
                raise
            if better == learner.habits:
                return await _piece_by_piece(learner, prompt, error)
            learner.habits = better
        else:
            return answer


async def _piece_by_piece(learner: _Learner, prompt: Prompt, refusal: PermanentModelError) -> Answered:
    """The answer to the plainest form of the request, and then to the habits added one after the other, as far as they
    are taken. Raises the refusal where even the plainest is refused."""
    wanted = learner.habits
    plain = replace(_BARE, limit=wanted.limit, thought_room=wanted.thought_room, most_tokens=wanted.most_tokens)
    try:
        answer = await _try(learner, prompt, plain)
    except PermanentModelError:
        plain = replace(plain, limit="max_completion_tokens")
        try:
            answer = await _try(learner, prompt, plain)
        except PermanentModelError:
            raise refusal from None
    for name in _ONE_BY_ONE:
        richer = replace(plain, **{name: getattr(wanted, name)})
        if (
            richer == plain
            or (name == "schema" and not prompt.schema)
            or (name == "top_logprobs" and not prompt.labels)
        ):
            continue
        try:
            answer, plain = await _try(learner, prompt, richer), richer
        except PermanentModelError:
            learner.refused += 1
    kept = {name: getattr(plain, name) for name in _ONE_BY_ONE}
    kept |= {} if prompt.schema else {"schema": wanted.schema}
    kept |= {} if prompt.labels else {"top_logprobs": wanted.top_logprobs, "least_tokens": wanted.least_tokens}
    learner.habits = replace(wanted, limit=plain.limit, **kept)
    return answer


async def _try(learner: _Learner, prompt: Prompt, habits: Habits) -> Answered:
    """One call, sent again after a pause where it got no answer."""
    for pause in (*PAUSES_SECONDS, None):
        try:
            answer = await learner.sender.send(prompt, habits)
        except TransientModelError as error:
            if pause is None:
                raise
            await learner.sleep(min(max(pause, error.retry_after or 0.0), _LONGEST_PAUSE_SECONDS))
        else:
            learner.answered += 1
            return answer
    raise AssertionError  # the last try returned or raised


def _tells_a_label(answer: Answered) -> bool:
    return len(set(_label_logprobs(answer).values())) > 1 or (
        answer.message is not None and written(_LABELS, answer.message.text) is not None
    )


def _label_logprobs(answer: Answered) -> dict[str, float]:
    try:
        return dict(_reply(answer, LETTER).label_logprobs)
    except (TransientModelError, PermanentModelError):
        return {}


def _is_unheeded(answer: Answered) -> bool:
    """Whether an answer came that is not the JSON of the schema. One that was filtered, lost or never begun says nothing."""
    try:
        value = json.loads(_reply(answer, AS_JSON).text)
    except (TransientModelError, PermanentModelError) as error:
        return error.unusable and error.kind not in {"thoughts", "refusal", "empty"}
    except ValueError:
        return True
    return not isinstance(value, dict) or value.get("preference") not in _LABELS


def _reply(answer: Answered, prompt: Prompt) -> Reply:
    return checked_reply(answer.answer, prompt, LARGER_ROOM + prompt.max_tokens, heard=answer.heard)


def _rounded(tokens: int) -> int:
    """To full fifties: what is told to people is no more exact than that."""
    return max(50, round(tokens / 50) * 50)

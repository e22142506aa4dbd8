"""How a model takes requests: frozen data, learned by a few calls before the model is used (docs/decisions/0013).

What a habit means for a run, the form of judging, how much is packed into a call and how long answers may be, is in
`profile_of`; how it is learned is in adapters/learning.py; where it is kept is in services/calling/knowing.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from app.induction.model.language_model import Judging, ModelProfile

Schema = Literal["json_schema", "json_object", "words"]
Limit = Literal["max_tokens", "max_completion_tokens"]

LEAST_ROOM, MOST_ROOM = 2_000, 32_000
"""Tokens left for thoughts: more than a short question needs, and the most that is ever left."""
_ROOM_FACTOR = 4
"""A hard question is thought about for longer than the short one a model is learned by."""
_FEWER_LOGPROBS = 5
_MORE_TOKENS = (16, 64, 256)
SLOT_TOKENS = 16_384
PACKED = 10
"""Most choices a call where each call pays for thoughts: as many as propose together, so that packs and groups end at
the same places, and few enough to be kept apart."""
_WORDS_TOKENS = 400
"""What a schema written out in words adds to a prompt."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What one model at one address does and takes. The defaults are those of a plain model that takes everything.

    thought_tokens   tokens of thoughts that a call usually takes before its answer; 0: it does not think
    thought_room     tokens left for them, beside those of the answer
    top_logprobs     how many of the likeliest tokens it tells the log-probabilities of; 0: none
    schema           how JSON is asked for: by schema, as "a JSON object", or in words alone
    seed             whether it takes a seed
    temperature      whether it takes a temperature other than its own
    system_role      whether it takes a message of the role system; else its text leads in the person's first
    limit            the name under which it takes the limit of an answer
    least_tokens     the least it lets an answer be limited to
    most_tokens      the most it lets an answer be limited to; 0: not known
    context_tokens   prompt, thoughts and answer together; 0: not known
    """

    thought_tokens: int = 0
    thought_room: int = 0
    top_logprobs: int = 20
    schema: Schema = "json_schema"
    seed: bool = True
    temperature: bool = True
    system_role: bool = True
    limit: Limit = "max_tokens"
    least_tokens: int = 1
    most_tokens: int = 0
    context_tokens: int = 0

    @property
    def thinks(self) -> bool:
        return self.thought_tokens > 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def without(self, refused: str, bound: int = 0) -> Habits:
        """The habits after a provider refused one thing of a request, with the bound it named (0: none); the same
        habits where nothing can be done about it."""
        if refused == "seed":
            return replace(self, seed=False)
        if refused == "temperature":
            return replace(self, temperature=False)
        if refused == "system_role":
            return replace(self, system_role=False)
        if refused == "logprobs":
            return replace(self, top_logprobs=0)
        if refused == "top_logprobs":
            fewer = bound or (_FEWER_LOGPROBS if self.top_logprobs > _FEWER_LOGPROBS else 0)
            return replace(self, top_logprobs=fewer if fewer < self.top_logprobs else 0)
        if refused == "schema":
            return replace(self, schema="json_object" if self.schema == "json_schema" else "words")
        if refused == "least_tokens":
            more = (step for step in (bound, *_MORE_TOKENS) if step > self.least_tokens)
            return replace(self, least_tokens=next(more, self.least_tokens))
        if refused == "context" and bound:
            return replace(self, context_tokens=bound)
        if refused == "max_tokens" and bound:
            return replace(self, most_tokens=bound)
        if refused == "max_tokens":
            return replace(self, limit="max_completion_tokens")
        return self

    def thinking(self, tokens: int) -> Habits:
        """The habits of a model that was seen to think for so many tokens: no log-probabilities, for its first token
        is a thought's, and room for longer thoughts than these."""
        room = min(max(LEAST_ROOM, self.thought_room, _ROOM_FACTOR * tokens), MOST_ROOM)
        return replace(self, thought_tokens=max(tokens, 1), thought_room=room, top_logprobs=0)

    def with_more_room(self) -> Habits:
        """Twice the room for thoughts, up to the bound; the same habits where it is reached."""
        room = min(max(LEAST_ROOM, 2 * self.thought_room), MOST_ROOM)
        return replace(self, thought_room=room, thought_tokens=max(self.thought_tokens, room // _ROOM_FACTOR))


def habits_from_json(stored: Mapping[str, Any]) -> Habits:
    """The habits in a stored object; what it does not name has its default, what is not known is left out."""
    known = {each.name for each in fields(Habits)}
    return Habits(**{name: value for name, value in stored.items() if name in known})


def profile_from_json(stored: Mapping[str, Any]) -> ModelProfile | None:
    """The profile in a stored object, read as habits are; None for an empty one."""
    known = {each.name for each in fields(ModelProfile)}
    return ModelProfile(**{name: value for name, value in stored.items() if name in known}) if stored else None


def overridden(habits: Habits, said: Mapping[str, Any]) -> Habits:
    """The habits with those that the setting names put in their place; thoughts that are named get their room."""
    changed = replace(habits, **said)
    if "thought_tokens" in said and "thought_room" not in said:
        tokens = changed.thought_tokens
        room = min(max(LEAST_ROOM, _ROOM_FACTOR * tokens), MOST_ROOM) if tokens else 0
        changed = replace(changed, thought_room=room)
    return changed


def profile_of(
    name: str, habits: Habits, *, slot_tokens: int = 0, judging: Judging | Literal[""] = "", parallel: int = 0
) -> ModelProfile:
    """What a run works with: the form of judging and the room that follow from the habits, or what is set instead.

    `stacked` where it thinks, for thoughts are paid a call; else both orders, by probability where any are told and by
    the letter it writes where none are.
    """
    form: Judging = judging or ("stacked" if habits.thinks else "both_orders")
    usual = ModelProfile(name).packing
    return ModelProfile(
        name=name,
        slot_tokens=slot_tokens or _slot(habits),
        judging=form,
        parallel=parallel or 16,
        packing=PACKED if form == "stacked" or habits.thinks else usual,
        thought_tokens=habits.thought_tokens,
        thought_room=habits.thought_room,
    )


def _slot(habits: Habits) -> int:
    if not habits.context_tokens:
        return SLOT_TOKENS
    free = habits.context_tokens - habits.thought_room - (0 if habits.schema == "json_schema" else _WORDS_TOKENS)
    return max(min(SLOT_TOKENS, free), min(habits.context_tokens, SLOT_TOKENS) // 2)

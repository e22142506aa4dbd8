"""Showing texts in a prompt: fenced as data, and shortened until prompt and answer fit the model's slot.

What gives way, in this order: demonstrations (last first), the oldest turns of the conversation, then the middles of
texts, with a marker that says how much is gone. Texts that fit are shown as they are, character for character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from app.domain.choices.decisions import Decision
from app.domain.choices.preference import Completion, PreferencePair
from app.domain.errors import BadInput
from app.domain.flaws import CUT, stops_short
from app.domain.texts.conversation import Context, Turn, digest
from app.induction.model.language_model import ModelProfile, Prompt

FEWEST_SLOT_TOKENS = 2048
_ROOM_TO_INSIST = 30
"""A prompt whose reply could not be used is sent once more with a sentence added (run.py)."""
_ALL = 1_000_000
_STEPS = (6000, 4500, 3500, 2800, 2200, 1700, 1300, 1000, 800, 600, 450, 330, 240, 170, 120, 80, 50)
_TAGS = ("earlier_turns", "before", "request", "answer", "chosen", "other", "first", "second", "reason", "notes")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of everything a prompt may show.

    demonstrations   worked examples (or, in synthesis, choices shown with their texts)
    history          turns before the request, the newest ones
    text_bytes       UTF-8 bytes of one answer
    request_bytes    UTF-8 bytes of the request and of each earlier turn
    """

    demonstrations: int = _ALL
    history: int = _ALL
    text_bytes: int = _ALL
    request_bytes: int = _ALL


SMALL = Limits(history=0, text_bytes=600, request_bytes=300)
"""For the small model: about 150 tokens an answer, so that a call takes seconds on two cores."""


TIGHT = Limits(history=0, text_bytes=400, request_bytes=200)
"""For the small model where a prompt shows several pairs, or many prompts show one each: half as much again."""


def starting_limits(profile: ModelProfile, *, tight: bool = False) -> Limits:
    """What a prompt begins with before it is made to fit; `tight` matters to the small model alone."""
    return Limits() if not profile.small else TIGHT if tight else SMALL


@dataclass(frozen=True, slots=True)
class Fitted:
    """A prompt that fits; `shortened` says whether anything was left out or clipped to get there."""

    prompt: Prompt
    shortened: bool


def fit(
    build: Callable[[Limits], Prompt],
    profile: ModelProfile,
    *,
    demonstrations: int = 0,
    keep_demonstrations: int = 0,
    history: int = 0,
    tight: bool = False,
) -> Fitted:
    """The fullest prompt that `build` can make within the profile's slot, its answer included.

    `demonstrations` and `history` are how many there are; `keep_demonstrations` of them stay as long as clipping
    texts can make room; `tight` shows a small model less of each. Raises BadInput where even the shortest form does not fit.
    """
    start = starting_limits(profile, tight=tight)
    limits = replace(start, demonstrations=demonstrations, history=min(history, start.history))
    prompt = build(limits)
    while not _fits(prompt, profile):
        narrower = _narrower(limits, keep_demonstrations)
        if narrower is None:
            raise BadInput(
                f"The model {profile.name} takes {profile.slot_tokens:,} tokens at once, which is too few for this "
                f"prompt. Set it up with at least {FEWEST_SLOT_TOKENS:,}."
            )
        limits = narrower
        prompt = build(limits)
    # The small model's standing caps clip as well, so compare with the text unclipped.
    full = Limits(demonstrations=demonstrations, history=history)
    return Fitted(prompt, shortened=prompt != (prompt if limits == full else build(full)))


def _fits(prompt: Prompt, profile: ModelProfile) -> bool:
    return prompt.estimated_tokens + prompt.max_tokens + _ROOM_TO_INSIST <= profile.slot_tokens


def _narrower(limits: Limits, keep: int) -> Limits | None:
    if limits.demonstrations > keep:
        return replace(limits, demonstrations=limits.demonstrations - 1)
    if limits.history > 0:
        return replace(limits, history=limits.history - 1)
    for step in _STEPS:
        if step < limits.text_bytes:
            return replace(limits, text_bytes=step, request_bytes=min(limits.request_bytes, max(step // 2, 50)))
    if limits.demonstrations > 0:
        return replace(limits, demonstrations=limits.demonstrations - 1)
    return None


def clip(text: str, most_bytes: int) -> str:
    """The text, or its beginning and end with a marker between them; never longer than `most_bytes` plus the marker."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= most_bytes:
        return text
    head = raw[: most_bytes * 2 // 3].decode("utf-8", "ignore")
    tail = raw[len(raw) - most_bytes // 3 :].decode("utf-8", "ignore")
    return f"{head} [... {len(text) - len(head) - len(tail)} characters left out ...] {tail}"


def cut(text: str, most_bytes: int) -> str:
    """The beginning of the text on one line, with an ellipsis where the rest is gone."""
    plain = " ".join(text.split())
    raw = plain.encode("utf-8", "replace")
    return plain if len(raw) <= most_bytes else raw[:most_bytes].decode("utf-8", "ignore").rstrip() + "…"


def fence(label: str, text: str) -> str:
    """The text between tags. Where the text itself holds one of our tags, the tag gets a suffix it cannot know."""
    tag = label
    if any(f"<{known}" in text or f"</{known}" in text for known in _TAGS):
        tag = f"{label}_{digest(label, text)[:8]}"
    return f"<{tag}>\n{text}\n</{tag}>"


def show_request(context: Context, limits: Limits) -> str:
    """The conversation up to the answer: earlier turns (as many as allowed), then the request."""
    *earlier, request = context
    kept = earlier[max(0, len(earlier) - limits.history) :] if limits.history else []
    parts = [_turns("earlier_turns", kept, limits)] if kept else []
    return "\n".join([*parts, fence("request", clip(request.content, limits.request_bytes))])


def show_answer(label: str, completion: Completion, limits: Limits) -> str:
    """One answer, led in by the turns that came before it on its side only; said to be cut where it plainly is."""
    kept = completion.lead_in[max(0, len(completion.lead_in) - limits.history) :] if limits.history else ()
    parts = [_turns(f"before_{label}", list(kept), limits)] if kept else []
    cut_short = [f"({CUT})"] if stops_short(completion.text) else []
    return "\n".join([*parts, fence(label, clip(completion.text, limits.text_bytes)), *cut_short])


def show_losers(decision: Decision, limits: Limits) -> list[str]:
    """The other answers of a decision, numbered where there are several."""
    several = len(decision.pairs) > 1
    return [
        "\n".join([f"Other answer {number}"] * several + [show_answer("other_answer", pair.rejected, limits)])
        for number, pair in enumerate(decision.pairs, start=1)
    ]


def history_turns(pairs: Iterable[PreferencePair]) -> int:
    """How many turns of these choices could give way: those before the request or those leading in to an answer. For every
    prompt that shows choices, so that what is learnt from and what is judged is shown with the same turns."""
    return max(max(len(one.context) - 1, len(one.chosen.lead_in), len(one.rejected.lead_in)) for one in pairs)


def _turns(label: str, turns: list[Turn], limits: Limits) -> str:
    names = {"user": "Person", "assistant": "Assistant", "system": "Setting"}
    return fence(label, "\n".join(f"{names[turn.role]}: {clip(turn.content, limits.request_bytes)}" for turn in turns))

"""About what answers cost that a model writes to questions of somebody's own, before they are ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.induction.estimate.costs import Cost
from app.induction.estimate.expected import seconds
from app.induction.model.language_model import ModelProfile

USUAL_TOKENS, USUAL_TOKENS_SMALL = 450, 200
"""Of one answer; the small model is let write less."""
STYLE_TOKENS = 40


@dataclass(frozen=True, slots=True)
class AnswersEstimate:
    """About what answers cost if each is given at the first try: a call each, tokens of prompts and of answers (thoughts
    counted with these), minutes on this model."""

    calls: int
    prompt_tokens: int
    answer_tokens: int
    minutes: float


def estimate_answers(context_tokens: Sequence[int], profile: ModelProfile) -> AnswersEstimate:
    """About what one answer to each context costs; of a context that does not fit, only what is sent counts."""
    usual = USUAL_TOKENS_SMALL if profile.small else USUAL_TOKENS
    room = max(1, profile.slot_tokens - usual)
    prompt = sum(min(tokens + STYLE_TOKENS, room) for tokens in context_tokens)
    answer = len(context_tokens) * (usual + profile.thought_tokens)
    cost = Cost(calls=len(context_tokens), prompt=prompt, answer=answer)
    minutes = seconds(cost, profile) / 60 if context_tokens else 0.0
    return AnswersEstimate(len(context_tokens), prompt, round(answer), round(minutes, 1))

"""Worked examples beside the prompt, in two ways that are held against none: today's, the same for every question, and two for the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.measures import request_of
from app.domain.personas.persona import Demonstration, Persona, Trait
from app.induction.model.fitting import clip
from app.induction.traits.demonstrations import covering
from app.induction.traits.learning import Learnt

_A_SIDE, _A_REQUEST = 450, 300
"""UTF-8 bytes of an answer and of a request in an example for the question."""


def of_today(learnt: Learnt) -> tuple[Demonstration, ...]:
    """The choices that together show as many traits as they can, as they are taken home."""
    return covering(learnt.pairs, learnt.persona or Persona("", ()))


def for_the_question(learnt: Learnt, pair: PreferencePair, votes: Sequence[int]) -> tuple[Demonstration, ...]:
    """One choice in which the trait that matters to the question decided and little else did, and one in which it lost, each on another
    request. `votes` are what the traits say of the question's answers; where none separates them there is no example."""
    traits = learnt.persona.traits if learnt.persona else ()
    separating = [trait for trait, vote in zip(traits, votes, strict=True) if vote]
    if not separating:
        return ()
    matters = max(separating, key=lambda trait: abs(trait.weight))
    won = _clearest(learnt, matters, matters.supporting, {request_of(pair)})
    seen = {request_of(pair), *(request_of(one) for one in won)}
    lost = _clearest(learnt, matters, matters.opposing, seen)
    return tuple(
        Demonstration(_short(one), f"{matters.text}{ending}")
        for found, ending in ((won, ""), (lost, " - and yet the other answer was taken here"))
        for one in found
    )


def _clearest(learnt: Learnt, trait: Trait, ids: Sequence[str], not_on: set[str]) -> list[PreferencePair]:
    """The one of these choices on which the fewest other statements bear, a short one of such; none that was led in to on two ways."""
    rest = [
        one
        for one in learnt.pairs
        if one.pair_id in ids and request_of(one) not in not_on and not (one.chosen.lead_in or one.rejected.lead_in)
    ]
    return sorted(
        rest,
        key=lambda one: (
            sum(bool(vote) for vote in learnt.votes.by_pair[one.pair_id]),
            trait.when != learnt.votes.kind_of(one),
            len(one.chosen.text) + len(one.rejected.text),
            one.pair_id,
        ),
    )[:1]


def _short(pair: PreferencePair) -> PreferencePair:
    request = pair.context[-1]
    return replace(
        pair,
        context=(replace(request, content=clip(request.content, _A_REQUEST)),),
        chosen=Completion(clip(pair.chosen.text, _A_SIDE)),
        rejected=Completion(clip(pair.rejected.text, _A_SIDE)),
    )

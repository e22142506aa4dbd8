"""Which choices stand beside the prompt as worked examples, in what is taken home for an API: those that show the traits.

They are taken without a call. Rules for them raced on judgements until strong readers guessed no better with examples, fixed ones
or fitting ones, than with the text alone (docs/decisions/0039).
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.choices.decisions import decided_by
from app.domain.choices.preference import PreferencePair, texts_digest
from app.domain.personas.persona import Demonstration, Persona, Trait

MOST = 3


def covering(pairs: Sequence[PreferencePair], persona: Persona, most: int = MOST) -> tuple[Demonstration, ...]:
    """At most so many choices that together show as many traits as they can, the heavier traits first; none where there are no traits.
    Each with the traits it shows in place of a reason: they were tested, a reason was not."""
    chosen: list[PreferencePair] = []
    missing = {trait.text: trait.weight for trait in persona.traits}
    while len(chosen) < most:
        shown = set(map(decided_by, chosen))
        rest = [pair for pair in pairs if _margin(persona, pair) > 0 and decided_by(pair) not in shown]
        if not rest:
            break
        # A choice that shows nothing new may still come, so that there are as many examples as there is room for.
        best = max(
            rest,
            key=lambda pair: (
                sum(missing.get(trait.text, 0.0) for trait in _shown_by(persona, pair)),
                _margin(persona, pair),
                -len(pair.chosen.text) - len(pair.rejected.text),
                texts_digest(pair),
            ),
        )
        chosen.append(best)
        for trait in _shown_by(persona, best):
            missing.pop(trait.text, None)
    return tuple(Demonstration(pair, "; ".join(trait.text for trait in _shown_by(persona, pair))) for pair in chosen)


def _shown_by(persona: Persona, pair: PreferencePair) -> list[Trait]:
    return [trait for trait in persona.traits if pair.pair_id in trait.supporting]


def _margin(persona: Persona, pair: PreferencePair) -> float:
    """How strongly the traits as a whole speak for the real choice."""
    against = sum(trait.weight for trait in persona.traits if pair.pair_id in trait.opposing)
    return sum(trait.weight for trait in _shown_by(persona, pair)) - against

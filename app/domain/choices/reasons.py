"""What may be said of a choice after it was made: how much better the chosen answer is, and what it does better."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.errors import BadInput

STRENGTHS = {"slight": "A little better", "clear": "Clearly better"}
REASONS = {
    "right": "Says what is right",
    "asked": "Does what I asked",
    "length": "Has the better length",
    "order": "Is better laid out",
    "tone": "Sounds better",
    "plain": "Is easier to understand",
    "detail": "Has better details or examples",
    "open": "Says what it does not know",
}
"""As the page words them, in its order."""
_BETWEEN = ","


def as_text(reasons: Collection[str]) -> str:
    """The reasons as they are stored: each once, in the order of `REASONS`. Raises BadInput for one that is not listed."""
    if unknown := sorted(set(reasons) - REASONS.keys()):
        raise BadInput(f"“{unknown[0][:40]}” is not one of the reasons that can be given.")
    return _BETWEEN.join(reason for reason in REASONS if reason in reasons)


def from_text(stored: str) -> tuple[str, ...]:
    """The inverse of `as_text`."""
    return tuple(stored.split(_BETWEEN)) if stored else ()

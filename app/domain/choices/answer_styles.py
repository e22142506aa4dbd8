"""The styles in which one model gives two different answers: a name and the system text that asks for it.

The names are stored with each completion and shown after the verdict; the texts say how to answer, never what.
"""

from __future__ import annotations

STYLES: dict[str, str] = {
    "brief": "Answer in as few words as the question allows. Give the result first. No introduction, no closing remark.",
    "thorough": (
        "Answer completely and in order: the answer first, then the reasons, then an example and what to watch out "
        "for. Use short headings or lists where they help."
    ),
    "warm": (
        "Answer as a friendly person who knows the subject: speak to the reader directly, take up their situation, "
        "and stay encouraging without flattery."
    ),
    "plain": (
        "Answer in plain prose: short sentences, everyday words, no lists, no headings and no bold text. Explain any "
        "term that cannot be avoided."
    ),
}

PAIRS: tuple[tuple[str, str], ...] = (
    ("brief", "thorough"),
    ("warm", "plain"),
    ("brief", "warm"),
    ("thorough", "plain"),
)
"""Styles that differ enough to be worth a choice, in the order of preference for a new comparison."""


def style_text(style: str) -> str:
    """The system text of a style, or "" for no style and for one that is no longer offered."""
    return STYLES.get(style, "")


def styles_for(seed: int) -> tuple[str, str]:
    """The pair of styles a comparison with this seed is written in."""
    return PAIRS[seed % len(PAIRS)]

"""The stages of each recipe, in order, in words for people."""

from __future__ import annotations

from collections.abc import Mapping

AS_THE_PAPER: Mapping[str, str] = {
    "reading": "Reading the choices",
    "style": "Measuring the style you choose",
    "guessing": "Guessing why you chose",
    "checking": "Checking the guesses",
    "writing": "Writing traits",
    "picking": "Picking examples",
    "testing": "Testing on unseen choices",
}
STAGES: Mapping[str, Mapping[str, str]] = {
    "traits": {
        "reading": "Reading the choices",
        "style": "Measuring the style you choose",
        "guessing": "Guessing your choices without knowing you",
        "proposing": "Proposing traits",
        "voting": "Holding each trait against each choice",
        "writing": "Writing the persona",
        "testing": "Testing on unseen choices",
        "wording": "Putting it into words",
    },
    "quick": {
        "reading": "Reading the choices",
        "style": "Measuring the style you choose",
        "proposing": "Proposing traits",
        "voting": "Holding each trait against each choice",
        "writing": "Writing the persona",
        "wording": "Putting it into words",
    },
    "paper-lean": AS_THE_PAPER,
    "paper": AS_THE_PAPER,
}
"""The stages of each recipe in order, with what the page calls them."""

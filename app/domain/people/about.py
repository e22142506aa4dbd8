"""What a person said of themselves, outside their choices: how they would like an assistant to be, and who they are.

Baselines are made of it (what is stated against what is chosen). Of who they are nothing enters a persona; a line of how they would
like an assistant to be does where their choices bear it out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """Plain text each; "" where the person said nothing."""

    stated: str = ""
    demographics: str = ""


NOTHING_SAID = About()

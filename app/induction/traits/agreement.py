"""Whether a persona learnt from choices fits what the person says of themselves (paper, comparison with the survey).

The judge sees what one person stated and two personas, and says which fits better: in both orders, so that a leaning to
the first one shown cancels out. It does not see any choice.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.conversation import Turn
from app.domain.preference import Completion, PreferencePair
from app.induction.judging.judge import Condition, read_judgement
from app.induction.model.fitting import Fitted, Limits, clip, fence, fit
from app.induction.model.language_model import ModelProfile, Prompt
from app.induction.model.prompts import render
from app.induction.run import Judgement, Run

MATCH = Condition("match")


async def compare_personas(run: Run, stated: str, personas: Sequence[tuple[str, str]]) -> list[Judgement]:
    """For each pair of persona texts, the log-odds that the first fits `stated` better. Two calls each.

    `hit` is True where the first does, `flipped` says whether the verdict changed with the order; with an even split
    `log_odds` is 0. All None where a reply failed or could not be used.
    """
    asked = [_as_pair(stated, one, other) for one, other in personas]
    prompts = [_prompt(pair, run.profile, first=first) for pair in asked for first in (True, False)]
    answers = await run.ask(prompts)
    return [
        read_judgement(pair, MATCH, "both_orders", prompts[2 * at : 2 * at + 2], answers[2 * at : 2 * at + 2])
        for at, pair in enumerate(asked)
    ]


def _as_pair(stated: str, one: str, other: str) -> PreferencePair:
    """The comparison in the form of a choice, of which the first persona would be the chosen answer."""
    return PreferencePair("", (Turn("user", stated),), Completion(one), Completion(other), "", chosen_first=True)


def _prompt(pair: PreferencePair, profile: ModelProfile, *, first: bool) -> Fitted:
    shown = (pair.chosen, pair.rejected) if first else (pair.rejected, pair.chosen)

    def build(limits: Limits) -> Prompt:
        one, two = (
            fence(tag, clip(persona.text, limits.text_bytes))
            for tag, persona in zip(("answer_a", "answer_b"), shown, strict=True)
        )
        stated = fence("notes", clip(pair.context[0].content, limits.text_bytes))
        return Prompt(
            render("match", stated=stated, one=one, two=two), purpose="match", max_tokens=1, labels=("A", "B")
        )

    return fit(build, profile)

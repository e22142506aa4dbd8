"""Whether a persona learnt from choices fits what the person says of themselves (paper, comparison with the survey).

The judge sees what one person stated and two personas, and says which fits better: in both orders, so that a leaning to
the first one shown cancels out. It does not see any choice.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.texts.conversation import Turn
from app.induction.judging.entries import entries_schema, entries_tokens
from app.induction.judging.judge import Condition, read_judgement
from app.induction.judging.packing import in_packs
from app.induction.judging.stacked import Question, ask_in_packs, judgement_of
from app.induction.model.fitting import Fitted, Limits, clip, fence, fit
from app.induction.model.language_model import ModelProfile, Prompt
from app.induction.model.prompts import render
from app.induction.run import Judgement, Run

MATCH = Condition("match")


async def compare_personas(run: Run, stated: str, personas: Sequence[tuple[str, str]]) -> list[Judgement]:
    """For each pair of persona texts, the log-odds that the first fits `stated` better. Two calls each; where the model
    judges stacked, two for several.

    `hit` is True where the first does, `flipped` says whether the verdict changed with the order; with an even split
    `log_odds` is 0. All None where a reply failed or could not be used.
    """
    asked = [_as_pair(stated, one, other) for one, other in personas]
    if run.profile.judging == "stacked":
        return await _compared_stacked(run, asked)
    prompts = [_prompt(pair, run.profile, first=first) for pair in asked for first in (True, False)]
    answers = await run.ask(prompts)
    return [
        read_judgement(pair, MATCH, "both_orders", prompts[2 * at : 2 * at + 2], answers[2 * at : 2 * at + 2])
        for at, pair in enumerate(asked)
    ]


async def _compared_stacked(run: Run, asked: Sequence[PreferencePair]) -> list[Judgement]:
    """Both orders of each comparison, several a call; one pair is never twice in a call."""

    def build(questions: Sequence[Question]) -> Fitted:
        return _stacked_prompt([(asked[one.place], one.chosen_first) for one in questions], run.profile)

    ways = [[Question(place, first) for place in range(len(asked))] for first in (True, False)]
    packs = [pack for way in ways for pack in in_packs(way, build, run.profile)]
    heard = await ask_in_packs(run, packs, build)
    return [judgement_of(MATCH, pair, place, heard, both_orders=True) for place, pair in enumerate(asked)]


def _stacked_prompt(shown: Sequence[tuple[PreferencePair, bool]], profile: ModelProfile) -> Fitted:
    def build(limits: Limits) -> Prompt:
        questions = [
            "\n".join([f"Question {number}", *_sides(pair, limits, first=first)])
            for number, (pair, first) in enumerate(shown, start=1)
        ]
        stated = fence("notes", clip(shown[0][0].context[0].content, limits.text_bytes))
        return Prompt(
            render("match_stacked", stated=stated, questions="\n\n".join(questions)),
            purpose="match",
            max_tokens=entries_tokens(len(shown)),
            schema=entries_schema(len(shown)),
        )

    return fit(build, profile)


def _sides(pair: PreferencePair, limits: Limits, *, first: bool) -> list[str]:
    shown = (pair.chosen, pair.rejected) if first else (pair.rejected, pair.chosen)
    return [
        fence(tag, clip(persona.text, limits.text_bytes))
        for tag, persona in zip(("answer_a", "answer_b"), shown, strict=True)
    ]


def _as_pair(stated: str, one: str, other: str) -> PreferencePair:
    """The comparison in the form of a choice, of which the first persona would be the chosen answer."""
    return PreferencePair("", (Turn("user", stated),), Completion(one), Completion(other), "", chosen_first=True)


def _prompt(pair: PreferencePair, profile: ModelProfile, *, first: bool) -> Fitted:
    def build(limits: Limits) -> Prompt:
        one, two = _sides(pair, limits, first=first)
        stated = fence("notes", clip(pair.context[0].content, limits.text_bytes))
        return Prompt(
            render("match", stated=stated, one=one, two=two), purpose="match", max_tokens=1, labels=("A", "B")
        )

    return fit(build, profile)

"""Which of two answers a persona's owner would choose: one guess of a judge who is told the traits, counting and length, and each
trait's vote.

For one new pair of answers, outside any induction. It is a guess; how often such guesses are right is what `proof` and
`judge_with_and_without` tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from app.domain.choices.preference import PreferencePair
from app.domain.errors import BadInput, ModelUnavailable
from app.domain.personas.persona import Persona, Trait
from app.domain.personas.style_claims import bears_out, claims
from app.domain.texts.request_kinds import kind_of
from app.domain.texts.scopes import applies
from app.induction.counting.counted_model import CountedModel, longer_log_odds
from app.induction.guessing.stacked_guess import COUNTED, LONGER, TOLD
from app.induction.judging.evaluation import judge_each
from app.induction.judging.judge import Condition, judging_prompts, read_judgement
from app.induction.model.language_model import Answer, LanguageModel, ModelFailure, Reply
from app.induction.recipes import Recipe
from app.induction.run import Emit, Judgement, Run
from app.induction.traits.ballots import Statement, cast_votes
from app.induction.traits.learning import guide_of

Side = Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is guessed of one pair of answers.

    choice        "first" or "second"; None where nothing speaks for either more than for the other
    sure          probability that this is the choice, 0.5 to 1, by the one guess; None where the model tells none
    steady        whether the guess stayed the same when the answers changed places; None where they have no order
    for_it        traits that speak for the choice, strongest first (for the first answer where there is no choice)
    against_it    traits that speak for the other answer
    by            "model", or "counting" where no model was asked
    missing       in plain sentences, what the model did not tell
    """

    choice: Side | None
    sure: float | None
    steady: bool | None
    for_it: tuple[Trait, ...]
    against_it: tuple[Trait, ...]
    by: Literal["model", "counting"]
    missing: tuple[str, ...] = ()


async def predict(
    persona: Persona,
    pair: PreferencePair,
    model: LanguageModel,
    recipe: Recipe,
    *,
    seed: int,
    emit: Emit,
    counted: CountedModel | None = None,
) -> Prediction:
    """The guess for a pair whose `chosen` is the first answer and whose `rejected` the second one.

    The one guess (guessing/stacked_guess.py) of the judge, of what is `counted` of the person and of length; without `counted` of the
    judge alone. Two calls to judge, and one for the votes of the traits. Raises ModelUnavailable where the
    model gave no usable judgement, BudgetReached and RunCancelled as the model does.
    """
    run = Run(model, seed, emit, describe=lambda _: {})
    judgement, is_told = await _judged(run, persona, pair, recipe)
    traits = persona.traits
    votes: tuple[int, ...] = ()
    if traits:
        cast = await cast_votes(run, [Statement(trait.text) for trait in traits], [pair])
        votes = cast.by_pair.get(pair.pair_id, ())
    odds = judgement.log_odds or 0.0
    if counted is not None:
        said = {TOLD: judgement.log_odds, COUNTED: counted.log_odds(pair), LONGER: longer_log_odds(pair)}
        odds = run.guess.led_log_odds(said)
    steady = None if judgement.flipped is None else not judgement.flipped
    sure = _chance(odds) if is_told and odds else None
    return _prediction(odds, sure, steady, list(zip(traits, votes, strict=False)), "model", tuple(run.missing))


def count(persona: Persona, pair: PreferencePair) -> Prediction:
    """The guess by those traits alone that can be counted in the texts, such as length or lists. Asks no model.

    Raises BadInput where no trait that holds for the request can be counted.
    """
    countable = [trait for trait in _holding(persona, pair) if trait.counted or claims(trait.text)]
    if not countable:
        raise BadInput(
            "None of these traits can be counted in the texts. Give a model, which can judge by all of them."
        )
    votes = [(trait, _vote(trait, pair)) for trait in countable]
    odds = sum(vote * trait.weight for trait, vote in votes)
    if any(trait.weight for trait in countable):
        return _prediction(odds, _chance(odds) if odds else None, None, votes, "counting")
    return _prediction(float(sum(vote for _, vote in votes)), None, None, votes, "counting")


async def _judged(run: Run, persona: Persona, pair: PreferencePair, recipe: Recipe) -> tuple[Judgement, bool]:
    """The judgement, and whether it comes with a probability."""
    form = recipe.test_form(run.profile)
    # Beside traits that were voted on, examples gain nothing; the paper's personas are tested with theirs.
    condition = Condition("persona", guide_of(persona), () if recipe.by_folds else persona.demonstrations)
    if form == "stacked":
        (judgement,) = await judge_each(run, [(pair, condition)], form, "testing")
        answers: list[Answer] = []
    else:
        prompts = judging_prompts(pair, condition, form, run.profile)
        answers = await run.ask(prompts, "testing", total=1, per=2)
        judgement = read_judgement(pair, condition, form, prompts, answers)
    if judgement.hit is None:
        failed = next((answer for answer in answers if isinstance(answer, ModelFailure)), None)
        raise ModelUnavailable(
            f"The model {run.profile.name} gave no usable judgement of the two answers. "
            f"{failed.reason if failed else 'It told neither of them apart.'} Try again, or use another model."
        )
    told = all(isinstance(answer, Reply) and answer.label_logprobs for answer in answers)
    return judgement, told


def _holding(persona: Persona, pair: PreferencePair) -> list[Trait]:
    kind = kind_of(pair.context)
    return [trait for trait in persona.traits if applies(trait.when, kind)]


def _vote(trait: Trait, pair: PreferencePair) -> int:
    if trait.counted:
        return trait.counted.vote(pair)
    agrees = bears_out(trait.text, pair)
    return 0 if agrees is None else 1 if agrees else -1


def _chance(odds: float) -> float:
    return round(1 / (1 + math.exp(-min(abs(odds), 50.0))), 4)


def _prediction(
    odds: float,
    sure: float | None,
    steady: bool | None,
    votes: list[tuple[Trait, int]],
    by: Literal["model", "counting"],
    missing: tuple[str, ...] = (),
) -> Prediction:
    side = -1 if odds < 0 else 1
    return Prediction(
        choice=None if not odds else "first" if odds > 0 else "second",
        sure=sure,
        steady=steady,
        for_it=tuple(trait for trait, vote in votes if vote == side),
        against_it=tuple(trait for trait, vote in votes if vote == -side),
        by=by,
        missing=missing,
    )

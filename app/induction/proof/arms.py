"""The arms of a comparison: what a judge may know of a person, and how each guesses choices it has not seen.

Arms that ask the model: `plain` (nothing), `stated` (what the person says of their wishes), `demographics`, `memory`
(facts taken from their history), `history` (past choices in the prompt as they are), `prompt` (the exported text, to
the byte), `demonstrations` (the examples alone), `both` (that text and the examples). Arms that cost nothing: `longer`, `counted` (what most
people choose, brought up to date by one's own choices), `guess` (these two with `plain` and `prompt` where they were asked, weighed
together: guessing/stacked_guess.py), `coin`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.domain.choices.chosen_lengths import chosen_lengths
from app.domain.choices.preference import PreferencePair, texts_digest
from app.domain.people.about import About
from app.domain.personas.persona import Demonstration, Persona
from app.domain.prompt_targets import prompt_of
from app.domain.texts.conversation import digest
from app.induction.counting.counted_model import CountedModel, fit_counted, longer_log_odds
from app.induction.guessing.stacked_guess import COUNTED, LONGER, PLAIN, TOLD, Said
from app.induction.judging.evaluation import judge_each
from app.induction.judging.judge import PLAIN as NOTHING_TOLD
from app.induction.judging.judge import Condition
from app.induction.model.fitting import Fitted, Limits, clip, cut, fence, fit
from app.induction.model.language_model import Answer, ModelProfile, Prompt, Reply, text_tokens
from app.induction.model.prompts import render
from app.induction.proof.parting import newest, ordered, parted
from app.induction.recipes import RECIPES
from app.induction.run import Judgement, Run
from app.induction.traits.learning import Learnt, learn_traits
from app.induction.wording.private_matters import mentions_private_matters

MODEL_ARMS = ("plain", "stated", "demographics", "memory", "history", "prompt", "demonstrations", "both")
FREE_ARMS = ("longer", "counted", "guess", "coin")
ARMS = (*MODEL_ARMS, *FREE_ARMS)
WITH_EXAMPLES = frozenset({"demonstrations", "both"})
"""Arms of `evaluate` alone: a person's report leaves them out, for examples gain nothing (decision 0039)."""
LEARNING_ARMS = frozenset({"memory", "prompt", "demonstrations", "both"})
"""Those for which a model learns; the others are told what stands in the file, or nothing."""

WEIGHED = (PLAIN, TOLD)
"""The judges that `guess` weighs in."""
NOBODY_ASKED: Said = MappingProxyType({})
_MOST_HISTORY = 8
_MOST_HISTORY_SMALL = 3
_LONGEST_TOLD, _MOST_TOLD_TOKENS = 3_000, 1_000
"""UTF-8 bytes and tokens of what a person says of themselves, or of what is remembered: more would leave a small slot no
room."""
_MEMORY_FACTS = 8
_MEMORY_TOKENS = 320
_MEMORY_SCHEMA = json.dumps(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "facts": {"type": "array", "maxItems": _MEMORY_FACTS, "items": {"type": "string", "maxLength": 160}}
        },
        "required": ["facts"],
    }
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What was learnt from `pairs`, for every arm: nothing in it comes from another choice.

    `learnt` is None for the recipes that follow the paper; `memory` is "" where no arm asked for it.
    """

    pairs: tuple[PreferencePair, ...]
    about: About
    persona: Persona | None
    learnt: Learnt | None
    memory: str
    counted: CountedModel


def known_arms(about: About, arms: Sequence[str] = ARMS) -> tuple[str, ...]:
    """Those of the arms that can be asked of this person: without stated wishes or demographics, not these."""
    missing = {name for name, text in (("stated", about.stated), ("demographics", about.demographics)) if not text}
    return tuple(arm for arm in arms if arm not in missing)


async def learn(
    run: Run, train: Sequence[PreferencePair], about: About, arms: Sequence[str], *, recipe: str = "traits"
) -> Knowledge:
    """Pays for what the arms need to know: the fit of the recipe for those with a persona, one call for `memory`.

    A fit that is not written out: the summary is put together without a call.
    """
    learnt, persona = None, None
    if {"prompt", "demonstrations", "both"} & set(arms):
        chosen = RECIPES[recipe]
        if chosen.by_folds:
            learnt = await learn_traits(
                run, newest(ordered(train), run.profile, run.notes), quick=not chosen.tests, write=False
            )
            persona = learnt.persona
        else:
            parts = parted(train, (), chosen, run.profile, run.seed, run.notes)
            await chosen.fit(run, parts.train, parts.validation)
            persona = run.persona
    memory = await _memory(run, train) if "memory" in arms else ""
    return Knowledge(tuple(train), about, persona, learnt, memory, fit_counted(train, run.prior))


def condition(arm: str, knowledge: Knowledge) -> Condition:
    """What the judge is told under one of `MODEL_ARMS`, whatever the question. Raises KeyError for another arm."""
    persona = knowledge.persona
    examples = persona.demonstrations if persona else ()
    exported = prompt_of(persona, knowledge.about.stated, chosen_lengths(knowledge.pairs))
    told = Condition("prompt", exported, lead="guide_prompt") if exported else Condition("prompt")
    return {
        "plain": NOTHING_TOLD,
        "stated": _told("stated", knowledge.about.stated),
        "demographics": _told("demographics", knowledge.about.demographics),
        "memory": _told("memory", knowledge.memory),
        "history": Condition("history", "", tuple(Demonstration(one) for one in reversed(knowledge.pairs))),
        "prompt": told,
        # Without their notes, which are the traits.
        "demonstrations": Condition("demonstrations", "", tuple(Demonstration(one.pair) for one in examples)),
        "both": replace(told, name="both", demonstrations=examples),
    }[arm]


def _told(arm: str, text: str) -> Condition:
    told = clip(text, _LONGEST_TOLD)
    if text_tokens(told) > _MOST_TOLD_TOKENS:
        told = clip(text, len(told.encode()) * _MOST_TOLD_TOKENS // text_tokens(told))
    return Condition(arm, told, lead=f"guide_{arm}")


async def judge_arms(
    run: Run,
    knowledge: Knowledge,
    arms: Sequence[str],
    pairs: Sequence[PreferencePair],
) -> dict[str, list[Judgement]]:
    """Each arm's judgements in the order of the pairs: two calls a pair for each of `MODEL_ARMS`, none for the others.

    An arm that knows nothing (no persona was found, nothing was remembered) asks what `plain` asks; that is sent once."""
    asked = [arm for arm in arms if arm in MODEL_ARMS]
    told = [(pair, _limited(condition(arm, knowledge), run.profile)) for pair in pairs for arm in asked]
    judged = await judge_each(run, told, run.profile.judging, None)
    found: dict[str, list[Judgement]] = {arm: judged[place :: len(asked)] for place, arm in enumerate(asked)}
    free = [arm for arm in arms if arm not in MODEL_ARMS]
    counted = [knowledge.counted.log_odds(pair) for pair in pairs] if free else []
    for arm in free:
        found[arm] = [
            judge_free(run, arm, odds, pair, {name: found[name][place].log_odds for name in WEIGHED if name in found})
            for place, (odds, pair) in enumerate(zip(counted, pairs, strict=True))
        ]
    return {arm: found[arm] for arm in arms}


def _limited(told: Condition, profile: ModelProfile) -> Condition:
    """History comes newest first and gives way from the end; a small model loses itself in more than a few choices."""
    if told.name != "history":
        return told
    most = _MOST_HISTORY_SMALL if profile.small else _MOST_HISTORY
    return replace(told, demonstrations=told.demonstrations[:most])


def judge_free(run: Run, arm: str, counted: float, pair: PreferencePair, judged: Said = NOBODY_ASKED) -> Judgement:
    """A judgement without a call of its own; `counted` are the log-odds of the real choice by counting, `judged` those by the
    judges that `guess` weighs in. Where the arm has nothing to say, a seeded coin says it, so that it scores a half."""
    longer = longer_log_odds(pair)
    guess = run.guess.log_odds({**judged, COUNTED: counted, LONGER: longer}) if arm == "guess" else 0.0
    said = {"longer": longer, "counted": counted, "guess": guess, "coin": 0.0}[arm]
    hit = said > 0 if said else seeded_coin(run.seed, arm, pair)
    return run.keep(Judgement(pair.pair_id, arm, round(said, 6), hit, None))


def seeded_coin(seed: int, what: str, pair: PreferencePair) -> bool:
    """Heads or tails, the same for the same texts; what has nothing to say of a choice is not simply wrong."""
    return int(digest(seed, what, texts_digest(pair))[:8], 16) % 2 == 0


async def _memory(run: Run, pairs: Sequence[PreferencePair]) -> str:
    answers = await run.ask([_memory_prompt(pairs, run.profile)])
    run.note_failures(answers, "gathering facts")
    return _facts(answers[0])


def _memory_prompt(pairs: Sequence[PreferencePair], profile: ModelProfile) -> Fitted:
    def build(limits: Limits) -> Prompt:
        shown = [
            f"{number}. Asked: {cut((*pair.context, *pair.chosen.lead_in)[-1].content, min(limits.request_bytes, 400))}\n"
            f"Chose: {cut(pair.chosen.text, min(limits.text_bytes, 400))}"
            for number, pair in enumerate(pairs[-limits.demonstrations :], start=1)
        ]
        return Prompt(
            messages=render("memory", history=fence("notes", "\n".join(shown)), count=str(_MEMORY_FACTS)),
            purpose="memory",
            max_tokens=_MEMORY_TOKENS,
            schema=_MEMORY_SCHEMA,
        )

    return fit(build, profile, demonstrations=len(pairs), keep_demonstrations=1)


def _facts(answer: Answer) -> str:
    if not isinstance(answer, Reply):
        return ""
    try:
        found = json.loads(answer.text)["facts"]
    except (ValueError, TypeError, KeyError):
        return ""
    facts = [" ".join(str(each).split()) for each in found] if isinstance(found, list) else []
    return "\n".join(f"- {fact}" for fact in facts if fact and not mentions_private_matters(fact))

"""The order of work: everybody's lessons, then the first unseen choice of everybody, then the second, and so on (all of one
person's at once where the judge is asked several a call).

A stopped evaluation therefore has all people equally far. What is on the shelf is not done again; what failed is tried
again when the command is given again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.domain.choices.alike_length import alike_in_length
from app.domain.choices.preference import PreferencePair
from app.domain.errors import BudgetReached, ModelUnavailable, RunCancelled
from app.domain.texts.conversation import digest
from app.induction.counting.prior import CountedPrior
from app.induction.guessing.stacked_guess import TOLD
from app.induction.judging.judge import Condition
from app.induction.model.language_model import LanguageModel
from app.induction.proof.arms import MODEL_ARMS, WEIGHED, Knowledge, condition, judge_arms, learn
from app.induction.run import Judgement, Progress, Run
from app.services.calling.model_calls import Completer, MeteredModel
from app.services.evaluating.folder import Judged, Shelf
from app.services.evaluating.people import Parted

MOST_FAILED_IN_A_ROW = 12

Stopped = Literal["", "minutes", "calls", "asked"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learnt once, with which model, and which judges are asked about it under which arms."""

    parted: Parted
    arms: tuple[str, ...]
    learn_with: str
    judge_with: tuple[str, ...]
    part: str = ""
    """Tells the folds of one person apart."""

    @property
    def train(self) -> tuple[PreferencePair, ...]:
        return self.parted.train


@dataclass(frozen=True, slots=True)
class Advance:
    """How far the work is. `seconds_left` is None until enough was done to tell; it is of this stage and the next."""

    stage: Literal["learning", "judging"]
    done: int
    total: int
    seconds_left: float | None
    detail: str = ""


Tell = Callable[[Advance], None]


@dataclass
class Workshop:
    """Everything that one command works with.

    models      by name; every call of theirs goes through the shelf's ledger
    minutes     after which no further judgement or lesson is begun; None: no limit
    prior       what counting starts from
    """

    shelf: Shelf
    completers: Mapping[str, Completer]
    recipe: str
    seed: int
    minutes: float | None
    tell: Tell
    prior: CountedPrior
    clock: Callable[[], float] = time.monotonic
    models: dict[str, LanguageModel] = field(init=False)

    def __post_init__(self) -> None:
        self.models = {name: MeteredModel(one, self.shelf.book.of(name)) for name, one in self.completers.items()}
        self._began = self._sending_since = self.clock()
        self._spent_on_lessons: list[int] = []
        self._failed_in_a_row = 0

    def run_with(self, model: str, listen: Callable[[Progress], None] = lambda _: None) -> Run:
        return Run(self.models[model], self.seed, listen, describe=lambda _: {}, prior=self.prior)

    async def over(self) -> Stopped:
        """Whether nothing more is to be begun, and why. Lets Ctrl-C be heard where no model is waited for."""
        await asyncio.sleep(0)
        if self.shelf.book.stopping.is_set():
            return "asked"
        return "minutes" if self.minutes is not None and self.clock() - self._began >= 60 * self.minutes else ""

    async def work(self, lessons: Sequence[Lesson]) -> Stopped:
        """Learns all lessons and judges all their unseen choices; gives back why it stopped early, "" if it did not.

        Raises ModelUnavailable where the model answers nothing any more; what was done is on the shelf.
        """
        try:
            taught = []
            for place, lesson in enumerate(lessons):
                if over := await self.over():
                    return over
                taught.append(await self.teach(lesson, place, len(lessons), self._judging_calls(lessons)))
            return await self._judge_in_turn(lessons, taught)
        except BudgetReached:
            return "calls"
        except RunCancelled:
            return "asked"

    async def teach(self, lesson: Lesson, place: int, lessons: int, calls_after: int) -> Knowledge:
        """One lesson. Its replies come from the ledger where it was learnt before."""
        done, after = (max(number, self.shelf.lessons_before) for number in (place, place + 1))
        person, before = lesson.parted.person.name, self.shelf.book.sent_now

        def heard(progress: Progress) -> None:
            detail = f"{person}, {progress.stage} {progress.done} of {progress.total}"
            self.tell(Advance("learning", done, lessons, self.seconds_left(lessons - done, calls_after), detail))

        self._note_time()
        run = self.run_with(lesson.learn_with, heard)
        knowledge = await learn(run, lesson.train, lesson.parted.person.about, lesson.arms, recipe=self.recipe)
        spent = self.shelf.book.sent_now - before
        if spent:
            self._spent_on_lessons.append(spent)
        persona = knowledge.persona
        self.shelf.keep_learnt(
            {
                "person": person,
                "part": lesson.part,
                "learnt_from": len(lesson.train),
                "learnt_with": lesson.learn_with,
                "persona": persona and {"summary": persona.summary, "traits": [trait.text for trait in persona.traits]},
                "demonstrations": [one.pair.pair_id for one in persona.demonstrations] if persona else [],
                "missing": list(run.missing),
            }
        )
        self.tell(Advance("learning", after, lessons, self.seconds_left(lessons - after, calls_after), person))
        return knowledge

    async def _judge_in_turn(self, lessons: Sequence[Lesson], taught: Sequence[Knowledge]) -> Stopped:
        turns = list(self._in_turn(lessons))
        left = sum(self._calls_of(lessons[at], taught[at], pairs, judge) for at, pairs, judge in turns)
        runs = {(at, judge): self.run_with(judge) for at, lesson in enumerate(lessons) for judge in lesson.judge_with}
        done, total = 0, sum(len(pairs) for _, pairs, _ in turns)
        for at, pairs, judge in turns:
            lesson, knowledge = lessons[at], taught[at]
            done += len(pairs)
            needed = self._needed_of(lesson, knowledge, pairs, judge)
            if not needed:
                continue
            if over := await self.over():
                return over
            self._note_time()
            left -= self._calls_of(lesson, knowledge, pairs, judge)
            for arms, alike in needed.items():
                await self._judge(runs[at, judge], lesson, knowledge, arms, alike, judge)
            self.tell(Advance("judging", done, total, self.seconds_left(0, left), lesson.parted.person.name))
        return ""

    async def _judge(
        self,
        run: Run,
        lesson: Lesson,
        knowledge: Knowledge,
        arms: Sequence[str],
        pairs: Sequence[PreferencePair],
        judge: str,
    ) -> None:
        found = await judge_arms(run, knowledge, arms, pairs)
        by_pair = [{arm: judged[place] for arm, judged in found.items()} for place in range(len(pairs))]
        # Together, for what shared a call would share others if only a part of it were kept.
        self.shelf.keep(
            [
                _kept(lesson, knowledge, pair, judge, arm, one)
                for pair, judgements in zip(pairs, by_pair, strict=True)
                for arm, one in judgements.items()
            ]
        )
        for judgements in by_pair:
            self._stop_if_silent(judge, judgements)

    def _in_turn(self, lessons: Sequence[Lesson]) -> Iterator[tuple[int, Sequence[PreferencePair], str]]:
        """(place of the lesson, unseen choices, judge): the first choice of every lesson, then the second, ...; all of a
        lesson at once for a judge that is asked several a call."""
        for turn in range(max((len(lesson.parted.tests) for lesson in lessons), default=0)):
            for at, lesson in enumerate(lessons):
                for judge in lesson.judge_with if turn < len(lesson.parted.tests) else ():
                    if not self._stacks(judge):
                        yield at, lesson.parted.tests[turn : turn + 1], judge
                    elif turn == 0:
                        yield at, lesson.parted.tests, judge

    def _stacks(self, judge: str) -> bool:
        return self.models[judge].profile.judging == "stacked"

    def _needed_of(
        self, lesson: Lesson, knowledge: Knowledge, pairs: Sequence[PreferencePair], judge: str
    ) -> dict[tuple[str, ...], list[PreferencePair]]:
        """Arms still to be judged -> the choices for which these are the ones."""
        found: dict[tuple[str, ...], list[PreferencePair]] = {}
        for pair in pairs:
            arms = tuple(self._needed(lesson, knowledge, pair, judge))
            if arms:
                found.setdefault(arms, []).append(pair)
        return found

    def _needed(self, lesson: Lesson, knowledge: Knowledge, pair: PreferencePair, judge: str) -> list[str]:
        unjudged = Judgement(pair.pair_id, "", None, None, None)
        keys = {arm: _kept(lesson, knowledge, pair, judge, arm, unjudged) for arm in lesson.arms}
        needed = {arm for arm, one in keys.items() if not self.shelf.has(one.key, one.told)}
        weighed = {"guess", *WEIGHED} & set(lesson.arms)
        # The guess is made of what these say, so they are asked together; what was asked already comes from the ledger.
        if "guess" in weighed and needed & weighed:
            needed |= weighed
        return [arm for arm in lesson.arms if arm in needed]

    def _calls_of(self, lesson: Lesson, knowledge: Knowledge, pairs: Sequence[PreferencePair], judge: str) -> int:
        needed = self._needed_of(lesson, knowledge, pairs, judge)
        return sum(self._calls(judge, len(alike), arms) for arms, alike in needed.items())

    def _calls(self, judge: str, pairs: int, arms: Sequence[str]) -> int:
        """About how many calls the judge takes for so many choices under each of the arms, in both orders."""
        together = max(1, self.models[judge].profile.packing) if self._stacks(judge) else 1
        return 2 * -(-pairs // together) * sum(arm in MODEL_ARMS for arm in arms)

    def _judging_calls(self, lessons: Sequence[Lesson]) -> int:
        return sum(
            self._calls(judge, len(lesson.parted.tests), lesson.arms)
            for lesson in lessons
            for judge in lesson.judge_with
        )

    def seconds_left(self, lessons_left: int, calls_after: int) -> float | None:
        """What is left, from what the calls of this start took and how many a lesson took; None until one can tell."""
        sent = self.shelf.book.sent_now
        if not sent or (lessons_left and not self._spent_on_lessons):
            return None
        each = sum(self._spent_on_lessons) / len(self._spent_on_lessons) if lessons_left else 0.0
        return (self.clock() - self._sending_since) / sent * (lessons_left * each + calls_after)

    def _note_time(self) -> None:
        """What comes from the ledger takes no time to speak of, so the clock for a call starts with the first one sent."""
        if not self.shelf.book.sent_now:
            self._sending_since = self.clock()

    def _stop_if_silent(self, model: str, judgements: Mapping[str, Judgement]) -> None:
        asked = [one for arm, one in judgements.items() if arm in MODEL_ARMS]
        if any(one.hit is not None for one in asked):
            self._failed_in_a_row = 0
        else:
            self._failed_in_a_row += len(asked)
        if self._failed_in_a_row >= MOST_FAILED_IN_A_ROW:
            raise ModelUnavailable(
                f"The model {model} gave nothing usable on {self._failed_in_a_row} judgements in a row. What was "
                "done before is kept: give the same command again when the model is there."
            )


def _kept(
    lesson: Lesson, knowledge: Knowledge, pair: PreferencePair, judge: str, arm: str, judgement: Judgement
) -> Judged:
    # What the guess says depends on the prompt, where that is weighed in.
    heard = TOLD if arm == "guess" and TOLD in lesson.arms else arm
    told = _told(condition(heard, knowledge)) if heard in MODEL_ARMS else ""
    return Judged(
        person=lesson.parted.person.name,
        conversation=pair.conversation_id,
        pair=pair.pair_id,
        arm=arm,
        learnt_from=len(lesson.train),
        learnt_with=lesson.learn_with,
        judged_with=judge,
        log_odds=judgement.log_odds,
        hit=judgement.hit,
        flipped=judgement.flipped,
        told=told,
        alike=alike_in_length(pair),
        told_apart=_told_apart(knowledge, pair),
    )


def _told_apart(knowledge: Knowledge, pair: PreferencePair) -> bool | None:
    """By the traits that code can count, for no model is asked to vote here."""
    traits = [trait.counted for trait in (knowledge.persona.traits if knowledge.persona else ()) if trait.counted]
    return any(trait.vote(pair) for trait in traits) if traits else None


def _told(told: Condition) -> str:
    return digest(told.guide, [[one.pair.pair_id, one.reasoning] for one in told.demonstrations])[:16]

"""What every question is asked with, and the plan that is made of it: who, on which choices, with which models."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from app.domain.errors import BadInput
from app.induction.counting.prior import CountedPrior, read_prior, shipped_prior
from app.induction.model.language_model import ModelProfile
from app.induction.model.prompts import digests
from app.induction.proof.arms import ARMS
from app.induction.recipes import RECIPES
from app.services.evaluating.folder import SCHEMA, Plan
from app.services.evaluating.people import Parted, Person, drawn_people, parted, read_people, shared_answers
from app.services.evaluating.program import program_digest
from app.services.evaluating.tables import counted
from app.services.evaluating.working import Lesson
from app.services.whole_files import read_whole

LEARNT_ARMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "curve": ("memory", "history", "prompt", "demonstrations", "both", "counted"),
        "transfer": ("memory", "prompt", "demonstrations", "both"),
    }
)
"""For the questions of one arm: those that change with the number of choices, and those that a model learns."""
_WHY_NOT: Mapping[str, str] = MappingProxyType(
    {
        "curve": "knows the same however many choices are learnt from, so it has no curve",
        "transfer": "is learnt by no model, so there is nothing to transfer",
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its terms.

    people      how many to draw, names separated by commas, or "" for everybody
    tests       most unseen choices a person
    train       most choices a person that are learnt from
    nested      folds (True), the file's own split or a held-back part (False), or folds only where a file has no split
    arms        what is compared; for the other questions the one arm that is meant
    sizes       numbers of choices, for the learning curve
    learn_with, judge_with   names of models
    prior       file of `learn-prior` that counting starts from; None: the prior that comes along
    """

    question: str
    files: tuple[Path, ...]
    learn_with: tuple[str, ...]
    judge_with: tuple[str, ...]
    people: str = ""
    tests: int = 6
    train: int = 15
    nested: bool | None = False
    arms: tuple[str, ...] = ("prompt",)
    sizes: tuple[int, ...] = ()
    recipe: str = "traits"
    seed: int = 0
    prior: Path | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The people of a question with their parts, why others are not among them, what else the table has to say, and the
    prior that counting starts from with the digest of its file ("" for the one that comes along)."""

    parts: tuple[tuple[Parted, ...], ...]
    left_out: tuple[str, ...]
    files: tuple[dict[str, str], ...]
    notes: tuple[str, ...]
    prior: CountedPrior
    prior_digest: str

    @property
    def names(self) -> list[str]:
        return [parts[0].person.name for parts in self.parts]


def gathered(asked: Asked) -> Group:
    """Reads the files and draws the people.

    Raises BadInput where a file, name, arm or number cannot be used or nobody has choices enough.
    """
    _check(asked)
    prior, prior_digest = _prior(asked.prior)
    everybody, sources = read_people(asked.files)
    if asked.question == "agreement":
        ready = {one.name: _all_of(one, asked) for one in everybody}
        reason = "said nothing of what they wish for, or made fewer than 5 choices"
    else:
        with_split = {one.source for one in everybody if one.unseen}
        ready = {
            one.name: parted(
                one,
                nested=one.source not in with_split if asked.nested is None else asked.nested,
                tests=asked.tests,
                train=max(asked.sizes) if asked.sizes else asked.train,
                seed=asked.seed,
            )
            for one in everybody
        }
        reason = "made fewer than 5 choices to learn from, or none that is unseen"
    able = [one for one in everybody if ready[one.name]]
    unable = [one.name for one in everybody if not ready[one.name]]
    drawn = drawn_people(able, asked.people, asked.seed)
    if not drawn:
        raise BadInput(f"Nobody can be evaluated: {counted(len(unable), 'person')} {reason}.")
    left_out = [f"Left out, who {reason}: {_some(unable)}."] if unable else []
    left_out += _unused_rows(everybody)
    parts = tuple(tuple(ready[one.name]) for one in drawn)
    notes = (*_namesake_words(drawn), *_shared_words(parts), *_prior_words(asked, prior))
    return Group(parts, tuple(left_out), tuple(map(asdict, sources)), notes, prior, prior_digest)


def _prior(file: Path | None) -> tuple[CountedPrior, str]:
    if file is None:
        return shipped_prior(), ""
    data = read_whole(file)
    return read_prior(data, file.name), hashlib.sha256(data).hexdigest()


def _prior_words(asked: Asked, prior: CountedPrior) -> list[str]:
    """Which prior counting starts from, and a warning where it was learnt from a file that is tested."""
    if "counted" not in asked.arms:
        return []
    which = "the prior that comes along" if asked.prior is None else f"the prior in {asked.prior.name}"
    said = [f"Counting starts from {which} ({counted(prior.choices, 'choice')} of {counted(prior.people, 'person')})."]
    known = [file.name for file in asked.files if file.name in prior.sources]
    if known:
        said.append(
            f"That prior was learnt from {_some(known)}, whose people are tested here: learn one without it by `learn-prior`."
        )
    return said


def _unused_rows(people: Sequence[Person]) -> list[str]:
    """One sentence on the rows of the files that were not used, with the first few of them."""
    rows = list(dict.fromkeys(f"{one.source}: {row}" for one in people for row in one.skipped))
    if not rows:
        return []
    return [
        f"{counted(len(rows), 'row')} of the files {'was' if len(rows) == 1 else 'were'} not used. {' '.join(rows[:3])}"
    ]


def planned(asked: Asked, group: Group, lessons: Sequence[Lesson], profiles: Mapping[str, ModelProfile]) -> Plan:
    """plan.json: everything that the result depends on, so that another question is not mixed into the folder.

    How many calls a model takes at once changes nothing: answers come back in the order of their prompts.
    """
    return {
        "schema": SCHEMA,
        "question": asked.question,
        "files": sorted(group.files, key=lambda file: file["name"]),
        "people": group.names,
        "left_out": list(group.left_out),
        "notes": list(group.notes),
        "tests": asked.tests,
        "train": asked.train,
        "nested": asked.nested,
        "arms": list(asked.arms),
        "sizes": list(asked.sizes),
        "learn_with": list(asked.learn_with),
        "judge_with": list(asked.judge_with),
        "models": {
            name: {
                "slot_tokens": one.slot_tokens,
                "judging": one.judging,
                "small": one.small,
                "packing": one.packing,
            }
            for name, one in sorted(profiles.items())
        },
        "recipe": asked.recipe,
        "prior": group.prior_digest,
        "seed": asked.seed,
        "lessons": len(lessons),
        "judgements": sum(len(one.parted.tests) * len(one.judge_with) * len(one.arms) for one in lessons),
        "prompts": digests(),
        "program": program_digest(),
    }


def _all_of(person: Person, asked: Asked) -> list[Parted]:
    """All choices teach where none is to be guessed."""
    if not person.about.stated:
        return []
    pairs = sorted((*person.seen, *person.unseen), key=lambda pair: (pair.seq, pair.pair_id))
    train = tuple(pairs[: asked.train])
    return [Parted(person, train, ())] if len(train) >= min(5, asked.train) else []


def _namesake_words(drawn: Iterable[Person]) -> list[str]:
    """Said where a name stands in two files: figures over people would be too sure if both were one person."""
    names = [one.name for one in drawn]
    again = [one.name for one in drawn if one.name.removeprefix(f"{Path(one.source).stem}/") in set(names) - {one.name}]
    if not again:
        return []
    return [
        f"A name stands in two files and is taken for two people: {_some(sorted(again))}. Put one person's choices into one file."
    ]


def _shared_words(parts: Iterable[Iterable[Parted]]) -> list[str]:
    """Said where a file's own split has answers on both sides; other partings have none there."""
    every = [one for mine in parts for one in mine]
    shared, tests = sum(map(shared_answers, every)), sum(len(one.tests) for one in every)
    if not shared:
        return []
    have = "has" if shared == 1 else "have"
    said = f"By the file's own split, {shared} of {counted(tests, 'unseen choice')} {have} the request and one answer"
    return [f"{said} in common with a choice that is learnt from."]


def _check(asked: Asked) -> None:
    unknown = [arm for arm in asked.arms if arm not in ARMS]
    if unknown:
        raise BadInput(f"There is no arm {unknown[0]!r}. Choose among: {', '.join(ARMS)}.")
    if asked.question in LEARNT_ARMS:
        _check_one_arm(asked.question, asked.arms)
    if asked.recipe not in RECIPES:
        raise BadInput(f"There is no recipe {asked.recipe!r}. Choose one of: {', '.join(RECIPES)}.")
    if min(asked.tests, asked.train, *asked.sizes, int(asked.people) if asked.people.isdecimal() else 1) < 1:
        raise BadInput("Numbers of people and of choices begin at 1.")


def _check_one_arm(question: str, arms: Sequence[str]) -> None:
    able = LEARNT_ARMS[question]
    one_of = f"Choose one of: {', '.join(able)}."
    if len(arms) != 1:
        raise BadInput(f"evaluate {question} tests one arm beside the plain judge. {one_of}")
    if arms[0] not in able:
        raise BadInput(f"The arm {arms[0]!r} {_WHY_NOT[question]}. {one_of}")


def _some(names: Iterable[str], most: int = 5) -> str:
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more

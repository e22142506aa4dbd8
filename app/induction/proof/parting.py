"""Which choices write, which select and which test: no conversation, and no text, in two of them."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.choices.decisions import decisions_of, one_of_each
from app.domain.choices.preference import PreferencePair, Split, answers_of, split, texts_digest, together
from app.domain.personas.persona import FEWEST_FOR_A_CLAIM, FEWEST_FOR_A_SKETCH
from app.domain.texts.conversation import digest
from app.induction.model.language_model import ModelProfile
from app.induction.recipes import Recipe

TEST_SHARE = 0.3
MOST_TESTED = 20
MOST_TESTED_SMALL = 9
MOST_COUNTED = 1_000
"""Choices that are counted at most where no model reads them."""
MOST_TRAINED, MOST_TRAINED_SMALL = 120, 10
"""Choices that the model reads at most. Of 120 a run with its test takes about 700 calls, which the usual budget holds."""
FOLDS = 3
NOTHING_APART = "Too few choices are of different conversations and between different answers, so none could be held back as unseen."

Pairs = Sequence[PreferencePair]


def ordered(pairs: Pairs) -> tuple[PreferencePair, ...]:
    """In time order; choices of one moment by their id, so that the order they came in decides nothing."""
    return tuple(sorted(pairs, key=lambda pair: (pair.seq, pair.pair_id)))


def most_tested(profile: ModelProfile) -> int:
    """How many unseen choices a run tests at most."""
    return MOST_TESTED_SMALL if profile.small else MOST_TESTED


def most_trained(profile: ModelProfile) -> int:
    """How many choices a run reads at most."""
    return MOST_TRAINED_SMALL if profile.small else MOST_TRAINED


def sizes(n: int, recipe: Recipe, profile: ModelProfile, given_tests: int | None) -> tuple[int, int]:
    """How many pairs should test and how many select, for a recipe that holds choices back; a sketch holds none back."""
    if n < FEWEST_FOR_A_CLAIM:
        return given_tests or 0, 0
    tests = min(most_tested(profile), round(TEST_SHARE * n)) if given_tests is None else 0
    return tests, max(1, min(recipe.most_validation, round(recipe.validation_share * (n - tests))))


def parted(
    pairs: Pairs, test_pairs: Pairs | None, recipe: Recipe, profile: ModelProfile, seed: int, notes: list[str]
) -> Split:
    """Train, validation and test. A recipe that is proved by folds trains on all pairs; `test_pairs` test where given.

    What was left out is told in `notes`.
    """
    may_claim = len(decisions_of(pairs)) >= FEWEST_FOR_A_CLAIM
    if recipe.by_folds or not may_claim:
        parts = Split(ordered(pairs), (), ())
    else:
        parts = _held_back(pairs, None if test_pairs is None else len(test_pairs), recipe, profile, seed, notes)
    test = parts.test if test_pairs is None else ordered(test_pairs)
    known = {key for pair in (*parts.train, *parts.validation) for key in (pair.conversation_id, texts_digest(pair))}
    unseen = tuple(pair for pair in test if not {pair.conversation_id, texts_digest(pair)} & known)
    if len(unseen) < len(test):
        seen = len(test) - len(unseen)
        what = "1 choice stands" if seen == 1 else f"{seen} choices stand"
        where = "among the seen ones as well, or in one of their conversations,"
        notes.append(f"{what} {where} and {'does' if seen == 1 else 'do'} not test.")
    is_counted = recipe.by_folds and profile.small
    unseen = tuple(one_of_each(unseen, seed))
    if profile.small and not is_counted and len(unseen) > MOST_TESTED_SMALL:
        notes.append(
            f"{MOST_TESTED_SMALL} of {len(unseen)} unseen choices were tested, because the small model is slow."
        )
        unseen = unseen[:MOST_TESTED_SMALL]
    known_answers = {answer for pair in (*parts.train, *parts.validation) for answer in answers_of(pair)}
    shared = sum(not known_answers.isdisjoint(answers_of(pair)) for pair in unseen)
    if shared:
        notes.append(
            f"One answer of {shared} of {len(unseen)} unseen choices also stands, for the same request, among the seen ones."
        )
    train = _counted(parts.train, notes) if is_counted else newest(parts.train, profile, notes)
    if may_claim and test_pairs is None and not unseen and not recipe.by_folds:
        notes.append(NOTHING_APART)
    return Split(train, parts.validation, unseen)


def newest(train: tuple[PreferencePair, ...], profile: ModelProfile, notes: list[str]) -> tuple[PreferencePair, ...]:
    """What the model reads: all of them, or as many of the newest as a small model can in reasonable time."""
    most = most_trained(profile)
    if len(train) <= most:
        return train
    who = "The small model" if profile.small else "The model"
    reason = f"a larger one reads up to {MOST_TRAINED}" if profile.small else "more would cost far more than they tell"
    notes.append(f"{who} read the newest {most} of {len(train)} choices; {reason}.")
    return train[-most:]


def _counted(train: tuple[PreferencePair, ...], notes: list[str]) -> tuple[PreferencePair, ...]:
    if len(train) > MOST_COUNTED:
        notes.append(f"The newest {MOST_COUNTED:,} of {len(train):,} choices were counted.")
    return train[-MOST_COUNTED:]


def folds(pairs: Pairs, profile: ModelProfile, seed: int) -> Sequence[tuple[Pairs, Pairs]]:
    """(train, test) a fold, every choice in the tests of one fold at most and never in the training of the same fold.

    What belongs `together` stays so, and with it every decision. A decision is tested on one of its losers, drawn by the
    seed; at most `most_tested` are tested in all. A fold that leaves fewer than five choices to learn from is left out; empty where none is left.
    """
    groups = together(ordered(pairs))
    count = min(FOLDS, len(groups))
    if count < 2:
        return ()
    parts: list[list[PreferencePair]] = [[] for _ in range(count)]
    for group in sorted(groups, key=lambda group: (-len(group), digest(seed, "fold", texts_digest(group[0])))):
        min(parts, key=len).extend(group)
    most = most_tested(profile)
    found = []
    for place, part in enumerate(parts):
        quota = most // count + (place < most % count)
        inside = {pair.pair_id for pair in part}
        tested = sorted(one_of_each(part, seed), key=lambda pair: digest(seed, "tested", texts_digest(pair)))[:quota]
        found.append((ordered([pair for pair in pairs if pair.pair_id not in inside]), ordered(tested)))
    return [(train, test) for train, test in found if len(train) >= FEWEST_FOR_A_SKETCH]


def _held_back(
    pairs: Pairs, given: int | None, recipe: Recipe, profile: ModelProfile, seed: int, notes: list[str]
) -> Split:
    n = len(pairs)
    tests, validation = sizes(n, recipe, profile, given)
    parts = split(ordered(pairs), seed, validation_share=validation / n, test_share=tests / n)
    if len(parts.train) >= FEWEST_FOR_A_SKETCH:
        return parts
    # Long conversations can eat up the choices; writing comes before selecting.
    notes.append("Too few conversations to choose examples on, so the prompt has none.")
    return Split(ordered((*parts.train, *parts.validation)), (), parts.test)

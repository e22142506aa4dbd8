"""Ready-made pairs: sides drawn for each person, added once, of equal care, exported as what they are."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable

import pytest

from app.domain.choices.preference import Completion, PreferencePair, Verdict
from app.domain.errors import BadInput, NotFound
from app.domain.letter import Unsettled
from app.domain.measures import NAMES, row_of, sides
from app.services.choosing import comparing, starters
from app.services.exporting import exporting
from app.services.people import consenting
from app.storage.choosing import comparisons
from app.storage.database import Database, Session
from tests import builders
from tests.builders import an_account


def test_a_pair_stands_in_the_account_with_the_sides_it_had_on_the_first_page(database: Database) -> None:
    for _ in range(8):
        shown = starters.first_pair()
        with database.writing() as session:
            account_id = an_account(session)
            added = starters.add_starters(session, account_id, shown.side_seed)
            kept = comparing.comparison(session, account_id, added[shown.name])

        assert (kept.first.text, kept.second.text) == (shown.first.text, shown.second.text)
        assert kept.context == shown.context
        assert kept.is_sample


def test_sides_are_drawn_anew_for_each_person(database: Database) -> None:
    drawn = set()
    for _ in range(3):
        with database.writing() as session:
            account_id = an_account(session)
            added = starters.add_starters(session, account_id)
            drawn.add(tuple(comparing.comparison(session, account_id, each).first.text for each in added.values()))
    assert len(drawn) == 3
    assert len({starters.first_pair().first.text for _ in range(64)}) == 2


@pytest.mark.parametrize("seed", [-1, 0, 2**61 - 1, 2**62, 2**80])
def test_a_seed_that_no_page_drew_is_refused_and_nothing_is_added(database: Database, seed: int) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        with pytest.raises(BadInput, match="Load it again"):
            starters.add_starters(session, account_id, seed)
        assert comparing.progress(session, account_id).waiting == 0


def test_adding_them_again_adds_nothing_and_names_the_same_comparisons(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        assert starters.has_more(session, account_id)
        first = starters.add_starters(session, account_id)

        again = starters.add_starters(session, account_id)
        waiting = comparing.progress(session, account_id).waiting
        assert not starters.has_more(session, account_id)

    assert again == first
    assert waiting == len(first) == len(starters.starters())


def test_there_are_forty_and_more_over_eight_topics_and_axes_and_they_are_short() -> None:
    pairs = starters.starters()

    assert len(pairs) >= 40
    assert len({pair.name for pair in pairs}) == len({pair.digest for pair in pairs}) == len(pairs)
    assert min(Counter(pair.topic for pair in pairs).values()) >= 6
    assert min(Counter(pair.axis for pair in pairs).values()) >= 5
    assert len({pair.axis for pair in pairs} - {starters.SEVERAL}) == 8
    assert all(80 < len(answer.text) < 900 for pair in pairs for answer in (pair.one, pair.other))


def test_in_every_axis_but_length_the_longer_answer_is_now_of_the_one_manner_and_now_of_the_other() -> None:
    longer: dict[str, set[str]] = {}
    for pair in starters.starters():
        manner = max((pair.one, pair.other), key=lambda answer: len(answer.text)).manner
        longer.setdefault(pair.axis, set()).add(manner)
    assert longer.pop("length") == {"thorough"}
    assert all(len(manners) > 1 for manners in longer.values())


MEASURES = ("length", "lists", "warmth", "hedging", "examples", "answer_first", "question_back")


def test_each_of_the_first_ten_differs_in_seven_ways_as_code_counts_them_and_no_two_ways_go_together() -> None:
    first = starters.starters()[:10]
    said = [starter.sides(starter.one.manner) for starter in first]
    # The one side has less of these, and more of examples, answers first and questions back.
    has_less = {"length", "lists", "warmth", "hedging"}
    columns = {}
    for place, measure in enumerate(MEASURES):
        named = [(-1 if side else 1) if measure in has_less else (1 if side else -1) for side in _at(said, place)]
        columns[measure] = named
        assert named == [_counted(starter, measure) for starter in first], measure

    assert {starter.axis for starter in first} == {starters.SEVERAL}
    assert max(abs(sum(column)) for column in columns.values()) <= 2
    for one, other in itertools.combinations(columns.values(), 2):
        assert abs(sum(a * b for a, b in zip(one, other, strict=True))) <= 4


def _at(said: list[list[tuple[str, bool]]], place: int) -> list[bool]:
    return [sides[place][1] for sides in said]


def _counted(starter: starters.Starter, measure: str) -> int:
    texts = Completion(starter.one.text), Completion(starter.other.text)
    return sides(row_of(PreferencePair("x", starter.context, *texts, "x", chosen_first=True)))[NAMES.index(measure)]


def test_they_are_exported_with_every_consent_as_what_they_are(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        added = starters.add_starters(session, account_id)
        comparing.give_verdict(session, account_id, added[starters.starters()[0].name], Verdict.FIRST, None)
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, granted=True)

    rows = [json.loads(row) for row in exporting.export_rows(database, file_format="trl", requested_by=None)]
    assert [row["source"] for row in rows] == ["ready_made"]


def test_pairs_that_settle_are_those_of_the_open_axes_in_turn_and_change_nothing(database: Database) -> None:
    axes = (Unsettled("warmth", "plain against warm"), Unsettled("lists", "a list against prose"))
    with database.writing() as session:
        account_id = an_account(session)
        first = starters.settling_pairs(session, account_id, axes)
        assert not comparing.progress(session, account_id).waiting

        comparison_id = starters.settle(session, account_id, first[0].name)
        comparing.give_verdict(session, account_id, comparison_id, Verdict.SKIP, None)
        later = starters.settling_pairs(session, account_id, axes)

    by_name = {one.name: one.axis for one in starters.starters()}
    assert [by_name[pair.name] for pair in first] == ["warmth", "lists", "warmth"]
    assert first[0].name not in [pair.name for pair in later]
    with pytest.raises(NotFound), database.writing() as session:
        starters.settle(session, account_id, "none")


def walked(session: Session, account_id: str, choices: int, wants: Callable[[str, set[str]], str]) -> list[str]:
    """The axes of the pairs in the order that a person meets them who takes the manner that `wants` names of two."""
    by_digest = {starter.digest: starter for starter in starters.starters()}
    met = []
    starters.add_starters(session, account_id)
    for _ in range(choices):
        oldest = comparisons.next_waiting(session, account_id)
        assert oldest is not None
        found = comparisons.find(
            session, account_id, starters.tells_most(session, account_id, oldest.row.comparison_id)
        )
        axis = by_digest[found.row.pair_sha256].axis
        met.append(axis)
        taken = wants(axis, {found.first.style, found.second.style})
        value = Verdict.FIRST if found.first.style == taken else Verdict.SECOND
        comparing.give_verdict(session, account_id, found.row.comparison_id, value, 4_000)
    return met


def test_the_order_of_ready_made_pairs_follows_where_a_taste_shows(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        turn = iter(range(100))

        def likes_lists(axis: str, manners: set[str]) -> str:
            if axis == starters.SEVERAL:
                return next(each for each in manners if ", list," in each)
            listed = manners - {"flowing text"}
            return listed.pop() if axis == "lists" else sorted(manners)[next(turn) % 2]

        met = walked(session, account_id, 16, likes_lists)

    assert met[:10] == [starters.SEVERAL] * 10
    assert met[10] == "stance", "of which the first ten say nothing"
    assert met[11:14].count("lists") > 0, "the one thing that showed"


def test_the_same_choices_lead_to_the_same_pairs(database: Database) -> None:
    with database.writing() as session:
        one, other = builders.an_account(session), builders.an_account(session)

        assert walked(session, one, 12, lambda _axis, manners: min(manners)) == walked(
            session, other, 12, lambda _axis, manners: min(manners)
        )


def test_a_pair_of_ones_own_keeps_its_place(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        own = builders.a_comparison(session, account_id)
        starters.add_starters(session, account_id)

        assert starters.tells_most(session, account_id, own) == own

"""A conversation goes on with the answer that was chosen; the other one stays with its comparison."""

from __future__ import annotations

import pytest

from app.domain.choices.preference import Verdict
from app.domain.errors import ChangedMeanwhile, NotFound, TooLarge
from app.domain.texts.conversation import Turn
from app.services.choosing import asking, comparing
from app.storage.choosing import comparisons
from app.storage.database import Database, Session
from tests import builders
from tests.fakes import FakeCompleter
from tests.web.work import work_off


def go_on(session: Session, account_id: str, after: str, text: str = "And snow?") -> str:
    return asking.go_on(session, account_id, after, text, models=("m", "m"), styles=("brief", "warm"), seed=7)


@pytest.mark.parametrize("verdict", [Verdict.FIRST, Verdict.SECOND])
def test_the_next_turn_is_a_comparison_of_its_own_after_the_chosen_answer(database: Database, verdict: Verdict) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        chosen = builders.a_choice(
            session, account_id, verdict, question="What is rain?", first="Water.", second="Weather."
        )
        following = go_on(session, account_id, chosen)
    model = FakeCompleter()
    work_off(database, model)

    told = Turn("assistant", "Water." if verdict is Verdict.FIRST else "Weather.")
    with database.reading() as session:
        view = comparing.comparison(session, account_id, following)
        before = comparisons.find(session, account_id, chosen)
        after = comparisons.find(session, account_id, following)
    assert view.context == (Turn("user", "What is rain?"), told, Turn("user", "And snow?"))
    assert (view.state, view.verdict) == ("ready", None)
    assert [message.content for message in model.prompts[0].messages[-3:]] == [turn.content for turn in view.context]
    assert after.row.conversation_id == before.row.conversation_id
    assert (before.first.text, before.second.text) == ("Water.", "Weather.")


def test_each_turn_has_those_before_it_and_another_verdict_on_an_earlier_one_changes_none(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        first = builders.a_choice(session, account_id, question="What is rain?", first="Water.", second="Weather.")
        second = go_on(session, account_id, first)
    work_off(database)
    with database.writing() as session:
        comparing.give_verdict(session, account_id, second, Verdict.SECOND, None)
        comparing.give_verdict(session, account_id, first, Verdict.SECOND, None)
        third = go_on(session, account_id, second, "And hail?")
        context = comparing.comparison(session, account_id, third).context

    assert [turn.content for turn in context[:3]] == ["What is rain?", "Water.", "And snow?"]
    assert len(context) == 5


def test_nothing_goes_on_without_a_choice_or_in_another_account_or_for_ever(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_TURNS", 3)
    with database.writing() as session:
        account_id, other = builders.an_account(session), builders.an_account(session)
        alike = builders.a_choice(session, account_id, Verdict.SAME)
        chosen = builders.a_choice(session, account_id)
        following = go_on(session, account_id, chosen)
    work_off(database)
    with database.writing() as session:
        comparing.give_verdict(session, account_id, following, Verdict.FIRST, None)

    for whose, after, refusal in (
        (account_id, alike, ChangedMeanwhile),
        (other, chosen, NotFound),
        (account_id, following, TooLarge),
    ):
        with pytest.raises(refusal), database.writing() as session:
            go_on(session, whose, after)

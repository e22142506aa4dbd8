"""A sample history counts alone or not at all, leaves in one step and comes back in one."""

from __future__ import annotations

from app.domain.choices.preference import Verdict
from app.services.choosing import comparing, starters
from app.services.importing import beside_own, files
from app.services.importing.beside_own import SampleState
from app.storage.choosing import comparisons
from app.storage.database import Database, Session
from app.storage.working import runs
from tests.builders import an_account

SAMPLE = "tulu-evaluator"


def counted(session: Session, account_id: str) -> tuple[int, int, int]:
    """Choices as progress, runs and the age of a persona count them."""
    return (
        comparing.progress(session, account_id).choices,
        len(runs.snapshot(session, account_id)),
        len(comparisons.chosen_sides(session, account_id)),
    )


def test_a_sample_counts_until_the_first_choice_of_ones_own_and_never_with_it(database: Database) -> None:
    with database.writing() as session:
        account_id, other = an_account(session), an_account(session)
        n = files.load_sample(session, account_id, SAMPLE).added
        files.load_sample(session, other, SAMPLE)
        added = starters.add_starters(session, account_id)
        mine = next(iter(added.values()))
        assert counted(session, account_id) == (n, n, n)

        comparing.give_verdict(session, account_id, mine, Verdict.SKIP, None)
        assert counted(session, account_id) == (n, n, n)
        comparing.give_verdict(session, account_id, mine, Verdict.FIRST, None)
        assert counted(session, account_id) == (1, 1, 1)
        assert [pair["pair_id"] for pair in runs.snapshot(session, account_id)] == [mine]
        assert beside_own.state(session, account_id) == SampleState(here=True, away=False, own=True)
        assert counted(session, other) == (n, n, n)

        comparing.undo_verdict(session, account_id, mine)
        assert counted(session, account_id) == (n, n, n)


def test_a_sample_that_is_taken_away_leaves_ready_made_pairs_and_comes_back_as_it_was(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        n = files.load_sample(session, account_id, SAMPLE).added
        changed = comparing.list_choices(session, account_id)[0]
        comparing.give_verdict(session, account_id, changed.comparison_id, Verdict.SAME, None)
        waiting = len(starters.add_starters(session, account_id))

        for _ in range(2):
            beside_own.take_away(session, account_id)
            assert comparing.list_choices(session, account_id) == []
            assert comparing.progress(session, account_id) == comparing.ProgressView(0, 0, waiting, 0, 0)
        assert beside_own.state(session, account_id) == SampleState(here=False, away=True, own=False)
        comparing.undo_verdict(session, account_id, changed.comparison_id)
        assert comparing.progress(session, account_id).waiting == waiting
        comparing.give_verdict(session, account_id, changed.comparison_id, Verdict.SAME, None)

        beside_own.bring_back(session, account_id)
        assert len(comparing.list_choices(session, account_id)) == n
        assert counted(session, account_id) == (n - 1, n - 1, n - 1)


def test_loading_it_again_brings_back_what_was_taken_away(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        n = files.load_sample(session, account_id, SAMPLE).added
        beside_own.take_away(session, account_id)

        assert files.load_sample(session, account_id, SAMPLE).added == 0
        assert counted(session, account_id) == (n, n, n)

"""A guest's account becomes part of the account that they signed in to: all of it moves, and nothing there is overwritten."""

from __future__ import annotations

import pytest
from sqlmodel import SQLModel, col, select

from app.domain.choices.preference import Verdict
from app.domain.errors import NotFound
from app.domain.people.signing import Identity
from app.services.choosing import comparing
from app.services.people import accounts, consenting, entering, tokens
from app.services.people.recovering import make_words, opened_by
from app.storage.database import Database, Session
from app.storage.people import merging
from app.storage.tables import (
    Account,
    ComparisonRow,
    InductionRun,
    JobRequest,
    PersonaRow,
    SpendCounter,
    TraitEvidence,
    VerdictRow,
)
from tests.builders import a_choice, a_comparison, a_run, an_account, choices
from tests.services.people.filled import fill

ME = Identity("https://idp.university.example", "person-1")
ENDS_WITH_THE_GUEST = {"sign_in", "recovery_secret", "request_key", "identity", "sign_in_attempt"}
MOVED_APART = {"comparison", "persona", "export"}


def known(session: Session) -> str:
    """An account that a provider opens."""
    account_id = an_account(session)
    entering.link(session, account_id, "university", ME)
    return account_id


def rows_of(session: Session, account_id: str) -> dict[str, int]:
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        for name in ("account_id", "requested_by"):
            if name in table.c and table.name != "account":
                rows = session.connection().execute(table.select().where(table.c[name] == account_id))
                found[table.name] = len(rows.all())
    return found


def test_every_table_that_names_an_account_is_moved_or_ends_with_the_guest() -> None:
    named = {
        table.name
        for table in SQLModel.metadata.sorted_tables
        if table.name != "account" and {"account_id", "requested_by"} & set(table.c.keys())
    }

    assert named == {str(table.__tablename__) for table in merging.MOVED} | MOVED_APART | ENDS_WITH_THE_GUEST


def test_all_of_a_guest_moves_and_all_that_was_there_stays(database: Database) -> None:
    with database.writing() as session:
        account_id, guest_id = known(session), an_account(session)
        fill(session, account_id)
        fill(session, guest_id)
        before, brought = rows_of(session, account_id), rows_of(session, guest_id)
        twice = len(_in_both(session, account_id, guest_id))

        entering.bring(session, guest_id, account_id)

        after = rows_of(session, account_id)
        assert session.get(Account, guest_id) is None
        assert not any(rows_of(session, guest_id).values())
        assert twice > 10  # both loaded the sample, and the long conversation
        for table in ("persona", "induction_run", "import_batch", "model_call", "ledger_entry", "consent", "export"):
            assert after[table] == before[table] + brought[table] > 0, table
        assert after["comparison"] == before["comparison"] + brought["comparison"] - twice
        assert after["verdict"] == before["verdict"] + brought["verdict"] - _sample_verdicts(session, account_id)
        assert after["recovery_secret"] == before["recovery_secret"] == 1
        assert sorted(session.exec(select(PersonaRow.version)).all()) == [1, 2]
        assert len(set(session.exec(select(ComparisonRow.seq)).all())) == after["comparison"]
        assert _dangling(session) == []
        spent = session.exec(select(SpendCounter.subject)).all()
        assert [subject for subject in spent if guest_id in subject] == []


def _in_both(session: Session, one: str, other: str) -> set[str]:
    pairs = [
        set(session.exec(select(ComparisonRow.pair_sha256).where(ComparisonRow.account_id == each)))
        for each in (one, other)
    ]
    return pairs[0] & pairs[1]


def _sample_verdicts(session: Session, account_id: str) -> int:
    rows = select(VerdictRow).join(ComparisonRow, col(ComparisonRow.comparison_id) == col(VerdictRow.comparison_id))
    shared = rows.where(VerdictRow.account_id == account_id, col(VerdictRow.imported).is_(True))
    return len(session.exec(shared).all())


def _dangling(session: Session) -> list[str]:
    there = set(session.exec(select(ComparisonRow.comparison_id)))
    named = [pair["pair_id"] for run in session.exec(select(InductionRun)) for pair in run.pairs]
    named += list(session.exec(select(TraitEvidence.comparison_id)))
    return [each for each in named if each not in there]


def same_pair(session: Session, account_id: str, digest: str, verdict: Verdict | None, *, turned: bool = False) -> str:
    texts = ("Blue.", "It scatters.")[:: -1 if turned else 1]
    comparison_id = a_comparison(session, account_id, first=texts[0], second=texts[1])
    row = session.get(ComparisonRow, comparison_id)
    assert row
    row.pair_sha256 = digest
    session.add(row)
    session.flush()
    if verdict:
        comparing.give_verdict(session, account_id, comparison_id, verdict, 1500)
    return comparison_id


def test_of_a_pair_in_both_the_accounts_verdict_stays_and_where_there_is_none_the_guests_moves(
    database: Database,
) -> None:
    with database.writing() as session:
        account_id, guest_id = known(session), an_account(session)
        judged = same_pair(session, account_id, "a" * 64, Verdict.FIRST)
        unjudged = same_pair(session, account_id, "b" * 64, None)
        turned = same_pair(session, account_id, "c" * 64, Verdict.FIRST)
        for digest in ("a", "b"):
            same_pair(session, guest_id, digest * 64, Verdict.SECOND)
        other = same_pair(session, guest_id, "c" * 64, Verdict.FIRST, turned=True)

        entering.bring(session, guest_id, account_id)

        values = dict(session.exec(select(VerdictRow.comparison_id, VerdictRow.value)).all())
        assert set(session.exec(select(ComparisonRow.comparison_id).where(col(ComparisonRow.decided)))) == set(values)
        assert values == {judged: "first", unjudged: "second", turned: "first", other: "first"}


def test_a_switch_is_on_afterwards_only_where_it_was_on_in_both(database: Database) -> None:
    for accounts_own, guests, then in ((True, True, True), (True, False, False), (False, True, False)):
        with database.writing() as session:
            account_id, guest_id = an_account(session), an_account(session)
            a_choice(session, guest_id)
            for whose, is_on in ((account_id, accounts_own), (guest_id, guests)):
                if is_on:
                    consenting.set_consent(session, whose, "choices", True)

            entering.bring(session, guest_id, account_id)

            granted = {view.scope: view.granted for view in consenting.consents(session, account_id)}
            assert granted == {"choices": then, "texts": False}


def test_what_opened_the_guest_opens_nothing_afterwards_and_its_work_has_ended(database: Database) -> None:
    with database.writing() as session:
        account_id, guest = known(session), accounts.new_guest(session)
        choices(session, guest.account_id, 5)
        token = tokens.make(session, guest.account_id, name="", scopes=["read"], days=7).token
        words = make_words(session, guest.account_id)
        run = a_run(session, guest.account_id, "running")
        session.add(JobRequest(kind="induce", subject_id=run.run_id, account_id=guest.account_id))
        a_run(session, account_id, "running")

        entering.bring(session, guest.account_id, account_id)

        assert [accounts.account_for_token(session, each) for each in (token, guest.token)] == [None, None]
        moved = session.get(InductionRun, run.run_id)
        assert moved
        assert (moved.account_id, moved.state) == (account_id, "cancelled")
        assert [row.ended for row in session.exec(select(JobRequest))] == [True]
        with pytest.raises(NotFound):
            opened_by(session, words)


def test_an_account_with_an_identity_or_a_role_is_never_moved(database: Database) -> None:
    with database.writing() as session:
        account_id, researcher, empty = known(session), an_account(session, "researcher"), an_account(session)
        a_choice(session, account_id)
        a_choice(session, researcher)

        for whose in (account_id, researcher, empty):
            entering.bring(session, whose, an_account(session))
            assert session.get(Account, whose) is not None

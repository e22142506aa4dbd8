"""An archive of another product is kept for a day, and of it is taken what was ticked, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from app.domain.transcripts.archives import chats
from app.services.choosing import comparing
from app.services.importing.bringing import doubtful, found, taking
from app.services.importing.bringing.taking import Wanted
from app.services.inducing import inducing
from app.services.operating.tidying import tidy
from app.services.people import consenting
from app.storage.database import Database, Session
from app.storage.exporting import exports
from app.storage.tables import Archive, ArchiveChat, ComparisonRow, OwnWords, VerdictRow
from tests.builders import an_account, an_archive

FACTS = ("wrong", "missing", "not true")


def taken(session: Session, account_id: str, wanted: Wanted) -> str:
    archive_id = an_archive(session, account_id)
    found.tick_all(session, account_id, archive_id, ticked=True)
    return taking.take(session, account_id, archive_id, wanted).import_id


def test_the_choices_of_an_archive_alone_are_enough_for_a_first_persona(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)

        taken(session, account_id, Wanted(words=frozenset({0, 1})))

        graded = sorted(session.exec(select(ComparisonRow.grade, ComparisonRow.suggested)).all())
        assert [grade for grade, suggested in graded if not suggested] == ["A"] * 4 + ["B"] * 2
        assert [grade for grade, suggested in graded if suggested] == ["C"] * 3 + ["E"] * 6
        assert all(session.exec(select(VerdictRow.imported)).all())
        progress = comparing.progress(session, account_id)
        assert (progress.choices, progress.verdicts, progress.waiting) == (5, 6, 0)
        wishes = session.exec(select(OwnWords.text).where(OwnWords.is_wish)).all()
        assert len(wishes) == 6
        assert not [wish for wish in wishes if any(word in wish for word in FACTS)]
        run_id = inducing.start_run(
            session, account_id, model="m", recipe="traits", seed=0, budget_calls=1, budget_tokens=1
        )
        assert inducing.run(session, account_id, run_id).n_choices == 5


def test_what_was_gone_on_from_is_a_choice_where_the_person_says_so(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)

        taken(session, account_id, Wanted(counts_kept=True, corrections=False))

        assert comparing.progress(session, account_id).choices == 8
        assert doubtful.stack(session, account_id).waiting == 0
        assert not session.exec(select(OwnWords)).all()


def test_a_correction_is_in_no_export_even_where_it_was_confirmed(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        taken(session, account_id, Wanted())
        while (card := doubtful.stack(session, account_id).card) is not None:
            doubtful.confirm(session, account_id, card.comparison_id, card.value)

        for scope in exports.NEEDED:
            agree(session, account_id, scope)
        listed = exports.decided(session, [account_id])[0].comparison_ids
        assert len(listed) == 4 + 2 + 3
        grades = session.exec(select(ComparisonRow.grade).where(ComparisonRow.comparison_id.in_(listed)))  # type: ignore[attr-defined]
        assert set(grades) == {"A", "B", "C"}


def agree(session: Session, account_id: str, scope: str) -> None:
    consenting.set_consent(session, account_id, scope, True)


def test_what_waits_is_deleted_after_a_day_and_another_archive_takes_its_place(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        first = an_archive(session, account_id)
        archive = session.get(Archive, an_archive(session, account_id))
        assert archive is not None
        assert first not in session.exec(select(Archive.archive_id)).all()
        archive.expires_at -= timedelta(hours=24)
        session.add(archive)

    tidy(database)

    with database.reading() as session:
        assert not session.exec(select(Archive)).all()
        assert not session.exec(select(ArchiveChat.position)).all()


def test_an_archive_is_kept_without_reading_its_conversations_while_others_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        with monkeypatch.context() as patch:
            patch.setattr(chats, "from_object", lambda _: pytest.fail("a conversation was read"))
            archive_id = an_archive(session, account_id)

        assert len(found.chat(session, account_id, archive_id, 0).turns) > 0


def test_of_very_many_conversations_some_are_taken_at_once_and_the_rest_stays_ticked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MOST_AT_ONCE", 5)
    with database.writing() as session:
        account_id = an_account(session)
        archive_id = an_archive(session, account_id)
        found.tick_all(session, account_id, archive_id, ticked=True)

        reports = [taking.take(session, account_id, archive_id, Wanted()) for _ in range(3)]

        left = [[note for note in report.notes if "ticked" in note] for report in reports]
        assert [note[0].split()[0] for note in left[:2]] == ["8", "3"]
        assert left[2] == []
        assert sum(report.added for report in reports) == 6
        assert found.archive(session, account_id, archive_id).ticked == 0


class Compared(int):
    """A number that counts how often it is held against another."""

    times = 0
    __hash__ = int.__hash__

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return int(self) == other


def test_ticking_very_many_takes_as_long_as_they_are_and_not_as_their_square(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        archive_id = an_archive(session, account_id)
        positions = [Compared(each) for each in range(300)]

        found.tick(session, account_id, archive_id, positions, positions)

        assert found.archive(session, account_id, archive_id).ticked == 13
        assert Compared.times <= 3 * len(positions)

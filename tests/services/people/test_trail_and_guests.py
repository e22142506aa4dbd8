"""Acts on accounts leave a trail; guests who came back no more are erased, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import select

from app.domain.people.signing import Identity
from app.services.operating.tidying import tidy
from app.services.people import accounts, entering, recovering
from app.storage.database import Database
from app.storage.exporting import exports
from app.storage.people import audit
from app.storage.tables import Account, AuditEntry, SignIn, now
from tests.builders import choices


def test_acts_on_accounts_leave_a_trail_of_codes_and_no_text(database: Database) -> None:
    with database.writing() as session:
        one, other = accounts.new_guest(session), accounts.new_guest(session)
        choices(session, one.account_id, 2)
        accounts.grant(session, other.code, "operator")
        accounts.suspend(session, one.code, other.code)
        accounts.lift(session, one.code, other.code)
        exports.begin(session, "trl", other.account_id)
        accounts.erase(session, one.code.lower())
        accounts.delete_everything(session, other.account_id)

    with database.reading() as session:
        found = [(act.act, act.about, act.by, act.detail) for act in reversed(audit.newest_first(session, 9))]
    assert found == [
        ("role", other.code, "command", "operator"),
        ("suspension", one.code, other.code, ""),
        ("lift", one.code, other.code, ""),
        ("export", "", other.code, "trl"),
        ("erasure", one.code, "command", ""),
        ("erasure", other.code, "itself", ""),
    ]


def test_a_guest_who_came_back_no_more_is_erased_and_whoever_has_a_way_back_stays(database: Database) -> None:
    with database.writing() as session:
        made = {
            name: accounts.new_guest(session)
            for name in ("guest", "words", "linked", "researcher", "suspended", "visitor", "from before")
        }
        recovering.make_words(session, made["words"].account_id)
        entering.link(session, made["linked"].account_id, "university", Identity("https://idp.university.example", "1"))
        accounts.grant(session, made["researcher"].code, "researcher")
        accounts.suspend(session, made["suspended"].code)
        long_ago = now() - timedelta(days=91)
        session.connection().execute(sa.update(Account).values(created_at=long_ago))
        session.connection().execute(sa.update(SignIn).values(last_seen_at=long_ago))
        accounts.touch(session, made["visitor"].token)
        earlier = session.get(Account, made["from before"].account_id)
        assert earlier
        earlier.keeps_from = now()
        session.add(AuditEntry(act="export", by="command", at=now() - timedelta(days=366)))

    tidy(database)
    with database.reading() as session:
        assert len(session.exec(select(Account)).all()) == 7
    tidy(database, 90)

    with database.reading() as session:
        left = {row.code for row in session.exec(select(Account))}
        last = audit.newest_first(session, 9)
    assert {name for name, guest in made.items() if guest.code not in left} == {"guest"}
    assert (last[0].act, last[0].about, last[0].by) == ("erasure", made["guest"].code, "clock")
    assert "export" not in {act.act for act in last}

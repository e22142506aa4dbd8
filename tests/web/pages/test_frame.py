"""What the frame tells whom: settings are for who runs the site."""

from __future__ import annotations

from pathlib import Path

from app.services.people import accounts
from app.storage.database import Database
from tests.web.clients import application, browser

PUBLIC = {"production": True, "public_url": "https://here.example", "allowed_hosts": "testserver"}


def test_a_visitor_of_a_public_site_reads_what_still_works_and_no_settings(sqlite_url: str, tmp_path: Path) -> None:
    page = browser(application(sqlite_url, tmp_path, **PUBLIC)).get("/about").text

    assert "New answers cannot be written right now." in page
    assert "Choosing, importing and downloads still work." in page
    assert "MODEL" not in page
    assert "/method#models" not in page


def test_on_ones_own_machine_it_is_told_what_to_set(sqlite_url: str, tmp_path: Path) -> None:
    page = browser(application(sqlite_url, tmp_path)).get("/about").text

    assert "The language model cannot be used right now. The model's server does not answer. Check MODEL_API_BASE." in (
        page.replace("</b>", "").replace("&#39;", "'")
    )
    assert "/method#models" in page


def test_an_operator_of_a_public_site_is_told_too(sqlite_url: str, tmp_path: Path) -> None:
    app = application(sqlite_url, tmp_path, **PUBLIC)
    database: Database = app.state.database
    with database.writing() as session:
        made = accounts.new_guest(session)
        accounts.grant(session, made.code, "operator")
    client = browser(app)
    client.cookies.set("__Host-sign-in", made.token)

    assert "Check MODEL_API_BASE" in client.get("/data").text

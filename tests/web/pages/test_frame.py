"""What the frame tells whom: settings are for who runs the site."""

from __future__ import annotations

from pathlib import Path

from app.services.people import accounts
from app.storage.database import Database
from tests.web.clients import application, browser

PUBLIC = {"production": True, "public_url": "https://here.example", "allowed_hosts": "testserver"}


def test_a_visitor_of_a_public_site_reads_what_still_works_and_no_settings(sqlite_url: str, tmp_path: Path) -> None:
    page = browser(application(sqlite_url, tmp_path, **PUBLIC)).get("/about").text

    assert '<p role="status">New answers cannot be written now, nor a persona; everything else works.</p>' in page
    assert "MODEL" not in page
    assert "/method#models" not in page


def test_on_ones_own_machine_it_is_told_what_to_set(sqlite_url: str, tmp_path: Path) -> None:
    page = browser(application(sqlite_url, tmp_path)).get("/about").text.replace("&#39;", "'")

    assert "<summary>New answers cannot be written now, nor a persona; everything else works.</summary>" in page
    folded = page.partition('<div role="status">')[2].partition("</details>")[0]
    assert "The model's server does not answer. Check MODEL_API_BASE." in folded
    assert "/method#models" in folded


def test_what_needs_the_model_says_where_it_is_offered_that_it_cannot_be_had(sqlite_url: str, tmp_path: Path) -> None:
    client = browser(application(sqlite_url, tmp_path))
    asked = {"text": "You: How long do eggs keep?\nAssistant: About five weeks."}

    for page in (client.get("/").text, client.get("/choose").text):
        form = page.partition('action="/choose/ask"')[2].partition("</form>")[0]
        assert "No answer can be written now." in form
    preview = client.post("/import/preview", data=asked).text
    assert "<b>No answer can be written now:</b> they wait until the model can be used." in preview


def test_a_refused_import_leads_back_to_importing(sqlite_url: str, tmp_path: Path) -> None:
    client = browser(application(sqlite_url, tmp_path))

    refused = client.post("/import/pairs", files={"file": ("mine.jsonl", b"no pair")})

    assert refused.status_code >= 400
    assert '<a class="button button-main" href="/import">Back to import</a>' in refused.text
    assert "Back to import" not in client.get("/nowhere").text


def test_an_operator_of_a_public_site_is_told_too(sqlite_url: str, tmp_path: Path) -> None:
    app = application(sqlite_url, tmp_path, **PUBLIC)
    database: Database = app.state.database
    with database.writing() as session:
        made = accounts.new_guest(session)
        accounts.grant(session, made.code, "operator")
    client = browser(app)
    client.cookies.set("__Host-sign-in", made.token)

    assert "Check MODEL_API_BASE" in client.get("/data").text

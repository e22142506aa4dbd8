"""A conversation of very many turns is shown a page at a time, and only so much of a page is read as Markdown."""

from __future__ import annotations

from pathlib import Path

from tests.web.clients import application, browser, program

TURNS = 399


def _long_pair() -> dict[str, object]:
    words = "**word** " * 300
    context = [{"role": "assistant" if n % 2 else "user", "content": f"turn-{n}-here {words}"} for n in range(TURNS)]
    return {"context": context, "chosen": "Yes.", "rejected": "No."}


def test_a_page_shows_no_more_than_twenty_of_the_earlier_turns(database_url: str, tmp_path: Path) -> None:
    client = program(application(database_url, tmp_path))
    assert client.post("/api/v1/imports/pairs", json=[_long_pair()]).status_code == 201
    address = f"/choices/{client.get('/api/v1/choices').json()[0]['comparison_id']}"

    page = client.get(address).text
    first = client.get(f"{address}/earlier").text
    last = client.get(f"{address}/earlier?offset=380").text
    beyond = client.get(f"{address}/earlier?offset=100000")

    assert [page.count(f"turn-{n}-here") for n in (0, 377, 378, 398)] == [0, 0, 1, 1]
    assert (first.count("-here"), last.count("-here")) == (20, 19)
    assert f"{address}/earlier?offset=20" in first
    assert beyond.status_code == 200
    assert 0 < first.count("<strong>") <= 40_000 / len("**word** ")
    assert first.count('class="plain-text"') == 6


def test_the_turns_of_a_conversation_are_their_owners_alone(database_url: str, tmp_path: Path) -> None:
    app = application(database_url, tmp_path)
    client = program(app)
    client.post("/api/v1/imports/pairs", json=[_long_pair()])
    address = f"/choices/{client.get('/api/v1/choices').json()[0]['comparison_id']}/earlier"

    assert program(app).get(address).status_code == 404
    assert browser(app).get(address).status_code == 303

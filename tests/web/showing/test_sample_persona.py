"""The persona on the first page is that of a sample history, counted: its words, its figures and its texts are true."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi.testclient import TestClient

from app.services.whole_files import read_pairs
from app.web.showing.sample_persona import FILE, sample_document
from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import induced

HISTORY = Path(FILE).with_name("tulu-evaluator.jsonl")


def test_the_sample_is_what_counting_makes_of_its_history() -> None:
    pairs = list(read_pairs(str(HISTORY), None).pairs)

    made = induced(pairs, FakeCompleter(small_profile())).document()

    stored = sample_document()
    assert {name for name in made if json.dumps(made[name]) != json.dumps(stored.get(name))} == {"model"}


def test_its_choices_are_whole() -> None:
    evidence = json.loads(FILE.read_text(encoding="utf-8"))["evidence"]
    texts = {pair.pair_id: pair.chosen.text for pair in read_pairs(str(HISTORY), None).pairs}

    assert all(one["chosen"] == texts[pair_id] for pair_id, one in evidence.items())


def test_home_tells_it_with_its_figures(guest: TestClient) -> None:
    page = " ".join(guest.get("/").text.split())
    document = sample_document()

    assert document["letter"]["title"] in page
    assert f"Right on {document['accuracy']['hits']} of {document['accuracy']['n']} unseen choices." in page
    assert "this person" not in page.lower()


def test_the_history_that_home_offers_is_the_one_whose_letter_stands_there(visitor: TestClient) -> None:
    assert f'name="name" value="{HISTORY.stem}"' in visitor.get("/").text

"""The same choices give the same document in every account: what is drawn is drawn by texts, for ids are new each time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.induction.induce import Induced
from app.induction.model.language_model import ModelProfile
from app.services.importing import files
from app.storage.database import Database, Session
from tests.builders import an_account, choices_of
from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import induced


def read_by_somebody(session: Session, sample: str, profile: ModelProfile) -> tuple[Any, Any]:
    """Document and judgements of a new account that loaded the sample, its ids replaced by the places of the choices."""
    account_id = an_account(session)
    files.load_sample(session, account_id, sample)
    pairs = choices_of(session, account_id)
    found: Induced = induced(pairs, FakeCompleter(profile))
    document = found.document()
    document["taught"].pop("conversations")  # told by their ids, so that they are known again wherever they turn up
    judged = [(one.pair_id, one.condition, one.log_odds, one.hit) for one in found.judgements]
    text = json.dumps([document, judged])
    for pair in pairs:
        text = text.replace(pair.pair_id, f"choice {pair.seq}")
    return tuple(json.loads(text))


@pytest.mark.exhaustive
@pytest.mark.parametrize("sample", ["mt-bench-judge", "tulu-evaluator"])
@pytest.mark.parametrize(
    "profile", [small_profile(), ModelProfile("fake", slot_tokens=16_384)], ids=["counted", "with a model"]
)
def test_a_sample_gives_every_account_the_same_document(database: Database, sample: str, profile: ModelProfile) -> None:
    with database.writing() as session:
        one, other, third = (read_by_somebody(session, sample, profile) for _ in range(3))

    assert one == other == third

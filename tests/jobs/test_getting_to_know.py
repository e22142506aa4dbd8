"""A worker's start: what the free question does not find out, learning does, and the pages are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.adapters.configured import completer
from app.adapters.language_models import Completer
from app.jobs.getting_to_know import UNLEARNED, ask_and_learn
from app.services.calling.habits_file import HabitsFile
from app.services.calling.knowing import known
from app.settings import Settings
from tests.listener import listener

UNKNOWN = {"error": {"message": "The model `x` does not exist", "code": "model_not_found"}}


@pytest.mark.slow
def test_a_model_that_its_provider_does_not_know_is_found_out_though_no_list_tells(tmp_path: Path) -> None:
    with listener({"/v1/models": (200, {"data": []}), "/v1/chat/completions": (404, UNKNOWN)}) as provider:
        settings = Settings(_env_file=None, model="openai/x", model_api_base=f"{provider.url}/v1", data_dir=tmp_path)
        model = completer(settings)

        async def known_for(_name: str) -> Completer:
            return await known(model, settings, HabitsFile(tmp_path))

        found = ask_and_learn(known_for, model)

    assert found.kind == UNLEARNED
    assert "knows no such model. Check MODEL." in found.said

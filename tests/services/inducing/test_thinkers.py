"""`induce` over a real connection with a model that thinks, and with one whose figures say nothing: what a run takes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.adapters.configured import completer
from app.adapters.language_models import Completer
from app.induction.estimate import estimate
from app.services.calling.habits_file import known_by_file
from app.services.inducing.files import FileReport, induce_file, job_of
from app.settings import Settings
from bench import people
from tests.odd_provider import OddProvider, odd_provider

MOST = {5: 6, 10: 10, 15: 15, 30: 25}


@pytest.fixture(scope="module")
def provider() -> Iterator[OddProvider]:
    with odd_provider() as running:
        yield running


def model_at(provider: OddProvider, folder: Path, mode: str) -> Completer:
    settings = Settings(
        model=f"openai/{mode}", model_api_base=provider.url, model_api_key=SecretStr("key"), data_dir=folder
    )
    return asyncio.run(known_by_file(completer(settings), settings))


def choices_file(folder: Path, choices: int) -> Path:
    made = people.rows(("sparse",), 1, choices, 0)
    path = folder / "choices.jsonl"
    path.write_text("\n".join(map(json.dumps, made)), encoding="utf-8")
    return path


def induced(model: Completer, folder: Path, choices: int) -> FileReport:
    return asyncio.run(induce_file(job_of(choices_file(folder, choices), folder / "out"), model))


@pytest.mark.exhaustive
@pytest.mark.parametrize("choices", list(MOST))
def test_a_fit_with_a_model_that_thinks_stays_within_its_calls_and_its_estimate(provider, tmp_path, choices):
    model = model_at(provider, tmp_path, "thinker")
    expected = estimate(choices, model.profile, "traits")
    provider.log.clear()

    report = induced(model, tmp_path, choices)

    assert report.document is not None
    assert (report.accuracy is not None) is (choices >= 10)
    assert report.cost.failed_calls == 0
    assert report.fit_calls <= MOST[choices]
    assert report.fit_calls <= report.cost.calls == len(provider.log)
    assert report.as_json()["fit_calls"] == report.fit_calls
    assert report.cost.calls <= expected.calls <= 1.6 * report.cost.calls + 10
    # Thoughts are charged as answers, 400 tokens a call, and the estimate knows of them.
    assert report.cost.completion_tokens > 400 * report.cost.calls
    spent = report.cost.prompt_tokens + report.cost.completion_tokens
    assert spent / 2 < expected.tokens < 2.5 * spent


@pytest.mark.slow
def test_equal_figures_leave_the_written_letters_and_their_counts(provider, tmp_path):
    report = induced(model_at(provider, tmp_path, "equal-zeros"), tmp_path, 12)

    assert report.accuracy is not None
    assert report.accuracy.hits > 6
    assert report.accuracy.failed == 0

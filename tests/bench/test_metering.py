"""The meter and the rates of faults, over HTTP as a runner meets them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from bench.stand_in_model import UNUSABLE
from tests.stand_in import StandIn, stand_in


@pytest.fixture(scope="module")
def process() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture
def model(process: StandIn) -> StandIn:
    process.reset()
    return process


def send(model: StandIn, text: str) -> tuple[int, dict[str, object]]:
    body = {"model": "any", "messages": [{"role": "user", "content": f"{text} Yes or No"}], "logprobs": True}
    request = urllib.request.Request(f"{model.url}/chat/completions", json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, {"retry-after": error.headers["retry-after"]}


def test_it_counts_calls_tokens_duplicates_and_the_largest_prompt(model):
    for text in ("one", "two " * 100, "one"):
        send(model, text)

    stats = model.stats()

    assert (stats["requests"], stats["ok"], stats["duplicate_requests"]) == (3, 3, 1)
    assert stats["prompt_tokens_max"] > 100
    assert stats["prompt_tokens"] > stats["prompt_tokens_max"]
    assert stats["inflight_max"] == 1


def test_it_counts_what_a_prefix_cache_would_know_from_1024_tokens_up(model):
    shared = "the same beginning of every prompt " * 150

    send(model, f"{shared} and one end")
    send(model, f"{shared} and another end")
    send(model, "short")
    send(model, "short, too")

    whole = len(shared) // 4
    assert whole - 130 <= model.stats()["cached_prompt_tokens"] <= whole


def test_a_reset_zeroes_the_meter_and_sets_rates(model):
    send(model, "one")

    model.behave(fail_rate=1.0)
    status, _ = send(model, "two")

    assert status == 500
    assert (model.stats()["requests"], model.stats()["http_500"]) == (1, 1)


def test_a_share_of_requests_fails_and_the_same_one_may_pass_the_next_time(model):
    model.behave(fail_rate=0.5)

    statuses = [send(model, "the same")[0] for _ in range(30)]

    assert 5 < statuses.count(500) < 25


def test_a_share_of_prompts_is_answered_with_unusable_text_always_the_same_ones(model):
    model.behave(malformed_rate=0.5)

    def spoilt(number: int) -> bool:
        _, body = send(model, f"prompt {number}")
        return json.dumps(UNUSABLE) in json.dumps(body)

    first = [spoilt(number) for number in range(20)]

    assert 3 < sum(first) < 17
    assert [spoilt(number) for number in range(20)] == first


def test_beyond_so_many_requests_a_minute_it_says_when_to_come_again(model):
    model.behave(rpm=3)

    answers = [send(model, f"prompt {number}") for number in range(5)]

    assert [status for status, _ in answers] == [200, 200, 200, 429, 429]
    assert 0 < int(str(answers[-1][1]["retry-after"])) <= 60

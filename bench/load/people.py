"""The accounts that the load is of: each with decided pairs that were brought in, and the ready-made ones waiting for a verdict."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import count, cycle
from pathlib import Path

from bench.load.client import request
from bench.long_conversations import a_program

PAIRS_A_FILE = 2_500
_TEXT = "the model gave a short clear answer with one example and no further claim about cost and time of the work"
_VALUES = ("first", "second", "same", "both_bad", "skip")


@dataclass(frozen=True)
class Person:
    """What signs in to an account, and the comparisons that were decided in it."""

    token: str
    decided: list[str]


def people(address: str, folder: Path, accounts: int, choices: int, most: int) -> list[Person]:
    """Makes so many accounts with `choices` each, and a last one with `most`; those that the folder tells of are taken as they are."""
    kept = folder / "people.json"
    if kept.exists():
        return [Person(**each) for each in json.loads(kept.read_text(encoding="utf-8"))]
    sizes = [choices] * accounts + [most]
    made = [_person(address, random.Random(number), size) for number, size in enumerate(sizes)]
    kept.write_text(json.dumps([asdict(each) for each in made]), encoding="utf-8")
    return made


def _person(address: str, rng: random.Random, choices: int) -> Person:
    decided: list[str] = []
    with closing(a_program(address)) as client:
        for start in range(0, choices, PAIRS_A_FILE):
            rows = [_pair(rng, number) for number in range(start, min(choices, start + PAIRS_A_FILE))]
            content = "\n".join(map(json.dumps, rows)).encode()
            headers = {"Content-Type": "application/x-ndjson"}
            client.post("/api/v1/imports/pairs", content=content, headers=headers).raise_for_status()
        page: str | None = "/api/v1/choices?limit=200" if choices else None
        while page:
            reply = client.get(page).raise_for_status()
            decided += [each["comparison_id"] for each in reply.json()]
            page = reply.links.get("next", {}).get("url")
        client.post("/api/v1/starters").raise_for_status()
        return Person(str(client.headers["Authorization"]).removeprefix("Bearer "), decided)


def _pair(rng: random.Random, number: int) -> dict[str, object]:
    asked = [{"role": "user", "content": f"{number}: {_text(rng, 10)}"}]
    return {"context": asked, "chosen": _text(rng, 60), "rejected": _text(rng, 60)}


def _text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(_TEXT.split()) for _ in range(words))


def verdicts(of: list[Person]) -> Iterator[bytes]:
    """A verdict of each person in turn, without end; nobody gives one comparison the same twice running."""
    for number in count():
        person = of[number % len(of)]
        round_, place = divmod(number // len(of), len(person.decided))
        value = _VALUES[(round_ + place) % len(_VALUES)]
        path = f"/api/v1/comparisons/{person.decided[place]}/verdict"
        yield request("PUT", path, person.token, json.dumps({"value": value, "milliseconds": 1234}).encode())


def reads(of: list[Person], path: str) -> Iterator[bytes]:
    """The page of each person in turn, without end."""
    return cycle([request("GET", path, person.token) for person in of])

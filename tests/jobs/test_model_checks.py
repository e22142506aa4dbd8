"""What a worker finds out of its models' providers at start, and how pages come to know it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.adapters.configured import completer
from app.adapters.language_models import Completer
from app.adapters.model_check import Checked
from app.domain.model_trouble import Trouble
from app.jobs import model_checks
from app.services.calling.provider_health import teller, troubles
from app.settings import Settings
from app.storage.database import Database
from tests.web.clients import application, browser

FINE = Checked("host answers and knows the model.")
AWAY = Checked("host could not be reached.", "unreached")
KEY = Checked("host refused the key. Check MODEL_API_KEY.", "key")


@dataclass
class Pauses(threading.Event):
    """A stop that comes after so many pauses, without waiting for any."""

    most: int
    asked: list[float] = field(default_factory=list)

    def wait(self, timeout: float | None = None) -> bool:
        self.asked.append(timeout or 0.0)
        return len(self.asked) > self.most


def model(name: str = "openai/x") -> Completer:
    return completer(Settings(_env_file=None, model=name))


def looked(database: Database, found: Sequence[Checked], most: int = 5) -> tuple[list[str], list[float]]:
    """What was said, and the pauses between the questions."""
    said: list[str] = []
    answers, stop = iter(found), Pauses(most)
    model_checks.loop(database, [model()], stop, said.append, lambda _: next(answers))
    return said, stop.asked


def test_a_provider_that_answers_is_told_in_one_line_and_asked_once(database: Database) -> None:
    assert looked(database, [FINE]) == (["openai/x: host answers and knows the model."], [])
    assert troubles(database) == {}


def test_what_is_wrong_is_told_once_put_down_for_the_pages_and_asked_again_until_it_is_right(
    database: Database,
) -> None:
    said, pauses = looked(database, [AWAY, AWAY, FINE])

    assert said == ["openai/x: host could not be reached.", "openai/x: host answers and knows the model."]
    assert pauses == [30.0, 60.0]
    assert troubles(database) == {}


def test_a_wrong_key_stands_on_the_page_until_the_model_answers(database: Database) -> None:
    looked(database, [KEY, KEY], most=1)

    assert troubles(database) == {"openai/x": Trouble(KEY.said, "key", is_permanent=True)}
    teller(database, "openai/x")(None)
    assert troubles(database) == {}


def test_a_list_of_models_does_not_hide_that_the_provider_fails(database: Database) -> None:
    rests = Trouble("host failed.", "down", 5)
    teller(database, "openai/x")(rests)

    looked(database, [FINE])

    assert troubles(database) == {"openai/x": rests}


def test_what_an_earlier_worker_found_at_its_start_is_forgotten_where_nothing_can_be_asked(database: Database) -> None:
    looked(database, [KEY], most=0)

    said, _ = looked(database, [Checked()])

    assert said == []
    assert troubles(database) == {}


def test_the_banner_says_what_is_wrong_with_the_provider(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    pages = browser(application(sqlite_url, tmp_path, model="openai/x", model_api_base=""))
    before = pages.get("/privacy").text
    teller(database, "openai/x")(Trouble(KEY.said, "key", 5, is_permanent=True))

    told = pages.get("/privacy").text

    teller(database, "openai/x")(None)
    assert KEY.said not in before
    assert KEY.said in told
    assert KEY.said not in pages.get("/privacy").text
    database.close()

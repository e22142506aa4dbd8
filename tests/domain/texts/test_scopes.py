from __future__ import annotations

import pytest

from app.domain.texts.request_kinds import KINDS, OTHER
from app.domain.texts.scopes import applies, condition, conditioned, kinds_in, parted, scope_as_stored, scope_of


@pytest.mark.parametrize(
    ("scope", "kind", "holds"),
    [
        ("", "advice", True),
        ("", OTHER, True),
        ("code", "code", True),
        ("code", "advice", False),
        ("facts,advice", "advice", True),
        ("facts,advice", "code", False),
        ("facts,advice", OTHER, False),
        ("cooking", "advice", False),
    ],
)
def test_a_trait_holds_for_the_requests_that_its_scope_names(scope: str, kind: str, holds: bool) -> None:
    assert applies(scope, kind) is holds


def test_a_scope_names_each_kind_once_in_one_order() -> None:
    assert scope_of(["code", "facts", "code", OTHER]) == "facts,code,other"
    assert scope_of([]) == ""
    assert kinds_in("facts,code") == ("facts", "code")
    assert kinds_in("") == ()


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("", "Prefers lists"),
        ("calculation", "For calculations: prefers lists"),
        ("facts,opinion", "For facts and opinions: prefers lists"),
        ("making,editing,closed", "For texts to write, texts to edit and closed questions: prefers lists"),
        ("code,other", "For code and other requests: prefers lists"),
    ],
)
def test_a_trait_says_what_it_holds_for_and_is_read_back(scope: str, said: str) -> None:
    assert conditioned(scope, "Prefers lists") == said
    assert parted(said) == (scope, "prefers lists" if scope else "Prefers lists")


def test_the_scope_of_all_kinds_is_said_in_words_and_read_back() -> None:
    every = scope_of([*KINDS, OTHER])
    assert parted(f"{condition(every)}: likes lists") == (every, "likes lists")


@pytest.mark.parametrize("text", ["For a friend: likes lists", "For facts only, likes lists", "For facts", ""])
def test_what_names_no_kind_is_no_condition(text: str) -> None:
    assert parted(text) == ("", text)


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        ("", ""),
        ("code", "code"),
        ("maths", "calculation"),
        ("writing", "making,editing"),
        ("-code", "facts,advice,opinion,making,editing,calculation,closed,chat,other"),
        ("-writing", "facts,advice,opinion,code,calculation,closed,chat,other"),
        ("-maths", "facts,advice,opinion,making,editing,code,closed,chat,other"),
        ("facts,advice", "facts,advice"),
        ("cooking", "cooking"),
    ],
)
def test_a_scope_that_was_stored_under_the_kinds_of_old_goes_on_holding_for_the_same_requests(
    stored: str, meant: str
) -> None:
    assert scope_as_stored(stored) == meant
    assert scope_as_stored(meant) == meant

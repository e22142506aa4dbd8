from __future__ import annotations

import inspect
import os

import pytest

from app.adapters.provider_errors import PERMANENT, TRANSIENT, model_error
from app.induction.model.language_model import PermanentModelError, TransientModelError

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")


class RateLimitError(Exception):
    """As LiteLLM's, which is told by its name."""

    def __init__(self, wait: str) -> None:
        super().__init__()
        self.litellm_response_headers = {"retry-after": wait}


def test_every_exception_class_of_litellm_is_said_to_be_permanent_or_not():
    import litellm.exceptions

    classes = {
        name
        for name, value in vars(litellm.exceptions).items()
        if inspect.isclass(value) and issubclass(value, BaseException)
    }

    assert classes == set(PERMANENT) | set(TRANSIENT)
    assert not set(PERMANENT) & set(TRANSIENT)


def test_an_unknown_exception_may_be_tried_again_and_its_text_stays_hidden():
    error = model_error(ValueError("the key is canary"))

    assert isinstance(error, TransientModelError)
    assert "canary" not in error.reason


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("-4", 0.0), ("120", 120.0), ("nan", None), ("soon", None), ("", None)],
)
def test_the_wait_is_taken_as_the_provider_says_it_if_it_is_a_wait(header, seconds):
    error = model_error(RateLimitError(header))

    assert isinstance(error, TransientModelError)
    assert error.retry_after == seconds


def test_a_rate_limit_is_known_by_its_class_or_its_status():
    class APIError(Exception):
        status_code = 429

    for error in (model_error(RateLimitError("1")), model_error(APIError())):
        assert isinstance(error, TransientModelError)
        assert error.is_rate_limit
        assert "slow down" in error.reason


def test_credit_that_is_used_up_is_no_rate_limit_though_it_is_told_as_one():
    class OutOfCredit(Exception):
        code = "insufficient_quota"

    error = RateLimitError("1")
    error.__cause__ = OutOfCredit()

    told = model_error(error)

    assert isinstance(told, PermanentModelError)
    assert "no credit" in told.reason


def test_a_wait_may_be_a_date_in_the_past():
    error = model_error(RateLimitError("Wed, 21 Oct 2015 07:28:00 GMT"))

    assert isinstance(error, TransientModelError)
    assert error.retry_after == 0.0


@pytest.mark.parametrize(
    ("status", "kind"), [(402, PermanentModelError), (418, PermanentModelError), (408, TransientModelError)]
)
def test_a_status_without_a_class_of_its_own_is_judged_by_its_number(status, kind):
    class APIError(Exception):
        status_code = status

    assert isinstance(model_error(APIError()), kind)

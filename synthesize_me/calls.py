"""`induce`, `predict` and `evaluate` as plain calls. Arguments, results and errors are those of `synthesize_me.aio`.

In a notebook, whose loop already runs, the work is done in a thread; a progress callback is called from there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from synthesize_me import aio
from synthesize_me.running import finished

Given = ParamSpec("Given")
Result = TypeVar("Result")


def _plain(call: Callable[Given, Coroutine[Any, Any, Result]]) -> Callable[Given, Result]:
    @wraps(call)
    def plain(*given: Given.args, **options: Given.kwargs) -> Result:
        return finished(call(*given, **options))

    # Else it would be taken for one that is to be awaited.
    del plain.__wrapped__
    plain.__signature__ = inspect.signature(call)  # type: ignore[attr-defined]
    return plain


induce = _plain(aio.induce)
predict = _plain(aio.predict)
evaluate = _plain(aio.evaluate)

"""Awaiting from code that does not await: in a script in place, in a notebook, whose loop already runs, in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

Result = TypeVar("Result")


def finished(work: Coroutine[Any, Any, Result]) -> Result:
    """What the work comes to, or raises. An interrupt breaks it off."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return _in_a_thread(work)


def _in_a_thread(work: Coroutine[Any, Any, Result]) -> Result:
    done: Future[Result] = Future()
    begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()

    async def told() -> Result:
        task = asyncio.current_task()
        assert task is not None
        begun.set_result((asyncio.get_running_loop(), task))
        return await work

    def run() -> None:
        try:
            done.set_result(asyncio.run(told()))
        except BaseException as error:  # it is raised where it is waited for
            done.set_exception(error)

    thread = threading.Thread(target=run, name="synthesize-me", daemon=True)
    thread.start()
    try:
        return done.result()
    except KeyboardInterrupt:
        if not done.done():
            loop, task = begun.result()
            loop.call_soon_threadsafe(task.cancel)
            thread.join()
        raise

"""A worker as a process of its own, quick to notice silence and with a model client that imports at once.

`python -m tests.jobs.worker_process` works on DATABASE_URL or DATA_DIR and calls the stand-in at MODEL_API_BASE, with
each call's digest as its `user`. With CLIENT=litellm it uses the product's own client instead. DEADLY=WORD makes it
kill itself before it sends a prompt that holds the word.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import urllib.error
import urllib.request

from app.induction.model.language_model import ModelProfile, Prompt, Reply, TransientModelError, Usage
from app.jobs import worker
from app.jobs.adoption import Pace
from app.settings import Settings


class StandInClient:
    """One unretried call over plain HTTP, with the call's digest in a header."""

    def __init__(self, base: str, model: str) -> None:
        self._base = base
        self.profile = ModelProfile(name=model, parallel=4)

    async def complete(self, prompt: Prompt) -> Reply:
        if os.environ.get("DEADLY") and os.environ["DEADLY"] in str(prompt.messages):
            os.kill(os.getpid(), signal.SIGKILL)
        return await asyncio.to_thread(self._send, prompt)

    def _send(self, prompt: Prompt) -> Reply:
        body: dict[str, object] = {
            "model": self.profile.name,
            "messages": [{"role": message.role, "content": message.content} for message in prompt.messages],
            "logprobs": bool(prompt.labels),
            "seed": prompt.seed,
            "user": prompt.digest,
        }
        if prompt.schema:
            body["response_format"] = {"json_schema": {"schema": prompt.schema_as_json}}
        request = urllib.request.Request(f"{self._base}/chat/completions", json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                answer = json.load(response)
        except OSError as problem:
            is_rate_limit = isinstance(problem, urllib.error.HTTPError) and problem.code == 429
            raise TransientModelError(str(problem), 0.1, is_rate_limit=is_rate_limit) from problem
        (choice,) = answer["choices"]
        if prompt.schema and not choice["message"]["content"].startswith("{"):
            raise TransientModelError("no JSON", 0.1, unusable=True)
        tops = (choice.get("logprobs") or {"content": [{"top_logprobs": []}]})["content"][0]["top_logprobs"]
        return Reply(
            text=choice["message"]["content"],
            usage=Usage(answer["usage"]["prompt_tokens"], answer["usage"]["completion_tokens"]),
            label_logprobs={top["token"].strip(): top["logprob"] for top in tops},
        )


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(process)d %(name)s %(message)s")
    settings = Settings(_env_file=None)
    pace = Pace(every=0.4, stale=float(os.environ.get("STALE", "2.5")))
    if os.environ.get("CLIENT") == "litellm":
        worker.run(settings, pace=pace)
    else:
        worker.run(settings, pace=pace, completer_for=lambda name: StandInClient(settings.model_api_base, name))


if __name__ == "__main__":
    main()

"""The stand-in model as the language model port itself, without HTTP: for tests and quick looks, thousands of calls a second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.induction.model.language_model import Answer, ModelProfile, Prompt, Reply, Usage
from bench.metering import prompt_tokens_of
from bench.stand_in_answers import fill, label_logprobs, salt_of, text_answer, tokens_of

PROFILE = ModelProfile("stand-in", slot_tokens=4096)


@dataclass
class StandInPort:
    """Answers each prompt by rule; `prompts` are all that were asked, in order."""

    profile: ModelProfile = PROFILE
    prompts: list[Prompt] = field(default_factory=list)

    async def answer(self, prompts: Sequence[Prompt]) -> list[Answer]:
        self.prompts += prompts
        return [reply_to(prompt) for prompt in prompts]


def reply_to(prompt: Prompt) -> Reply:
    """What the stand-in says to a prompt."""
    messages = [{"role": message.role, "content": message.content} for message in prompt.messages]
    salt = salt_of(messages, prompt.temperature, prompt.seed)
    logprobs: dict[str, float] = {}
    if prompt.labels:
        tokens = label_logprobs(messages, salt)
        logprobs = {label: tokens[label] for label in prompt.labels if label in tokens}
        text = next(iter(tokens)).strip()
    elif prompt.schema:
        text = json.dumps(fill(prompt.schema_as_json, messages, salt=salt), ensure_ascii=False)
    else:
        text = text_answer(messages, prompt.seed)
    return Reply(text, Usage(prompt_tokens_of(messages), tokens_of(text)), logprobs)

"""Right answers of providers in the shapes that each of them sends."""

from __future__ import annotations

from typing import Any

TEXT = "A fjord is a long inlet."


def openai(text: Any = TEXT, end: str = "stop", **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": end, "message": {"role": "assistant", "content": text, **more}}
    usage = {"prompt_tokens": 9, "completion_tokens": 8, "total_tokens": 17}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


def anthropic(text: str = TEXT, end: str = "end_turn", thinking: str = "") -> dict[str, Any]:
    thoughts = [{"type": "thinking", "thinking": thinking, "signature": "s"}] if thinking else []
    content = [*thoughts, {"type": "text", "text": text}]
    usage = {"input_tokens": 9, "output_tokens": 8}
    return {
        "id": "1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": content,
        "stop_reason": end,
        "usage": usage,
    }


def gemini(text: str = TEXT, end: str = "STOP", thinking: str = "") -> dict[str, Any]:
    thoughts = [{"text": thinking, "thought": True}] if thinking else []
    content = {"role": "model", "parts": [*thoughts, {"text": text}]}
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 8, "totalTokenCount": 17}
    return {"candidates": [{"content": content, "finishReason": end, "index": 0}], "usageMetadata": usage}


def ollama(text: str = TEXT, end: str = "stop") -> dict[str, Any]:
    counts = {"prompt_eval_count": 9, "eval_count": 8}
    return {"model": "m", "created_at": "now", "response": text, "done": True, "done_reason": end, **counts}


def ollama_chat(text: str = TEXT, end: str = "stop", thinking: str = "") -> dict[str, Any]:
    message = {"role": "assistant", "content": text} | ({"thinking": thinking} if thinking else {})
    counts = {"prompt_eval_count": 9, "eval_count": 8}
    return {"model": "m", "created_at": "now", "message": message, "done": True, "done_reason": end, **counts}


def cohere(text: str = TEXT, end: str = "COMPLETE", thinking: str = "") -> dict[str, Any]:
    thoughts = [{"type": "thinking", "thinking": thinking}] if thinking else []
    message = {"role": "assistant", "content": [*thoughts, {"type": "text", "text": text}]}
    usage = {"tokens": {"input_tokens": 9, "output_tokens": 8}, "billed_units": {"input_tokens": 9, "output_tokens": 8}}
    return {"id": "1", "message": message, "finish_reason": end, "usage": usage}


SHAPES: dict[str, Any] = {
    "anthropic": anthropic,
    "gemini": gemini,
    "ollama": ollama,
    "ollama_chat": ollama_chat,
    "cohere": cohere,
    "cohere_chat": cohere,
}
"""Those that do not answer in OpenAI's chat format."""

"""One persona, many boxes: the stored document and the texts made from it. Everything is made from the document alone."""

from app.domain.prompt_targets.document import (
    SCHEMA,
    document,
    persona_from_document,
    verdict_sentence,
)
from app.domain.prompt_targets.texts import (
    EvidenceText,
    guide,
    judge_prompt,
    markdown,
    messages,
    sentence_of,
    system_prompt,
    written_from,
)

__all__ = [
    "SCHEMA",
    "EvidenceText",
    "document",
    "guide",
    "judge_prompt",
    "markdown",
    "messages",
    "persona_from_document",
    "sentence_of",
    "system_prompt",
    "verdict_sentence",
    "written_from",
]

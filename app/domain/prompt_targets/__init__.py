"""One persona, many boxes: the stored document and the texts made from it. Everything is made from the document alone."""

from app.domain.prompt_targets.compiler import left_out_beside_words, prompt_lines, system_prompt
from app.domain.prompt_targets.document import (
    SCHEMA,
    document,
    persona_from_document,
    prompt_of,
    verdict_sentence,
)
from app.domain.prompt_targets.persona_file import EvidenceText, markdown
from app.domain.prompt_targets.texts import (
    guide,
    judge_prompt,
    messages,
    sentence_of,
    strength,
    written_from,
)

__all__ = [
    "SCHEMA",
    "EvidenceText",
    "document",
    "guide",
    "judge_prompt",
    "left_out_beside_words",
    "markdown",
    "messages",
    "persona_from_document",
    "prompt_lines",
    "prompt_of",
    "sentence_of",
    "strength",
    "system_prompt",
    "verdict_sentence",
    "written_from",
]

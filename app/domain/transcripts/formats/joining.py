"""A prompt and two answers as two whole conversations, whether or not the answers repeat the prompt.

Many data sets give the question twice: as `prompt`, and again at the beginning of `chosen` and `rejected`, which then are
whole conversations. Here no question is left standing twice.
"""

from __future__ import annotations

from app.domain.errors import BadInput
from app.domain.texts.conversation import Turn
from app.domain.texts.storable_text import plain
from app.domain.transcripts.found import shared_context
from app.domain.transcripts.turns import Notes

Turns = tuple[Turn, ...]


def joined(before: Turns, one: Turns, other: Turns, notes: Notes) -> tuple[Turns, Turns]:
    """Both sides as whole conversations. A prompt that says something else than the sides begin with is left out and
    noted. Raises BadInput where the sides begin with different questions."""
    if before and before[-1].role == "assistant" and _spoken(before[-1:]) in (_spoken(one[-1:]), _spoken(other[-1:])):
        # Some give the chosen conversation once more beside the answers.
        before = before[:-1]
    if not before or (_speaks_first(one) == "assistant" and _speaks_first(other) == "assistant"):
        return before + one, before + other
    question = one[: shared_context(one, other)]
    if before[-1].role == "assistant" and not _repeats(before, question):
        return before + one, before + other
    if not question:
        raise BadInput("chosen and rejected begin with different questions, so there is no common one.")
    if not _repeats(before, question):
        notes.leave_out("the prompt, which is not what chosen and rejected begin with,")
    elif question[0].role != "system":
        system = tuple(turn for turn in before if turn.role == "system")
        return system + one, system + other
    return one, other


def _speaks_first(turns: Turns) -> str:
    return turns[0].role if turns else ""


def _repeats(before: Turns, question: Turns) -> bool:
    """Whether the question holds the prompt: at its beginning, or as its last turns."""
    asked, whole = _spoken(before), _spoken(question)
    return bool(asked) and (whole[: len(asked)] == asked or whole[-len(asked) :] == asked)


def _spoken(turns: Turns) -> list[tuple[str, str]]:
    return [(turn.role, plain(turn.content)) for turn in turns if turn.role != "system"]

r"""Taking a model's thoughts out of its text: what is left is the answer, and only that is shown, judged or quoted.

    <think>\nThe person asks ...\n</think>\n\nA fjord is ...          -> A fjord is ...
    The person asks ...\n</think>\n\nA fjord is ...                   -> A fjord is ...      (the template wrote the beginning)
    <think>\nThe person asks ... then I                               -> no answer: the thought was not finished
    <|channel|>analysis<|message|>...<|end|><|start|>assistant<|channel|>final<|message|>A fjord is ...
    `<think>` marks where a model's thoughts begin.                   -> as it is: the answer is about the mark

A mark is told from a mention by where it stands: at the very start, or, for an end without a beginning, after a text that
is not in the midst of a sentence. Marks in code and quotes are mentions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = (
    r"(?:[a-z]{2,6}:)?(?:think(?:ing)?|thoughts?|reasoning|begin_of_thought|end_of_thought|start_thinking|end_thinking)"
)
_BEGIN = re.compile(
    rf"<\|?(?!\|?end_)({_NAMES})\|?>|(?-i:\[THINK\])|◁(think|thinking)▷|<unused94>(thought)|<\|channel>\s*(thought)",
    re.IGNORECASE,
)
_END = re.compile(
    rf"</({_NAMES})>|<\|/?(end_of_thought|end_thinking|/think|/thinking)\|>|(?-i:\[/THINK\])"
    r"|◁/(think|thinking)▷|<unused95>|<channel\|>",
    re.IGNORECASE,
)
_MENTIONED = re.compile(
    r"\s?,? ?(?:is|are|and|or|was|tags?|marks?|means|stands|begins|opens|starts|blocks?|elements?|should|must|can)\b"
)
_AROUND_ANSWER = re.compile(
    r"\A\s*(?:<(answer|output|response)>(.*?)(?:</\1>\s*)?|<\|(?:begin_of_solution|start_response)\|>(.*?)"
    r"(?:<\|(?:end_of_solution|end_response)\|>\s*)?)\Z",
    re.IGNORECASE | re.DOTALL,
)
_CHANNELS_START = re.compile(
    r"\A\s*(?:<\|start\|>\s*assistant\s*)?(?:<\|channel\|>|(?:analysis|commentary|final)<\|message\|>)", re.IGNORECASE
)
_FINAL = re.compile(r"<\|start\|>\s*assistant\s*<\|channel\|>\s*final[^<]*<\|message\|>", re.IGNORECASE)
_CHANNEL = re.compile(
    r"<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>(.*?)(?=<\|(?:end|return|call|start|channel)\|>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_BARE_CHANNEL = re.compile(r"\Aanalysis(?=[A-Z])")
_BARE_FINAL = "assistantfinal"
_IN_SENTENCES = re.compile(r"\A\s*here is my thought process:(.*?)here is my response:", re.IGNORECASE | re.DOTALL)
_QUOTES = "`'\"“”‘’«»([{"
_SENTENCE_ENDS = ".!?…。!?:"


@dataclass(frozen=True, slots=True)
class Spoken:
    """`answer` is the text without thoughts; `thoughts` what was taken out; `is_whole` False where a thought had no end."""

    answer: str
    thoughts: str = ""
    is_whole: bool = True


def without_thoughts(text: str) -> Spoken:
    """The answer in a text. A text without thoughts comes back as it is, character for character."""
    if _CHANNELS_START.match(text):
        return _of_channels(text)
    final = _FINAL.search(text)
    if final and not _is_in_code(text[: final.start()]) and not _is_quoted(text, final):
        return _of_channels(f"<|channel|>analysis<|message|>{text}")
    if _BARE_CHANNEL.match(text):
        thoughts, _, answer = text.rpartition(_BARE_FINAL)
        return Spoken(answer.strip(), thoughts) if thoughts else Spoken("", text, is_whole=False)
    if said := _IN_SENTENCES.match(text):
        return Spoken(text[said.end() :].strip(), said.group(1))
    spoken = _after_first_thoughts(text)
    if not spoken.thoughts or not spoken.is_whole:
        return spoken
    around = _AROUND_ANSWER.match(spoken.answer)
    answer = (around.group(2) or around.group(3) or "") if around else spoken.answer
    return _without_later(Spoken(answer.strip(), spoken.thoughts))


def _of_channels(text: str) -> Spoken:
    if "<|channel|>" not in text.lower().split("<|message|>", 1)[0]:
        text = f"<|channel|>{text.lstrip()}"  # the template wrote the first mark
    parts = [(name.lower(), said) for name, said in _CHANNEL.findall(text)]
    thoughts = "\n".join(said for name, said in parts if name != "final")
    final = "".join(said for name, said in parts if name == "final")
    is_whole = any(name == "final" for name, _ in parts)
    return Spoken(final.strip(), thoughts or ("" if is_whole else text), is_whole=is_whole)


def _after_first_thoughts(text: str) -> Spoken:
    """What follows the thoughts that a text begins with, one after the other."""
    taken: list[str] = []
    rest = text
    while True:
        begin = _BEGIN.match(rest, len(rest) - len(rest.lstrip()))
        if begin and not _MENTIONED.match(rest, begin.end()):
            end = next((end for end in _END.finditer(rest, begin.end()) if not _is_quoted(rest, end)), None)
            if end is None:
                return Spoken("", "\n".join([*taken, rest[begin.end() :]]), is_whole=False)
            taken.append(rest[begin.end() : end.start()])
        else:
            end = _lone_end(rest)
            if end is None:
                return Spoken(rest, "\n".join(taken) or ("" if rest == text else " "))
            taken.append(rest[: end.start()])
        rest = rest[end.end() :]


def _lone_end(text: str) -> re.Match[str] | None:
    """The end of a thought whose beginning the provider's template wrote; None where there is none, or it is a mention."""
    end = next((end for end in _END.finditer(text) if not _is_quoted(text, end)), None)
    if end is None:
        return None
    before, after = text[: end.start()], text[end.end() :]
    thought = before.rstrip()
    stands_alone = before[len(thought) :].count("\n") > 0 and after[:2] in {"\n\n", "\n", ""}
    begins = (begin for begin in _BEGIN.finditer(text, 0, end.start()) if not _is_quoted(text, begin))
    # An end that stands alone closes what the template began, whatever the thought says of marks within its lines.
    if any(not stands_alone or not before[: begin.start()].rpartition("\n")[2].strip() for begin in begins):
        return None
    if _is_in_code(before) and not stands_alone:
        return None
    is_glued = thought == before
    ends_line = not after.strip() or after.lstrip(" \t").startswith(("\n", "\r"))
    return end if not thought or is_glued or stands_alone or ends_line or thought[-1] in _SENTENCE_ENDS else None


def _without_later(spoken: Spoken) -> Spoken:
    """Of a model that thinks in marks, also the thoughts that begin a line further on."""
    answer, thoughts = spoken.answer, spoken.thoughts
    at = 0
    while begin := _BEGIN.search(answer, at):
        before = answer[: begin.start()]
        at = begin.end()
        if _is_in_code(before) or before.rpartition("\n")[2].strip() or _MENTIONED.match(answer, at):
            continue
        end = _END.search(answer, at)
        thoughts += "\n" + (answer[at : end.start()] if end else answer[at:])
        if end is None:
            return Spoken(before.rstrip(), thoughts, is_whole=False)
        answer, at = before + answer[end.end() :].lstrip(), len(before)
    return Spoken(answer.strip(), thoughts)


def _is_quoted(text: str, mark: re.Match[str]) -> bool:
    before, after = text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]
    return bool(before) and before in _QUOTES and bool(after) and after in "`'\"“”‘’«»)]}.,;:"


def _is_in_code(before: str) -> bool:
    return before.count("```") % 2 == 1 or before.rpartition("\n")[2].replace("```", "").count("`") % 2 == 1

"""What is wrong with an answer, whatever it says: it is broken, empty, looping, in another language, or off the request.

Precision goes before recall: who takes a rough answer over a polished one chooses manner, and a choice that is wrongly left
out is evidence lost. A refusal, a short answer and a wrong one are no flaws.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, get_args

from app.domain.flaws.cut import is_open
from app.domain.flaws.looping import is_looping
from app.domain.texts.conversation import Turn
from app.domain.texts.language import UNDETERMINED, language_of

Flaw = Literal["broken", "empty", "looping", "another language", "off the request"]
FLAWS: tuple[Flaw, ...] = get_args(Flaw)

_TURNS = 21
_LONGEST_ERROR = 300
_ERROR = re.compile(
    r"\W*(?:\$MODERATION\$|NETWORK ERROR|(?:an? )?(?:internal )?(?:server |api |unknown |unexpected )?error (?:code|occurred|\d{3})|"
    r"(?:HTTP )?(?:error )?(?:4\d\d|50\d) (?:bad|forbidden|not found|internal|service|gateway|too many)|internal server error|"
    r"Traceback \(most recent call last\)|rate limit exceeded|\{\s*\"error\"|<!doctype html|<html|"
    r"\[?(?:object Object|undefined|null|NaN)\]?\W*\Z)",
    re.IGNORECASE,
)
_WRONGLY_READ = re.compile("[ÃÂ][\u0080-\u00bfŸŒœŠšŽžƒˆ˜†‡‰‹›€™–—…„“”‘’•]|â€|ï¿½|\ufffd")
"""Signs of UTF-8 that was read as another encoding, or could not be read."""
_MOST_WRONG = 2

_NAMES_A_LANGUAGE = re.compile(
    r"translat|übersetz|traduc|traduz|vertaal|перевед|翻译|翻訳|번역|language|sprache|langue|idioma|lingua|"
    r"english|englisch|anglais|inglés|inglese|german|deutsch|allemand|french|französisch|français|spanish|spanisch|español|"
    r"italian|portuguese|português|dutch|swedish|polish|turkish|russian|русск|ukrainian|chinese|chinesisch|中文|japanese|"
    r"japanisch|日本語|korean|한국어|thai|greek|hebrew|latin|arabic|hindi",
    re.IGNORECASE,
)
_FEWEST_CHARACTERS = 80

_NOTHING_ASKED = re.compile(
    r"\b(?:you (?:have not|haven't|did not|didn't) (?:provided?|included?|given?|asked?|ask) (?:me )?(?:any|an?|the)\b|"
    r"I (?:do not|don't|cannot|can't) see (?:any|an?|the) (?:text|question|sentence|passage|input|prompt|message)|"
    r"(?:there is|I see) no (?:text|question|passage|input) (?:in|to|provided|given)|"
    r"I (?:did not|didn't) (?:receive|get) (?:any|your|a) (?:text|question|message|input))",
    re.IGNORECASE,
)
_LONGEST_OF_NOTHING = 400
_OF_A_PAGE = re.compile(
    r"\b(?:posted (?:on|by) [^\n]{0,40}?\b\d{4}\b|asked by [^\n]{1,60}? (?:years?|months?|weeks?|days?) ago|filed under:|leave a (?:reply|comment)\b|"
    r"all rights reserved\b)",
    re.IGNORECASE,
)
"""What stands on pages that a model was taught by, and belongs to no answer."""
_IN_NOTHING_ASKED = ("not ", "n't ", " no ")
_IN_OF_A_PAGE = ("posted ", "asked by", "filed under:", "leave a ", "all rights reserved")
"""One of these stands in whatever the two find in ASCII: most answers hold none, and this look takes a hundredth of the time."""


def flaws(context: Sequence[Turn], answer: str) -> tuple[Flaw, ...]:
    """What is wrong with an answer to the last turn of `context`, in the order of `FLAWS`; usually nothing. Of the turns
    before that one the last twenty are looked at."""
    asked = "\n".join(turn.content for turn in context[-_TURNS:] if turn.role != "assistant")
    request = next((turn.content for turn in reversed(context) if turn.role == "user"), "")
    if not any(sign.isalnum() or ord(sign) > 0x2100 for sign in answer):
        return ("empty",)
    found: list[Flaw] = []
    if _is_broken(answer, asked):
        found.append("broken")
    if is_looping(answer) and not is_looping(request):
        found.append("looping")
    if _is_in_another_language(answer, request, asked):
        found.append("another language")
    if _is_off(answer, asked):
        found.append("off the request")
    return tuple(found)


def _is_broken(answer: str, asked: str) -> bool:
    """Cut in the middle of a code fence, the text of an error, or read in the wrong encoding."""
    text = answer.strip()
    is_error = (
        len(text) <= _LONGEST_ERROR
        and bool(_ERROR.match(text))
        and not re.search("error|html|null", asked, re.IGNORECASE)
    )
    is_wrong = not text.isascii() and len(_WRONGLY_READ.findall(text)) > _MOST_WRONG and not _WRONGLY_READ.search(asked)
    return is_open(text) or is_error or is_wrong


def _is_in_another_language(answer: str, request: str, asked: str) -> bool:
    """Beginning and end of the answer are in one language and the request in another, and no language is spoken of."""
    if len(answer) < _FEWEST_CHARACTERS:
        return False
    spoken, wanted = language_of(answer), _language_of_request(request)
    if UNDETERMINED in (spoken, wanted) or spoken == wanted or _NAMES_A_LANGUAGE.search(asked):
        return False
    return language_of(answer[len(answer) // 2 :]) == spoken and language_of(request[len(request) // 2 :]) != spoken


@lru_cache(maxsize=1)
def _language_of_request(request: str) -> str:
    """Asked for the two answers to a request, one after the other."""
    return language_of(request)


def _is_off(answer: str, asked: str) -> bool:
    """It says that nothing was asked, or goes over into a page of something else.

    Words in common with the request tell nothing: of 1,614 answers those that had none were good descriptions, poems and
    lists (docs/experiments.md).
    """
    if len(answer) <= _LONGEST_OF_NOTHING and _finds(_NOTHING_ASKED, _IN_NOTHING_ASKED, answer):
        return True
    return _finds(_OF_A_PAGE, _IN_OF_A_PAGE, answer) and not _OF_A_PAGE.search(asked)


def _finds(pattern: re.Pattern[str], signs: Sequence[str], text: str) -> bool:
    lowered = text.lower()
    may_be = not text.isascii() or any(sign in lowered for sign in signs)
    return may_be and bool(pattern.search(text))

"""Which part of a request a provider does not take, so that it can be sent again without it.

Providers name the field (`param`), or say it in words; the words below are those of providers as met or documented.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.adapters.replies.told import Told
from app.induction.model.language_model import Refusable


@dataclass(frozen=True, slots=True)
class Refused:
    """`part` is what is not taken; `bound` the number that the provider names with it, 0 for none."""

    part: Refusable
    bound: int = 0


_CONTEXT = re.compile(
    r"context[ _](length|window|size)|context_length_exceeded|maximum (prompt|input) length|prompt is too long"
    r"|input (is )?too long|input token count|too many (input )?tokens|prompt contains \d+ tokens"
    r"|exceeds? the (maximum|max|available) (number of|allowed|context|sequence)|string_above_max_length"
    r"|reduce the length of the (messages|prompt|input)|total number of tokens|max_model_len|exceeds the model's"
)
_NOT_CONTEXT = re.compile(r"minimum|at least|too small")
_LIMIT = re.compile(r"max[_ ]?(completion|output|new)?[_ ]?tokens|maxoutputtokens|maxtokens|num_predict")
_TOO_FEW = re.compile(
    r"minimum|at least|>=|greater than|below|too (small|low)|ge=|must be (larger|higher)|higher max_tokens|could not finish"
)
_PARTS: tuple[tuple[Refusable, re.Pattern[str]], ...] = (
    ("top_logprobs", re.compile(r"top[_ ]?logprobs|number of (top )?log ?prob|sample logprobs of \d+")),
    ("logprobs", re.compile(r"log[_ ]?prob(s|abilit)|logprobs")),
    (
        "system_role",
        re.compile(
            r"system[ _](role|message|prompt|instruction)|developer instruction|role[^a-z]{1,4}(system|developer)"
            r"|(system|developer)['\"`] (role|is not|does not)|roles must alternate|systeminstruction"
        ),
    ),
    (
        "schema",
        re.compile(
            r"response[_ ]?format|json[_ ]schema|json[_ ](mode|object)|structured output|output_format|output_config"
            r"|response[_ ]?(json[_ ]?)?schema|response[_ ]?mime[_ ]?type|guided|grammar|tool[_ ]choice|\btools?\b|function call"
        ),
    ),
    ("seed", re.compile(r"\bseed\b|random_?seed")),
    ("temperature", re.compile(r"\btemperature\b")),
)
_FIELDS: tuple[tuple[str, Refusable], ...] = (
    ("top_logprobs", "top_logprobs"),
    ("logprobs", "logprobs"),
    ("seed", "seed"),
    ("temperature", "temperature"),
    ("response_format", "schema"),
    ("responseschema", "schema"),
    ("response_schema", "schema"),
    ("json_schema", "schema"),
    ("tool", "schema"),
    ("format", "schema"),
    (".role", "system_role"),
    ("system", "system_role"),
)
_A_NUMBER = r"\D{0,12}?(\d{1,3}(?:,\d{3})+|\d{1,8})(?!\d)"
_MOST_IS = re.compile(
    r"(?:less than or equal to|at most|up to|<=|max allowed|(?:maximum|max)(?: context length| allowed| value)?"
    r"|limit(?:ed)?(?: of| to| is|:)|between \d+ and|range[ :]*[\[(] *\d+ *,|exceeds?(?: the)? (?:limit|maximum)|supports?|>)"
    + _A_NUMBER
)
_LEAST_IS = re.compile(
    r"(?:greater than or equal to|at least|>=|ge=|minimum(?: value)?(?: of| is|:)?|must be (?:greater|larger|higher) than)"
    + _A_NUMBER
)


def refused_part(told: Told) -> Refused | None:
    """What the provider does not take of the request; None where its refusal is about something else."""
    text = " ".join((told.words, *sorted(told.codes)))
    if _CONTEXT.search(text) and not (_LIMIT.search(text) and _NOT_CONTEXT.search(text)):
        return Refused("context", _bound_of(told.words, most=True, least=256))
    named = [_FIELD_OF_LIMIT if _LIMIT.search(param) else _named(param) for param in told.params]
    for part in [part for part in named if part] or _in_words(told.words):
        if part == _FIELD_OF_LIMIT:
            return _limit(told)
        if part in {"logprobs", "top_logprobs"}:
            return _probabilities(part, told.words)
        return Refused(part)
    return None


_FIELD_OF_LIMIT: Refusable = "max_tokens"


def _named(param: str) -> Refusable | None:
    return next((part for field, part in _FIELDS if field in param), None)


def _in_words(words: str) -> list[Refusable]:
    """The part that is spoken of first; of log-probabilities, the number is meant where it is named at all."""
    found = [(match.start(), part) for part, pattern in _PARTS if (match := pattern.search(words))]
    if match := _LIMIT.search(words):
        found.append((match.start(), _FIELD_OF_LIMIT))
    names = {part for _, part in found}
    return [part for _, part in sorted(found) if not (part == "logprobs" and "top_logprobs" in names)]


def _limit(told: Told) -> Refused:
    is_least = bool(_TOO_FEW.search(told.words)) or any("below_min" in code for code in told.codes)
    if is_least:
        return Refused("least_tokens", _bound_of(told.words, most=False, least=2))
    return Refused("max_tokens", _bound_of(told.words, most=True, least=2))


def _probabilities(part: Refusable, words: str) -> Refused:
    """A number means that fewer are told; without one none are."""
    bound = _bound_of(words, most=True, least=1, greatest=19)
    if bound:
        return Refused("top_logprobs", bound)
    return Refused("logprobs" if "top_logprobs" not in words or "support" in words else part)


def _bound_of(words: str, *, most: bool, least: int, greatest: int = 10**8) -> int:
    """The number behind a word for a bound; 0 where there is none that can be meant."""
    found = [int(match.group(1).replace(",", "")) for match in (_MOST_IS if most else _LEAST_IS).finditer(words)]
    allowed = [number for number in found if least <= number <= greatest]
    return (min if most else max)(allowed, default=0)

"""What kind of failure the provider's own answer is: its status first, then its codes and words."""

from __future__ import annotations

import re

from app.adapters.replies.heard import Heard
from app.adapters.replies.parameters import Refused, refused_part
from app.adapters.replies.told import Told

_KEY = re.compile(
    r"(api[ _-]?key|access token|credentials?|authorization)\b.{0,60}(not valid|invalid|incorrect|expired|revoked|required|missing)"
    r"|(invalid|incorrect|missing|expired) (api[ _-]?key|access token|credentials?|authorization)"
)
_CREDIT = re.compile(
    r"insufficient[_ ](quota|balance|credit|funds)|credit balance|out of credits?|no credits?|billing_(hard_limit|not_active)"
    r"|payment required|exceeded your current quota, please check your plan and billing|more credits"
)
_TOO_LARGE = re.compile(
    r"(request|payload|entity|body|content)[ _](is )?too[ _]large|must be reduced in order to run|reduce (your|the) message size"
)
_LIMIT_AND_REQUESTED = re.compile(r"limit:? ([\d,]+)\D.*?requested:? ([\d,]+)", re.DOTALL)
_NO_MODEL = re.compile(
    r"(unknown|invalid|no such|unrecognized)[ _]model|model[_ ]not[_ ](found|exist)|deploymentnotfound|model_decommissioned"
    r"|(model|deployment|engine)\b[^\n]{0,120}?(not found|not exist|not a valid model)|not a valid model|no endpoints found for"
)
_NOT_THIS_MODEL = re.compile(
    r"(model|deployment|engine|inference profile)\b.{0,120}?(is not valid|unknown|decommissioned|deprecated|not available"
    r"|is not supported|is invalid)|unsupported[ _]model|no endpoints found",
    re.DOTALL,
)
_NO_PATH = re.compile(r"unexpected endpoint|invalid url|unknown (url|path|route|endpoint)|no route|cannot (post|get) /")
_FILTER = re.compile(
    r"content[_ ](filter|policy|management policy|moderation)|responsibleaipolicy|moderation|flagged|prohibited[_ ]use"
    r"|usage policies|blocked (by|due to|for)|data_inspection_failed"
)
_BUSY = re.compile(r"rate[_ ]?limit|too many requests|throttl|resource_exhausted|overloaded_requests")
_MAY_PASS = frozenset({408, 409, 425, 498, 499})


def kind_of(status: int, heard: Heard, told: Told) -> tuple[str, Refused | None]:
    """One of replies.sentences.SENTENCES, and with "parameter" and "context" what was refused."""
    said = " ".join((told.words, *sorted(told.codes)))
    if _NO_PATH.search(said):
        return "address", None
    if heard.is_page and status < 500 and status not in {401, 403, 413, 429}:
        return "address", None
    if status == 402 or _CREDIT.search(said):
        return "credit", None
    if status == 413 or _TOO_LARGE.search(said) or _never_fits(told.words):
        return "too_large", None
    if status == 429:
        return "busy", None
    if status == 401 or (status in {400, 403} and _KEY.search(said)):
        return "key", None
    if status == 403 and "logprobs" in said:
        return _of_request(status, said, told)
    if status in {403, 407, 451}:
        return ("filter" if _FILTER.search(said) else "rights"), None
    if status in _MAY_PASS or status > 501:
        return "down", None
    return _of_request(status, said, told)


def _of_request(status: int, said: str, told: Told) -> tuple[str, Refused | None]:
    if _NO_MODEL.search(said):
        return "unknown_model", None
    refused = refused_part(told)
    if _FILTER.search(said) and not (refused and told.params):
        return "filter", None
    if refused:
        return ("context" if refused.part == "context" else "parameter"), refused
    if status >= 500:
        return "down", None
    if _NOT_THIS_MODEL.search(said) or (status == 404 and "model" in said):
        return "unknown_model", None
    if status in {404, 405, 410}:
        return "address", None
    return ("busy" if _BUSY.search(said) else "request"), None


def _never_fits(words: str) -> bool:
    """Whether it says "Limit 6000, Requested 9000": no wait makes room for that."""
    found = _LIMIT_AND_REQUESTED.search(words)
    if found is None:
        return False
    limit, requested = (int(text.replace(",", "") or 0) for text in found.groups())
    return 0 < limit < requested

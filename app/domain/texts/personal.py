"""Personal data in texts by rule: e-mail addresses, phone numbers, card and account numbers, and keys; counted, and masked.

Rules find forms, not meaning: names and street addresses are not found. What a check digit can refute (cards, IBANs) is not taken.
What it finds of planted samples, and what it costs, stands in docs/experiments.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

Check = Callable[[str], bool]
_FEWEST_PHONE_DIGITS, _MOST_PHONE_DIGITS = 8, 15
_LARGEST_DIGIT = 9


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())


def _is_card(text: str) -> bool:
    """By the check of Luhn."""
    digits = [int(each) for each in _digits(text)]
    doubled = [digit * 2 - 9 * (digit * 2 > _LARGEST_DIGIT) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    plain = re.sub(r"\s", "", text).upper()
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def _is_phone(text: str) -> bool:
    return _FEWEST_PHONE_DIGITS <= len(_digits(text)) <= _MOST_PHONE_DIGITS


def _always(_text: str) -> bool:
    return True


_DIGITS = re.compile(r"\d[\d ./()-]{5}|\d{2} ?[A-Z0-9]{4}", re.ASCII)
_KEYS = ("PRIVATE KEY", "sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "gh", "glpat-", "hf_", "xox", "AKIA", "AIza", "eyJ")


def _has_digits(text: str) -> bool:
    return any(digit in text for digit in "0123456789") and bool(_DIGITS.search(text))


def _has_prefix(text: str) -> bool:
    return any(sign in text for sign in _KEYS)


def _has_at(text: str) -> bool:
    return "@" in text


_RULES: tuple[tuple[str, re.Pattern[str], Check, Check], ...] = (
    (
        "key",
        re.compile(
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,8000}-----END [A-Z ]{0,30}PRIVATE KEY-----"
            r"|(?<![\w-])(?:(?:sk|pk|rk)[-_][\w-]{20,200}|gh[pousr]_\w{30,100}|github_pat_\w{30,120}|glpat-[\w-]{20,60}"
            r"|hf_\w{30,60}|xox[abprs]-[\w-]{10,200}|AKIA[0-9A-Z]{16}|AIza[\w-]{35}"
            r"|eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,2000})(?![\w-])",
            re.ASCII,
        ),
        _always,
        _has_prefix,
    ),
    (
        "e-mail address",
        re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24}(?![\w-])"),
        _always,
        _has_at,
    ),
    (
        "bank account",
        re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)", re.ASCII),
        _is_iban,
        _has_digits,
    ),
    ("card", re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])", re.ASCII), _is_card, _has_digits),
    (
        "phone number",
        re.compile(
            r"(?<![\w+/.])(?:\+\d(?:[ ./()-]{0,2}\d){6,14}"
            r"|\(?0\d{1,5}\)?(?:[ /-]{1,2}\d{2,9}){1,5}"
            r"|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?![\w-])",
            re.ASCII,
        ),
        _is_phone,
        _has_digits,
    ),
)
KINDS = tuple(name for name, *_ in _RULES)


def personal_in(text: str) -> Counter[str]:
    """How many pieces of each kind the text seems to hold."""
    found: Counter[str] = Counter()
    _masked(text, found)
    return found


def masked(text: str) -> str:
    """The text with the kind in square brackets for each piece, as in "[e-mail address]"."""
    return _masked(text, Counter())


def _masked(text: str, found: Counter[str]) -> str:
    for name, pattern, is_one, may_be_there in _RULES:
        if not may_be_there(text):  # most texts hold nothing of the kind, and looking for a sign is ten times as fast
            continue

        def put(match: re.Match[str], name: str = name, is_one: Check = is_one) -> str:
            if not is_one(match.group()):
                return match.group()
            found[name] += 1
            return f"[{name}]"

        text = pattern.sub(put, text)
    return text

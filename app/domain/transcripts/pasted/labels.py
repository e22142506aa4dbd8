"""Speakers' labels in pasted text, and which of them are the conversation's.

A label begins a line: `You said:`, `**User:** Hello`, `### 🧑 User`, `Usuario (10:02): hola`. A conversation uses one label a
speaker, in one language, letter case and set of marks. So labels are sorted into styles, and the style that begins first is the
conversation's, as a whole; what looks like a label of another style is text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

PRODUCTS = (
    r"ChatGPT|(?:Claude|Gemini|Grok|Llama|Qwen|DeepSeek|Mistral)(?:[- ]?[0-9][\w.-]*| (?:Sonnet|Opus|Haiku|Pro|Flash|Large))*|"
    r"Bard|(?:Microsoft |GitHub )?Copilot|Le Chat|Perplexity|Meta AI|Bing|Kimi|GPT[- ]?[0-9][\w.-]*"
)
_SAID = "said|hat gesagt|a dit|dijo|ha dicho|disse|ha detto|说|說|の発言|의 말|сказал|zei|powiedział|dedi ki|قال"
_USERS = {
    "en": "User|Human|Me|You|You said|Customer|Prompter",
    "de": "Benutzer|Benutzerin|Nutzer|Nutzerin|Mensch|Ich|Du|Sie|Du hast gesagt|Sie haben gesagt",
    "fr": "Utilisateur|Utilisatrice|Humain|Moi|Toi|Vous|Vous avez dit|Tu as dit",
    "es": "Usuario|Usuaria|Humano|Yo|Tú|Usted|Dijiste|Has dicho|Usted dijo",
    "pt": "Usuário|Usuária|Utilizador|Utilizadora|Humano|Eu|Você|Tu|Você disse|Tu disseste",
    "it": "Utente|Umano|Io|Tu|Hai detto",
    "zh": "我|用户|你说|您说|你說",
    "ja": "あなた|ユーザー",
    "ko": "나의 말|사용자",
    "ru": "Я|Пользователь|Вы сказали",
    "uk": "Я|Користувач|Ви сказали",
    "pl": "Użytkownik|Użytkowniczka|Człowiek|Ja|Ty|Powiedziałeś|Powiedziałaś",
    "cs": "Uživatel|Uživatelka|Já|Ty|Řekli jste",
    "nl": "Gebruiker|Mens|Ik|Jij|Jij zei|Je zei|U zei",
    "sv": "Användare|Jag|Du|Du sa",
    "tr": "Kullanıcı|Kullanici|Ben|Sen|Siz|Dediniz ki|Şunu dediniz",
    "vi": "Người dùng|Bạn|Bạn đã nói",
    "id": "Pengguna|Saya|Anda|Anda berkata",
    "ar": "المستخدم|مستخدم|أنا|أنت|قلت",
    "he": "משתמש|משתמשת|אני|אתה|אמרת",
    "fa": "کاربر|من|شما|شما گفتید",
    "hi": "उपयोगकर्ता|मैं|आप|आपने कहा",
    "asked": "Q|Question",
    "gefragt": "Frage",
    "prompted": "Prompt",
}
_ASSISTANTS = {
    "en": "Assistant|AI|Bot|Model",
    "de": "Assistent|Assistentin|Assistant|KI|AI|Bot",
    "fr": "Assistant|Assistante|IA|AI|Bot",
    "es": "Asistente|Assistant|IA|AI|Bot",
    "pt": "Assistente|Assistant|IA|AI|Bot|Robô",
    "it": "Assistente|Assistant|IA|AI|Bot",
    "zh": "助手|AI",
    "ja": "アシスタント|AI",
    "ko": "어시스턴트|AI",
    "ru": "Ассистент|ИИ|AI",
    "uk": "Асистент|Помічник|ШІ|AI",
    "pl": "Asystent|Asystentka|SI|AI|Bot",
    "cs": "Asistent|Asistentka|AI|Bot",
    "nl": "Assistent|AI|Bot",
    "sv": "Assistent|AI|Bot",
    "tr": "Asistan|Yardımcı|Yapay zekâ|Yapay zeka|AI|Bot",
    "vi": "Trợ lý|AI",
    "id": "Asisten|AI|Bot",
    "ar": "المساعد|مساعد|AI",
    "he": "עוזר|העוזר|AI",
    "fa": "دستیار|AI",
    "hi": "सहायक|AI",
    "asked": "A|Answer",
    "gefragt": "Antwort",
    "prompted": "Response|Answer",
}
_TIME = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})?[,T ]{0,2}\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?"
    r"(?: ?(?:Uhr|UTC|Z))?"
)
_BESIDE = rf"(?:[ ,·•|–—-]{{0,3}}[(\[]?{_TIME}[)\]]?|[ ]?[(\[][^()\[\]\n]{{1,40}}[)\]])"
# Pictures before a name, as exporters put them; no letter, digit, white space or sign of writing.
_PICTURE = r"(?:[^\w\s!-/:-@\[-`{-~¡-¿]{1,8}[ ]*)"

Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Label:
    """One line that looks like a speaker's: where, who, how it is written, and what stands on the line after it.

    `person` is who a label names: all versions of one product are one. `marks` are bold, heading, colon, picture and time; `case` the way of its letters; `said` whether it is a page's "said".
    """

    line: int
    role: Role
    name: str
    languages: frozenset[str]
    marks: tuple[bool, ...]
    case: str
    said: bool
    rest: str
    person: tuple[Role, str]


@dataclass(frozen=True, slots=True)
class Style:
    """The labels of a conversation in order; `of_a_page` says that they are those of a chat page, not written by hand."""

    labels: tuple[Label, ...]

    @property
    def of_a_page(self) -> bool:
        by_product = any(label.role == "assistant" and _PRODUCT.fullmatch(label.name) for label in self.labels)
        return by_product and not any(label.rest for label in self.labels)


def labels_in(lines: Sequence[str]) -> list[Label]:
    """Every line that looks like a label, of any style."""
    found = []
    for number, line in enumerate(lines):
        match = _LABEL.fullmatch(line) if _BEGINS.match(line) else None
        label = _label(number, match) if match else None
        if label:
            found.append(label)
    return found


def style_of(labels: Sequence[Label]) -> Style | None:
    """The conversation's style: the one of both speakers that begins first; None where no style has both.

    Where no two labels agree in everything, agreement in letter case is not asked for, then none in marks, then none in "said":
    pages of some languages have it with one speaker only.
    """
    keys: tuple[Callable[[Label], object], ...] = (
        lambda label: (label.marks, label.said, label.case),
        lambda label: (label.marks, label.said),
        lambda label: label.said,
        lambda _label: None,
    )
    for key in keys:
        styles: dict[object, list[Label]] = {}
        for label in labels:
            styles.setdefault(key(label), []).append(label)
        whole = [style for group in styles.values() if (style := _of_two_names(group))]
        if whole:
            return min(whole, key=lambda style: style.labels[0].line)
    return None


def _of_two_names(group: Sequence[Label]) -> Style | None:
    """The labels of the first user and of the assistant who takes turns with them most often."""
    first: dict[tuple[Role, str], Label] = {}
    for label in group:
        first.setdefault(label.person, label)
    others = [label for label in first.values() if label.role == "assistant"]
    for user in (label for label in first.values() if label.role == "user"):
        whole = [
            [label for label in group if label.person in (user.person, other.person)]
            for other in others
            if user.languages & other.languages
        ]
        if whole:
            return Style(tuple(max(whole, key=_turns_taken)))
    return None


def _turns_taken(labels: Iterable[Label]) -> int:
    return sum(one.role != other.role for one, other in itertools.pairwise(labels))


def _label(number: int, match: re.Match[str]) -> Label | None:
    name, rest = match["name"], match["rest"]
    known = _KNOWN.get(_folded(name))
    role: Role = known[0] if known else "assistant"
    colon, decorated = bool(match["inner"] or match["outer"]), bool(match["bold"] or match["heading"])
    if rest.strip() and not colon:
        return None
    if not colon and not decorated and len(name) < 2:
        return None
    has_time = bool(re.search(r"\d:\d\d", f"{match['before'] or ''}{match['beside'] or ''}{match['late'] or ''}"))
    marks = (bool(match["bold"]), bool(match["heading"]), colon, bool(match["picture"] or match["inside"]), has_time)
    said = _folded(name) in _SAYING or bool(re.search(rf"(?:{_SAID})$", name, re.IGNORECASE))
    languages = known[1] if known else _SPOKEN
    person = (role, _VERSION.sub("", _PRODUCT_OF_ONE.sub("chatgpt", name.lower())))
    return Label(number, role, name, languages, marks, _case(name), said, rest.strip() and rest.lstrip(" "), person)


def _folded(name: str) -> str:
    """The name in small letters; the Turkish I with a dot becomes one letter, not two."""
    return name.lower().replace("i\u0307", "i")


def _case(name: str) -> str:
    """How the letters of a name are set; a product's own spelling and a capital at the beginning are both proper."""
    if name == name.lower() and name != name.upper():
        return "lower"
    return "upper" if len(name) > 3 and name == name.upper() != name.lower() else "proper"


def _known() -> dict[str, tuple[Role, frozenset[str]]]:
    found: dict[str, tuple[Role, frozenset[str]]] = {}
    roles: tuple[tuple[Role, dict[str, str]], ...] = (("assistant", _ASSISTANTS), ("user", _USERS))
    for role, names in roles:
        for language, several in names.items():
            for name in several.split("|"):
                before = found.get(_folded(name), (role, frozenset()))[1]
                found[_folded(name)] = (role, before | {language})
    return found


_PRODUCT_OF_ONE = re.compile(r"^(?:o )?(?:gpt[- ]?\d[\w.-]*|chatgpt)")
_VERSION = re.compile(r"(?<=[a-z])(?:[- ]?[0-9][\w.-]*| (?:sonnet|opus|haiku|pro|flash|large))+")
_KNOWN = _known()
_SPOKEN = frozenset(_USERS)
_SAYING = {_folded(name) for several in _USERS.values() for name in several.split("|") if " " in name} | {
    *("dijiste", "你说", "您说", "你說", "あなた", "powiedziałeś", "powiedziałaś", "قلت", "אמרת"),
}
_PRODUCT = re.compile(rf"(?:O )?(?:{PRODUCTS})(?: ?(?:{_SAID}))?", re.IGNORECASE)
_NAMES = "|".join(sorted((re.escape(name) for name in _KNOWN), key=len, reverse=True))
_NAME = rf"(?:O )?(?:{PRODUCTS})(?: ?(?:{_SAID}))?|{_NAMES}"
_START = rf"\s*(?P<heading>#{{1,6}}\s+)?(?P<picture>{_PICTURE})?(?P<before>[(\[]?{_TIME}[)\]]?[ ]?[-–,]?[ ]?)?"
_BEGINS = re.compile(rf"{_START}(?:\*\*|__)?{_PICTURE}?(?:{_NAME})", re.IGNORECASE)
_LABEL = re.compile(
    rf"{_START}(?P<bold>\*\*|__)?(?P<inside>{_PICTURE})?(?P<name>{_NAME})(?P<number>[ ]?\d{{1,3}}(?=\s?[:：*_](?!\d)))?(?![^\W_]|['’-])(?P<beside>{_BESIDE})?"
    r"\s?(?P<inner>[:：])?(?(bold)(?:\*\*|__))"
    rf"(?P<late>{_BESIDE})?(?P<outer>\s?[:：])?(?P<rest>.*)",
    re.IGNORECASE,
)

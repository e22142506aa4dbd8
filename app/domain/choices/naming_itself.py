"""Whether an answer says of itself which model it is, or who made it: then the choice between it and another is not blind.

Only what is said in the first person counts. An answer about ChatGPT, a story with somebody called Claude and advice on
tools by Google name the same words and say nothing about their writer. What cannot be told apart without understanding
the text counts as naming: to flag a choice wrongly costs a row of evidence, not to flag it costs its truth.
"""

from __future__ import annotations

import itertools
import re

from app.domain.choices.preference import Completion

_MODELS = (
    "ChatGPT", r"GPT[\s‑-]?\d[\w.‑-]*", "Claude", "Gemini", "Bard", "LaMDA", "PaLM", "Gemma", "LLaMA", "Meta AI", "Mistral",
    "Mixtral", r"Le Chat", "Qwen", "Tongyi Qianwen", "通义千问", "千问", "DeepSeek", "深度求索", "Grok", "Copilot", "Bing Chat",
    r"Phi-\d", "Command R", "Cohere", "Kimi", "ChatGLM", r"GLM-\d", "智谱清言", "ERNIE", "文心一言", "Doubao", "豆包",
    "MiniMax", "Vicuna", "OpenAssistant", "Open Assistant", "SmolLM", "OLMo", "Tülu", "Nemotron", "Jamba", "GigaChat",
    "YandexGPT", "HyperCLOVA", "Perplexity", r"Клод", r"ЧатГПТ", "クロード", "チャットGPT", "챗GPT", "클로드", "كلود", "تشات جي بي تي",
)  # fmt: skip
_MAKERS = (
    "OpenAI", "Open AI", "Anthropic", "Google", "DeepMind", "Meta", "Mistral", "Alibaba", "阿里巴巴", "阿里云", "DeepSeek",
    "深度求索", "xAI", "Microsoft", "Moonshot", "月之暗面", "Zhipu", "智谱", "Baidu", "百度", "ByteDance", "字节跳动", "Cohere",
    "MiniMax", "Hugging ?Face", "IBM", "NVIDIA", "LMSYS", "Amazon", "Apple", "Naver", "네이버", "Yandex", "Яндекс", "Сбер",
    "Ai2", "Allen Institute", "AI21", "Perplexity", "LAION",
)  # fmt: skip

# A name may stand in quotation marks, bold, or behind an article.
_MARK = r"[\s\"'“”„«»‘’`*_「」『』]*"
_MODEL = rf"{_MARK}(?:{'|'.join(_MODELS)})(?![a-z])"
_MAKER = rf"{_MARK}(?:{'|'.join(_MAKERS)})(?![a-z])"
_NEAR = r"[^.!?。！？\n]{0,100}?"
"""Within the sentence."""

_MACHINE = (
    r"\b(?:AI|A\.I\.|assistant|chat ?bot|language model|LLM|KI|Sprachmodell|Assistent|IA|modèle|modelo|modello|asistente|"
    r"assistente|assistant[e]?|taalmodel|asystent|model\w*)\b|модель\w*|ассистент\w*|помощник\w*|ИИ|模型|助手|人工智能|モデル|アシスタント|"
    r"모델|어시스턴트|نموذج|مساعد|मॉडल|सहायक"
)
_MADE_BY = (
    r"(?:made|created|developed|trained|built|designed|powered)\b[\w ,]{0,30}?\b(?:by|at)|from|"
    r"(?:entwickelt|trainiert|erstellt|geschaffen)\w*|von|"
    r"(?:développ|entraîn|cré|conçu)\w*\s+(?:par|chez)|de|"
    r"(?:desarrollad|entrenad|cread|desenvolvid|treinad|criad|sviluppat|addestrat|creat)\w*\s+(?:por|da|dal|pela|pelo)|di|da|"
    r"(?:ontwikkeld|getraind|gemaakt)\s+door|van|(?:stworzon|opracowan|wytrenowan)\w*\s+przez|"
    r"(?:создан|разработан|обучен)\w*(?:\s+(?:компанией|в))?|от"
)

_WAYS = (
    # "I am Claude", "My name is ChatGPT", and the same in other languages.
    (rf"(?:\bI[’']?m|\bI am|\bmy name is|\bI am called|\bcall me|\bthis is|\bich bin|\bich hei(?:ß|ss)e|\bmein name ist|"
    rf"\bje suis|\bje m[’']appelle|\bmon nom est|(?<!\w)soy|\bme llamo|\bmi nombre es|\beu sou|\bmeu nome é|\bme chamo|"
    rf"\bmi chiamo|\bio sono|\bik ben|\bik heet|\bmijn naam is|\bjestem|\bnazywam się|\bbenim adım|\bjag är|\bjag heter)"
    rf"(?:\s+(?:the|called|actually|in fact|your|named))?{_MODEL}(?!\s*[’']s\b)(?!\s+(?:user|fan|Monet|Debussy))"),
    rf"(?:(?<!\w)я\s*[—–-]?|меня зовут|моё имя)\s*{_MODEL}",
    rf"(?:我是|我叫|我的名字是|作为|作為|身为){_MODEL}(?!的?用户)",
    rf"(?:私|わたし|僕)(?:の名前)?は、?{_MODEL}\s*(?:です|と申|という|だ|、)",
    rf"(?:저는|나는|제 이름은){_MODEL}",
    rf"(?:أنا|اسمي){_MODEL}|मैं{_MODEL}",
    # "As ChatGPT, I cannot", at the beginning of a sentence: "tools as ChatGPT" is not said of oneself.
    (rf"(?:^|[.!?:\n]\s*)(?:as|en tant que|como|als|in qualità di|jako|как){_MODEL}(?:{_MARK},{_NEAR}|\s+(?:\w+\s+)?)"
    rf"(?:\bI\b|\bmy\b|\bje\b|\bj[’']|\bmon\b|\bmi\b|\bno\b|\bnão\b|\bnon\b|\bich\b|\bik\b|(?<!\w)я\b|\bnie\b)"),
    # "I was trained by Google", "I am a language model made by OpenAI", "As an AI developed by Anthropic, I".
    (rf"(?:\bI[’']?(?:ve| have) been|\bI was|\bI[’']m|\bI am)\s+(?:\w+\s+)?(?:made|created|developed|trained|built|designed)"
    rf"\b[\w ,]{{0,30}}?\b(?:by|at){_MAKER}"),
    rf"\b(?:ich wurde|ich bin)\s+(?:\w+\s+)?von{_MAKER}\s+(?:\w+\s+)?(?:entwickelt|trainiert|erstellt|geschaffen)",
    rf"\b(?:j[’']ai été|je suis)\s+(?:développ|entraîn|cré|conçu)\w*\s+(?:par|chez){_MAKER}",
    (rf"\b(?:fui|he sido|sono stat[oa]|ik ben|zostałem|zostałam)\s+(?:\w+\s+)?(?:desarrollad|entrenad|cread|desenvolvid|"
    rf"treinad|criad|sviluppat|addestrat|creat|ontwikkeld|getraind|gemaakt|stworzon|opracowan)\w*\s+"
    rf"(?:por|pela|pelo|da|dal|door|przez)(?:\s+la empresa)?{_MAKER}"),
    (rf"(?:\bI[’']?m|\bI am|\bas an?|\bich bin|\bals (?:ein[e]?\s+)?|\bje suis|\ben tant qu[e’']|(?<!\w)soy|\beu sou|\bsou um|"
    rf"\bcomo\b|\bio sono|\bsono un|\bik ben|\bjestem|(?<!\w)я\b|(?<!\w)как)(?={_NEAR}(?:{_MACHINE})){_NEAR}"
    rf"(?:\b(?:{_MADE_BY})){_MAKER}"),
    rf"(?:我是|作为|作為|我由|我是由)(?={_NEAR}(?:开发|開發|训练|訓練|创建|研发|推出|模型|助手)){_NEAR}{_MAKER}",
    rf"(?:私|わたし)は(?={_NEAR}(?:開発|訓練|作ら|モデル|アシスタント)){_NEAR}{_MAKER}",
    rf"(?:저는|나는)(?={_NEAR}(?:개발|훈련|만든|모델)){_NEAR}{_MAKER}",
    rf"(?:أنا|تم تطويري|تم تدريبي){_NEAR}(?:من قبل|بواسطة|طورته|من){_MAKER}|मैं(?={_NEAR}द्वारा){_NEAR}{_MAKER}",
    # "OpenAI trained me", "my developers at Anthropic".
    rf"{_MAKER}\s+(?:has\s+|have\s+)?(?:made|created|developed|trained|built|designed)\s+me\b",
    rf"\bmy\s+(?:creators?|developers?|makers?)\s*(?:,|at|is|are|from){_MAKER}",
)  # fmt: skip
_SAID = re.compile("|".join(f"(?:{way})" for way in _WAYS), re.IGNORECASE)
_NAMES = re.compile("|".join((*_MODELS, *_MAKERS)), re.IGNORECASE)
# What stands in every name above, for most answers hold none of them and this look takes a hundredth of the time.
_FIRST = {re.split(r"\W|_", name)[0].lower() for name in (*_MODELS, *_MAKERS)}
_STEMS = tuple(sorted(stem for stem in _FIRST if not any(other in stem for other in _FIRST - {stem})))
_WORDS = frozenset((word + ending).encode() for word in _FIRST if word.isascii() for ending in ("", "s")) | {
    b"ai",
    b"huggingface",
}
_TO_WORDS = bytes(code if chr(code).isalpha() else 32 for code in bytes(range(128)).lower()) + bytes(128)
"""Letters small, all else a space: as bytes, for a text is looked at in each export."""
_BEFORE, _AFTER, _MOST_LOOKED_AT = 160, 120, 12
"""Characters beside a name that are read, and how many of the names in one answer, so that no text takes long."""


EQUAL_ANSWERS = "Both answers came out the same, so there is nothing to choose between. Ask again for one that differs."
"""Said instead of showing them."""


def names_itself(text: str) -> bool:
    """Whether the answer says which model wrote it, or whose it is."""
    if not _may_hold_a_name(text):
        return False
    named = itertools.islice(_NAMES.finditer(text), _MOST_LOOKED_AT)
    return any(_SAID.search(text, max(0, at.start() - _BEFORE), at.end() + _AFTER) for at in named)


def _may_hold_a_name(text: str) -> bool:
    if text.isascii():
        return not _WORDS.isdisjoint(text.encode().translate(_TO_WORDS).split())
    lowered = text.lower()
    return any(stem in lowered for stem in _STEMS)


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but white space."""
    return one[:64].split()[:2] == other[:64].split()[:2] and one.split() == other.split()


def are_equal(one: Completion, other: Completion) -> bool:
    """Whether two answers, with what led to them, differ in nothing but white space: nothing to choose between."""
    return (
        same_words(one.text, other.text)
        and len(one.lead_in) == len(other.lead_in)
        and all(
            mine.role == theirs.role and same_words(mine.content, theirs.content)
            for mine, theirs in zip(one.lead_in, other.lead_in, strict=True)
        )
    )

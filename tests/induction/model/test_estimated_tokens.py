"""What a prompt is thought to take, beside what the tokenizers that LiteLLM ships really count."""

from __future__ import annotations

import base64
import json
import random
from importlib.util import find_spec
from pathlib import Path

import pytest
import tiktoken

from app.induction.model.language_model import Message, Prompt, text_tokens

ROOT = Path(__file__).parents[3]
RNG = random.Random(7)
BYTES = RNG.randbytes(3000)

MARKDOWN = """# Looking after tomatoes

Water them **early**, before the sun is high. Three things matter most:

1. **Soil.** Keep it damp a finger deep; mulch helps.
2. **Shade.** A cloth at noon is enough.
3. **Feeding.** Once a week, with half the dose on the label.

- Turn the pot every few days, so that all sides get light.
- Look under the leaves for [whitefly](notes/whitefly.md).

| Week | Water | Feed |
| --- | --- | --- |
| first | every day | no |
| second | every second day | half a dose |
"""
TRAITS = {
    "persona": "Prefers short answers that begin with the conclusion and name their sources.",
    "traits": [
        {"text": "prefers answers that begin with the conclusion", "supporting": [1, 4, 9], "opposing": [3]},
        {"text": "wants one worked example in place of three abstract ones", "supporting": [7, 8], "opposing": []},
    ],
}
ORDINARY = {
    "English": "Water the tomatoes early in the morning, before the sun is high. The roots take up more of it then, and "
    "the leaves stay dry, which keeps away most of the mildew. If the soil feels damp a finger deep, wait another day.",
    "Markdown": MARKDOWN,
    "JSON": json.dumps(TRAITS),
    "JSON in lines": json.dumps(TRAITS, indent=2),
    **{path.stem: path.read_text() for path in sorted((ROOT / "app/induction/model/prompts").glob("*.txt"))},
}
LANGUAGES = {
    "German": "Gieße die Tomaten am frühen Morgen, bevor die Sonne hoch steht. Die Wurzeln nehmen dann mehr Wasser auf, "
    "und die Blätter bleiben trocken. Geschwindigkeitsbegrenzungen gelten auch für Lastkraftwagenfahrer.",
    "French": "Arrosez les tomates tôt le matin, avant que le soleil ne soit haut. Les êtres humains sont doués de "
    "raison et doivent agir les uns envers les autres dans un esprit de fraternité.",
    "Polish": "Podlewaj pomidory wcześnie rano, zanim słońce stanie wysoko. Wszyscy ludzie rodzą się wolni i równi pod "
    "względem swej godności i swych praw.",
    "Russian": "Поливайте помидоры рано утром, пока солнце не поднялось высоко. Все люди рождаются свободными и равными "
    "в своем достоинстве и правах.",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "Chinese": "人人生而自由，在尊严和权利上一律平等。清晨太阳还没升高的时候给番茄浇水，根部能吸收更多水分。",
    "Chinese, traditional": "人人生而自由，在尊嚴和權利上一律平等。清晨太陽還沒升高的時候給番茄澆水，葉子也保持乾燥。",
    "Japanese": "すべての人間は、生まれながらにして自由であり、平等である。トマトには朝早く水をやりましょう。",
    "Korean": "모든 인간은 태어날 때부터 자유로우며 동등하다. 토마토는 이른 아침에 물을 주세요.",
    "Hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में समानता प्राप्त है। टमाटर को सुबह जल्दी पानी दें।",
    "Bengali": "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
    "Arabic": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. اسق الطماطم في الصباح الباكر.",
    "Hebrew": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "Georgian": "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.",
}
DENSE = {
    "base64": base64.b64encode(BYTES)[:3000].decode(),
    "base64 in lines": base64.encodebytes(BYTES)[:3000].decode(),
    "base32": base64.b32encode(BYTES)[:3000].decode(),
    "hex": BYTES.hex()[:3000],
    "hex in pairs": BYTES.hex(" ")[:3000],
    "identifiers": "\n".join(f"{RNG.getrandbits(64):016X}-{RNG.getrandbits(32):08x}" for _ in range(60)),
    "table of numbers": "\n".join("\t".join(f"{RNG.gauss(0, 100):.4f}" for _ in range(6)) for _ in range(60)),
    "table in Markdown": "\n".join(
        f"| {RNG.randrange(999)} | {RNG.randrange(999)} | {RNG.random():.2f} |" for _ in range(60)
    ),
    "comma-separated": "\n".join(",".join(str(RNG.randrange(10**6)) for _ in range(8)) for _ in range(60)),
    "digits": " ".join(str(RNG.randrange(10)) for _ in range(1000)),
    "matrix": str([[RNG.randrange(2) for _ in range(20)] for _ in range(40)]),
    "log": "\n".join(f"2024-03-{day:02} 12:{day:02}:07 GET /page/{day} 192.168.0.{day} 200" for day in range(1, 29)),
    "JSON of numbers": json.dumps([{"id": place, "score": RNG.random()} for place in range(40)]),
    "maths": "".join(RNG.choices("∀∃∈∉⊂⊆∪∩∧∨¬→↔⇒⇔∑∏∫∂∇√∞≤≥≠≈≡×÷±αβγδελμπσφψωΓΔΘΛΣΦΨΩ∅ℝℕℤℚℂ⊕⊗⟨⟩", k=480)),
    "formulas": "∀x ∈ ℝ, ∃y ∈ ℝ: x² + y² ≤ 1 ⇒ |x| ≤ 1 ∧ |y| ≤ 1; ∫₀^∞ e^(−x²) dx = √π/2, ∇×E = −∂B/∂t. " * 5,
    "emoji": "".join(RNG.choices("😀😃🎉🚀🌍🍅🐱💡✅🔥👍🥑🦄📈🧠🪴🫠🫶", k=400)) + "👩‍💻❤️👍🏽🇩🇪🏳️‍🌈" * 20,
    "emoji in prose": "Great job! 🎉🎉 You've got this 💪🏽 and the tomatoes 🍅 will love it 🌱✨ – see you soon 👋😊 "
    * 10,
    "code": (ROOT / "app/induction/counting/weights.py").read_text(),
    "script": (ROOT / "static/app.css").read_text(),
    "molecules": "C6H12O6 + 6O2 -> 6CO2 + 6H2O; CH3-CH2-OH, NaHCO3, [Fe(CN)6]4-, CC(=O)OC1=CC=CC=C1C(=O)O " * 5,
    "genes": "".join(RNG.choices("ACGT", k=900)) + "\n" + "".join(RNG.choices("acgt", k=900)),
    "prose and hex": (ORDINARY["English"] + " " + BYTES.hex()[:200] + "\n") * 5,
    "German and hex": (LANGUAGES["German"] + " " + BYTES.hex()[:200] + "\n") * 5,
}
REAL = {
    f"{path.stem} {row}.{place}": text
    for path in sorted((ROOT / "tests/samples").glob("*.jsonl"))
    for row, line in enumerate(path.read_text().splitlines())
    for place, text in enumerate(
        [
            line,
            *(turn["content"] for turn in json.loads(line)["context"]),
            *(json.loads(line)[side]["content"] for side in ("chosen", "rejected")),
        ]
    )
}
SAMPLES = {**ORDINARY, **LANGUAGES, **DENSE, **REAL}


@pytest.fixture(autouse=True)
def _no_download(monkeypatch):
    found = find_spec("litellm")
    assert found
    assert found.origin
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(Path(found.origin).parent / "litellm_core_utils" / "tokenizers"))


@pytest.mark.parametrize("encoding", ["o200k_base", "cl100k_base"])
def test_no_text_has_more_tokens_than_is_estimated(encoding):
    tokenizer = tiktoken.get_encoding(encoding)

    low = {
        name: (text_tokens(text), count)
        for name, text in SAMPLES.items()
        if text_tokens(text) < (count := len(tokenizer.encode(text, disallowed_special=())))
    }

    assert low == {}


@pytest.mark.parametrize("name", ["table of numbers", "comma-separated", "hex", "matrix", "log", "JSON of numbers"])
def test_a_tokenizer_that_takes_numbers_digit_by_digit_is_covered_too(name):
    digits = sum(letter.isdecimal() for letter in DENSE[name])

    assert text_tokens(DENSE[name]) >= digits


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_text_is_estimated_at_a_third_of_its_bytes_and_seldom_a_tenth_more(name):
    third = len(ORDINARY[name].encode()) / 3

    assert third <= text_tokens(ORDINARY[name]) <= 1.1 * third + 1


def test_a_prompt_takes_four_tokens_a_message_beside_their_texts():
    prompt = Prompt((Message("system", "Judge."), Message("user", "12 + 30")), "judge", 10)

    assert prompt.estimated_tokens == text_tokens("Judge.") + text_tokens("12 + 30") + 8


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("\ud83d broken", 3), (" " * 30, 10)])
def test_any_text_can_be_estimated(text, tokens):
    assert text_tokens(text) == tokens


@pytest.mark.parametrize("text", ["\n" * 100_000, " " * 100_000, "a" * 100_000, "\r" * 100_000, "- " * 50_000])
def test_a_text_that_repeats_itself_is_estimated_in_one_pass(text):
    assert len(text) / 3 <= text_tokens(text) <= len(text)

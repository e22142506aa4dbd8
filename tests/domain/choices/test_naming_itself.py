"""An answer that says of itself which model it is is known by it; one that speaks of models is not."""

from __future__ import annotations

import pytest

from app.domain.choices.naming_itself import are_equal, names_itself
from app.domain.choices.preference import Completion
from app.domain.texts.conversation import Turn

OF_ITSELF = [
    "As ChatGPT, made by OpenAI, I cannot browse.",
    "Sure. As ChatGPT, I don't have feelings.",
    "I am Claude, and I would plant basil in May.",
    "I'm Claude, an AI assistant made by Anthropic.",
    "Hello! My name is **Gemini**.",
    "I’m GPT-4o, so my knowledge ends in 2023.",
    "As an AI language model developed by OpenAI, I have no opinion.",
    "I am a large language model, trained by Google.",
    "I was created by Anthropic to be helpful.",
    "I was originally trained by Meta AI.",
    "OpenAI trained me on many texts.",
    "My developers at Anthropic ask me to be careful.",
    "I am Qwen, created by Alibaba Cloud.",
    "Ich bin ChatGPT und helfe gern.",
    "Als ChatGPT kann ich das nicht wissen.",
    "Ich bin ein Sprachmodell von OpenAI.",
    "Ich wurde von Anthropic entwickelt.",
    "Je suis Claude, un assistant.",
    "En tant que ChatGPT, je ne peux pas.",
    "Je suis un modèle de langage développé par OpenAI.",
    "J'ai été entraîné par Mistral.",
    "Soy ChatGPT, un modelo de lenguaje.",
    "Como modelo de lenguaje desarrollado por OpenAI, no tengo opinión.",
    "Fui creado por Anthropic.",
    "Eu sou o assistente criado pela Google.",
    "Mi chiamo Claude.",
    "Sono stato sviluppato da Google.",
    "Ik ben Claude, een assistent.",
    "Jestem ChatGPT i chętnie pomogę.",
    "Я — ChatGPT, языковая модель.",
    "Я языковая модель, разработанная OpenAI.",
    "Меня зовут Claude.",
    "我是ChatGPT,可以帮助你。",
    "我是由OpenAI训练的大型语言模型。",
    "作为ChatGPT,我没有感情。",
    "我是通义千问。",
    "私はChatGPTです。",
    "私はOpenAIによって開発されたモデルです。",
    "저는 ChatGPT입니다.",
    "저는 OpenAI에서 개발한 언어 모델입니다.",
    "أنا ChatGPT، مساعدك.",
    "मैं ChatGPT हूँ।",
]
OF_OTHERS = [
    "",
    "Water basil in the morning.",
    "ChatGPT is a chatbot made by OpenAI. It was released in 2022.",
    "Claude is a family of models by Anthropic; Gemini is Google's.",
    "You could use tools such as ChatGPT or Claude for this.",
    "It is known as ChatGPT, and I like the name.",
    "As ChatGPT grew, OpenAI hired more people.",
    "I am not ChatGPT.",
    "I am a Gemini, born in June.",
    "I am Claude's neighbour.",
    "I am Claude Monet, and I paint lilies.",
    "I asked Claude and Gemini, and both were wrong.",
    "I would ask ChatGPT.",
    "I was hired by Google in 2019.",
    "I am an engineer, and I use tools built by Google.",
    "As an AI language model, I have no opinion.",
    "I'm an AI assistant and cannot taste soup.",
    "Als ChatGPT erschien, war ich überrascht.",
    "Besser als ChatGPT ist das nicht.",
    "Ich bin mit ChatGPT zufrieden.",
    "ChatGPT wurde von OpenAI entwickelt.",
    "Je suis allé voir Claude hier.",
    "Herramientas como ChatGPT son útiles.",
    "ChatGPT fue creado por OpenAI.",
    "Claude a été entraîné par Anthropic.",
    "ChatGPT — это модель, разработанная OpenAI.",
    "ChatGPT是由OpenAI开发的模型。",
    "我用ChatGPT写作业。",
    "ChatGPTはOpenAIが開発したモデルです。",
    "I am sure. The model was trained by Google.",
    "Meta is a word from Greek, and I am fond of it.",
    "I made an apple pie from Apple's recipe.",
]


@pytest.mark.parametrize("text", OF_ITSELF)
def test_an_answer_that_says_what_it_is_names_itself(text: str) -> None:
    assert names_itself(text)
    assert names_itself(f"That is easy.\n\n{text} And so on.")


@pytest.mark.parametrize("text", OF_OTHERS)
def test_an_answer_about_models_names_not_itself(text: str) -> None:
    assert not names_itself(text)


def test_of_a_long_answer_only_what_stands_beside_a_name_is_read() -> None:
    assert not names_itself("as an AI model " * 7_000 + "Water it. " * 30 + "OpenAI is a firm.")
    assert names_itself("Water it. " * 9_000 + "I am Claude.")


@pytest.mark.parametrize(
    ("one", "other", "is_so"),
    [
        ("Yes.", "Yes.", True),
        ("Yes.  It is.\n", " Yes.\nIt is.", True),
        ("a\u00a0b", "a b", True),
        ("Yes.", "yes.", False),
        ("ab", "a b", False),
        ("", "Yes.", False),
    ],
)
def test_answers_are_equal_that_differ_in_white_space_alone(one: str, other: str, is_so: bool) -> None:
    assert are_equal(Completion(one), Completion(other)) is is_so


def test_equal_answers_that_other_turns_led_to_are_two() -> None:
    assert not are_equal(Completion("Yes.", (Turn("assistant", "Where?"), Turn("user", "Here."))), Completion("Yes."))

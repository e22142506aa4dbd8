"""What a trait must not say of a person, in many languages, and what it may well say."""

from __future__ import annotations

import pytest

from app.induction.wording.private_matters import mentions_private_matters, speaks_of_the_person
from app.induction.wording.statements import DraftTrait, usable_traits

PRIVATE = {
    "Spanish": [
        "prefiere respuestas que respeten su fe católica",
        "valora que se mencione su diabetes",
        "le gustan respuestas para personas con depresión",
        "quiere consejos para su embarazo",
        "prefiere opiniones políticas de su partido",
        "respuestas para inmigrantes",
        "menciona que es homosexual",
        "como judío, quiere ejemplos propios",
    ],
    "Portuguese": [
        "prefere respostas que respeitem a sua religião",
        "gosta que mencionem a sua fé cristã",
        "respostas para quem tem depressão",
        "valoriza conselhos sobre a gravidez",
        "como muçulmano, prefere exemplos próprios",
    ],
    "Italian": [
        "preferisce risposte che rispettino la fede cattolica",
        "vuole consigli per la sua malattia",
        "risposte per chi è in gravidanza",
        "come ebreo, vuole esempi suoi",
        "cita che è omosessuale",
    ],
    "French": [
        "préfère des réponses qui tiennent compte de son diabète",
        "aime que l'on parle de sa foi chrétienne",
        "veut des conseils pour sa maladie",
        "préfère des réponses politiques",
        "en tant que juif, veut ses propres exemples",
        "réponses pour une femme enceinte",
        "dit qu'elle est lesbienne",
    ],
    "German": [
        "mag Antworten, die seinen katholischen Glauben achten",
        "möchte Rat zu seiner Krankheit",
        "bevorzugt politische Meinungen",
        "als Jude will er eigene Beispiele",
        "erwähnt ihre Schwangerschaft",
        "Antworten für Menschen mit Behinderung",
        "ist schwul und will das berücksichtigt sehen",
    ],
    "Dutch": [
        "wil antwoorden die bij zijn katholieke geloof passen",
        "houdt van politieke antwoorden",
        "vraagt naar haar ziekte",
        "als moslim wil hij eigen voorbeelden",
        "antwoorden over haar zwangerschap",
    ],
    "Polish": [
        "woli odpowiedzi zgodne z katolicką wiarą",
        "chce rad na temat swojej choroby",
        "lubi odpowiedzi polityczne",
        "odpowiedzi dla kobiety w ciąży",
        "jako muzułmanin chce własnych przykładów",
        "odpowiedzi dla osoby niepełnosprawnej",
    ],
    "Russian": [
        "как христианин, предпочитает короткие ответы",
        "любит ответы о своей болезни",
        "предпочитает политические взгляды",
        "как еврейский читатель, хочет своих примеров",
        "ответы для беременной",
        "советы при депрессии",
        "говорит, что он гомосексуал",
    ],
    "Chinese": [
        "喜欢提到基督教信仰的回答",
        "希望回答考虑他的糖尿病",
        "喜歡提到政治立場的回答",
        "适合孕妇的回答",
        "提到自己是同性恋",
        "喜歡佛教的例子",
    ],
    "Japanese": [
        "キリスト教の信仰を尊重する回答を好む",
        "自分の病気に触れる回答を好む",
        "政治的な意見を好む",
        "妊娠中の人向けの回答",
        "同性愛者であることに触れる",
        "うつ病への助言を求める",
    ],
    "Arabic": [
        "يفضل إجابات تحترم دينه المسيحي",
        "يحب إجابات للمسلمين",
        "يريد نصائح عن مرضه بالسرطان",
        "يفضل الآراء السياسية",
        "إجابات تراعي أنه مهاجر",
    ],
    "Hindi": [
        "अपने हिंदू धर्म का सम्मान करने वाले उत्तर पसंद हैं",
        "अपनी बीमारी पर सलाह चाहता है",
        "राजनीतिक विचार पसंद हैं",
        "गर्भवती महिला के लिए उत्तर",
        "मुस्लिम पाठक के लिए उदाहरण",
    ],
}
HARMLESS = [
    "prefers each point as a list",
    "wants the options as a table, with a price each",
    "likes a closing paragraph as a summary",
    "wants one case as an example",
    "As a rule, prefers short answers",
    "As a table with three columns, wants every comparison",
    "As a last step, wants the result checked",
    "explains as a nurse would, calmly and in order",
    "treats the reader as an adult",
    "wants advice for a beginner",
    "wants it simple enough for a child",
    "prefers a patient, step-by-step tone",
    "prefers the share as a percentage",
    "likes code as a single block",
    "addresses the reader as a friend",
    "wants student-level words",
    "prefers sentences that are short and concrete",
    "prefiere oraciones cortas y claras",
    "prefiere respuestas de izquierda a derecha en tablas",
    "quiere ejemplos antes de la teoría",
    "prefere frases curtas e diretas",
    "vuole prima la conclusione, poi le ragioni",
    "preferisce un tono cordiale e poche parole",
    "préfère des phrases courtes, de gauche à droite dans un tableau",
    "veut des exemples de bonne foi et des sources",
    "mag kurze Sätze und die Herkunft der Quellen",
    "sucht nach klaren Beispielen und verhindert Umschweife",
    "bevorzugt glaubwürdige Quellen",
    "houdt van korte zinnen en een duidelijke conclusie",
    "woli krótkie zdania i listy punktowane",
    "предпочитает короткие ответы со списками",
    "любит примеры раньше правил и тёплый тон",
    "喜欢先给结论再解释的回答",
    "喜欢能教会自己方法的回答",
    "偏好用列表和表格",
    "結論を先に述べる短い回答を好む",
    "ゲインや数値を示す回答を好む",
    "يفضل الإجابات القصيرة مع أمثلة",
    "يحب القوائم وأسماء المدن والمدينة",
    "छोटे और सीधे उत्तर पसंद हैं",
    "सिखाने वाले उत्तर और चर्चा पसंद है",
]
OF_THE_PERSON = [
    "As a nurse, prefers short answers",
    "as a glass blower, wants the temperatures",
    "As an engineer they want figures first",
    "prefers short answers, as a busy single mother",
    "prefers simple words as a non-native speaker",
    "As someone who works nights, likes brief answers",
    "Being a parent, wants practical advice",
    "answers suited to a vegan single mother",
    "tips that are right for a pensioner",
    "recipes for a vegan",
]


@pytest.mark.parametrize(("language", "text"), [(language, text) for language in PRIVATE for text in PRIVATE[language]])
def test_private_matters_are_known_in_the_larger_languages(language, text):
    assert mentions_private_matters(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_said_of_answers_alone_passes_in_any_language(text):
    assert not mentions_private_matters(text)
    assert not speaks_of_the_person(text)


@pytest.mark.parametrize("text", OF_THE_PERSON)
def test_a_trait_that_tells_who_the_person_is_is_dropped(text):
    assert usable_traits([DraftTrait(text, (1,), ())], choices=5) == []


def test_accents_left_out_hide_nothing():
    assert mentions_private_matters("su fe catolica")
    assert mentions_private_matters("su fe cato\u0301lica")

"""What a trait may not speak of: private matters, and who the person is. Lists of words, with the limits of lists."""

from __future__ import annotations

import re
import unicodedata

# Health, religion, politics, ethnicity, orientation. Word beginnings; words with a common second sense are left out.
_PRIVATE = re.compile(
    r"\b(?:"
    r"illness|disease|disorder|diabet|cancer|depress(?:ion|ed)|anxiety|adhd|autis|dyslex|disabled|disabilit|pregnan|"
    r"mental health|therapist|medication|diagnos|addict|patient'?s? (?:history|condition)|"
    r"religio|christian|muslim|islam|jew(?:s|ish)\b|judais|hindu|buddhis|atheis|catholic|protestant|church|mosque|prayer|"
    r"politic|republican|democrat(?:s|ic party)?\b|left[- ]wing|right[- ]wing|socialis|communis|partisan|feminis|"
    r"ethnic|racial|\basian|african|hispanic|latin[ao]s?\b|caucasian|immigra|nationalit|skin colou?r|"
    r"gay\b|lesbian|bisexual|homosexual|heterosexual|transgender|queer|lgbt|sexual"
    r")",
    re.IGNORECASE,
)
# The same in other languages, without what English has already; texts are compared without their accents. Left out on
# purpose: Spanish oraciones (sentences as well as prayers), German Herkunft (of a source), French de gauche (of a page).
_PRIVATE_ABROAD = re.compile(
    r"\b(?:"
    # Spanish, Portuguese, Italian
    r"enfermedad|enferm[oa]s?\b|doenca|malatti[ae]|diabetic|depresi(?:on|v)|depressao|ansiedad|embarazad|embarazo\b|"
    r"gravid[ae]|incinta\b|discapac|deficiencia (?:fisic|visual|mental|auditiv)|trastorno|transtorno|salud mental|"
    r"saude mental|salute mentale|psiquiatr|psichiatr|terapeut|medicament|alcoholi[cs]|alcolis|tdah\b|tumore\b|"
    r"catoli[cq]|cattoli|cristian|crist(?:a|ao|aos|as)\b|musulman|muculman|judi[oa]s?\b|judeu|judaic|ebre[oaie]\b|"
    r"ebraic|budis|buddist|ateis|ate[oau]s?\b|iglesia|igreja|chiesa\b|evangelic|"
    r"religi|comunis|femminis|derechist|izquierdist|esquerdist|"
    r"etni[ac]|razzial|raza\b|raca\b|inmigra|imigra|immigrat|gitan[oa]|nacionalidad|nazionalita|"
    r"lesbic|omosessual|bisessual|eterosessual|sessualit|transgener|transessual|"
    # French
    r"maladie|diabete|enceinte\b|handicap|anxieux|anxiete|sante mentale|psychiatr|chretien|catholiqu|musulman|"
    r"juif|juive|bouddhis|athe(?:e|es|isme)\b|eglise|politiqu|ethni|raciale?s?\b|immigr|nationalite|asiatiqu|"
    r"homosexuel|bisexuel|lesbienn|transgenre|"
    # German, Dutch
    r"krankheit|chronisch krank|erkrank|krebs(?:kran|leid|patient)|zucker ?krank|depressi|angststorung|schwanger|zwanger|"
    r"behindert|behinderung|gehandicapt|psychisch|therapeut|suchtkrank|alkoholi|ziekte|kanker|adhs\b|"
    r"christ(?:lich|en\b|entum|in\b|elijk)|katholi|katholiek|evangelisch|glaubig|mosl[ei]m|judisch|jud(?:e|en|in)\b|"
    r"judentum|joods|joden\b|kirche|kerkelijk|kerken?\b|politi[ks]|politiek|kommunis|sozialis|rechtsextrem|linksextrem|rechtsradikal|"
    r"ethnisch|etnisch|rassisch|einwander|zuwander|migrant|migrationshinter|staatsangeh|asiatisch|afrikan|"
    r"schwul(?:e|er|en)?\b|lesbisch|homosexuell|homoseksue|biseksue|seksue|transgender|"
    # Polish
    r"chorob|nowotw|depresj|w ciazy|niepełnospr|zdrowi\w* psychiczn|uzalezni|chrzescij|katoli[ck]|"
    r"muzułman|zyd(?:zi|ow|a|em)?\b|zydowsk|buddyj|koscio|koscie|polity[ck]|komunis|socjalis|etniczn|narodowos[ci]|"
    r"imigran|homoseksual|lesbijk|biseksual|seksualn|"
    # Russian
    r"болезн|заболеван|диабет|онколог|депресс|тревожн\w+ расстро|инвалид|беремен|аутиз|аутис|психиатр|психическ|"
    r"наркоман|алкоголи|христиан|православ|католи|протестант|мусульман|ислам|иуде|евре(?:и|я|ю|ев|ям|иск)|буддис|"
    r"индуис|атеис|религи|церк(?:о|в)|мечет|молитв|верующ|политик|политич|коммунис|социалис|феминис|этнич|"
    r"национальност|мигрант|иммигр|цыган|расов|гомосекс|бисекс|лесби|трансгендер|сексуальн|"
    # Arabic, with the article and the short words written before it
    r"[وف]?[بلك]?(?:ال|ل)?(?:مرض|مريض|أمراض|سكري\b|سرطان|اكتئاب|إعاقة|معاق(?:ة|ين|ون)?\b|مسيحي|مسلم(?:ة|ين|ون)?\b(?! ب)|إسلام|اسلام|يهود|كاثوليك|"
    r"بروتستانت|بوذي|هندوس|ملحد|ديني|ديانة|كنيسة|مسجد|سياس|شيوعي|اشتراكي|عرقي|مهاجر|مثلية|مثلي الجنس|جنسيا)"
    r")|"
    # Hindi, where a vowel's sign is no letter to the pattern
    r"(?<![\u0900-\u097f])(?:बीमार|रोग|मधुमेह|डायबिटीज|कैंसर|अवसाद|विकलांग|दिव्यांग|गर्भवती|मानसिक स्वास्थ्य|धर्म|धार्मिक|"
    r"ईसाई|मुस्लिम|मुसलमान|इस्लाम|हिंदू|हिन्दू|बौद्ध|नास्तिक|चर्च(?!ा)|मस्जिद|मंदिर|राजनीति|राजनैतिक|साम्यवाद|समाजवाद|जाति|"
    r"जातीय|नस्ल|प्रवासी|समलैंगिक|उभयलिंगी|ट्रांसजेंडर|यौन)|"
    # Chinese
    r"宗教|基督|天主教|伊斯[兰蘭]|穆斯林|佛教|[犹猶]太|印度教|教堂|信徒|无神论|無神論|疾病|糖尿病|癌症|抑郁|抑鬱|[忧憂][郁鬱]症|"
    r"焦[虑慮]症|[残殘]疾|[怀懷]孕|孕[妇婦]|自[闭閉]症|精神病|心理健康|患者|病史|政治|共[产產]|社[会會]主[义義]|[左右]派|民主[党黨]|"
    r"共和[党黨]|[种種]族|民族|移民|[国國]籍|同性[恋戀]|[双雙]性[恋戀]|跨性[别別]|性取向|"
    # Japanese
    r"キリスト教|クリスチャン|カトリック|イスラム|ムスリム|仏教|ユダヤ|ヒンドゥー教|信者|信仰|無神論|病気|うつ病|不安障害|障害者|"
    r"発達障害|妊娠|精神疾患|持病|共産主義|左翼|右翼|人種|国籍|同性愛|ゲイ(?![ァ-ヴー])|レズビアン|バイセクシュアル|トランスジェンダー|"
    r"性的指向",
    re.IGNORECASE,
)
_ACCENTS = re.compile(r"[\u0300-\u036f]")

_ABOUT_THE_PERSON = re.compile(
    r"^(?:(?:this|the) (?:person|user)|they|he|she)?\s*(?:is|are|was|were|works|lives|has been|studies|comes from)\b",
    re.IGNORECASE,
)
# "As a nurse, ...": whatever stands so before a comma is taken for a person, unless it is a form that an answer may have.
_SAID_FIRST = re.compile(r"^(?:as|being) an? ([^,;:.]{1,60}),", re.IGNORECASE)
_FORMS = re.compile(
    r"\b(?:rule|principle|result|whole|default|consequence|matter|list|table|summary|example|step|bullet|bullet point|point|"
    r"paragraph|sentence|heading|title|note|footnote|aside|reply|answer|response|question|reminder|conclusion|introduction|start|"
    r"beginning|end|bonus|alternative|comparison|contrast|exception|fallback|guide|outline|overview|diagram|poem|story|"
    r"letter|e-?mail|message|dialogue|script|code block|block|snippet|function|number|percentage|range|sequence|series|"
    r"checklist|recipe|plan|draft|template|format|style|tone|voice|minimum|maximum|last resort|habit|preference)s?\b",
    re.IGNORECASE,
)
_PEOPLE = (
    r"nurse|doctor|physician|surgeon|dentist|pharmacist|midwife|carer|caregiver|lawyer|attorney|engineer|developer|"
    r"programmer|scientist|researcher|professor|student|pupil|undergraduate|journalist|musician|accountant|banker|trader|"
    r"economist|chef|farmer|soldier|veteran|firefighter|freelancer|librarian|clerk|carpenter|plumber|electrician|mechanic|"
    r"priest|pastor|nun|rabbi|imam|believer|woman|man|girl|boy|teenager|pensioner|retiree|senior citizen|widow|widower|"
    r"mother|father|mom|mum|dad|parent|grandmother|grandfather|grandparent|husband|wife|spouse|vegan|vegetarian|immigrant|"
    r"expat|foreigner|refugee|citizen|homeowner|tenant|survivor|non-native speaker"
)
_AS_SOMEBODY = re.compile(
    rf"\b(?:as|being) an? (?:[\w'-]+ ){{0,3}}(?:{_PEOPLE})\b(?! (?:would|might|could|does|do)\b|-)(?=\s*(?:$|[,.;:)]|"
    r"(?:who|with|of|in|at|from|and|or|they|he|she|this|prefers?|wants?|likes?|dislikes?|values?|needs?|looks?|cares?|"
    r"asks?|enjoys?|appreciates?|expects?|seeks?)\b))|"
    r"^as (?:someone|somebody|a person) (?:who|with|from|of|in)\b",
    re.IGNORECASE,
)
_FOR_SOMEBODY = re.compile(
    r"\b(?:to|for|by) an? (?:[\w'-]+ ){0,3}(?:mother|father|mom|mum|dad|husband|wife|widow|widower|pensioner|retiree|"
    r"veteran|refugee|expat|immigrant|(?:vegan|vegetarian)(?! \w))\b",
    re.IGNORECASE,
)


def mentions_private_matters(text: str) -> bool:
    """Whether the text touches health, religion, politics, ethnicity or orientation; such a sentence is dropped.

    A list of words and no more: the main terms of English, Spanish, Portuguese, Italian, French, German, Dutch, Polish,
    Russian, Arabic, Hindi, Chinese and Japanese. It does not see what is only hinted at, a rarer word or another language.
    """
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    return bool(_PRIVATE.search(plain) or _PRIVATE_ABROAD.search(plain))


def speaks_of_the_person(text: str) -> bool:
    """Whether the sentence says what somebody is ("as a nurse, ...") rather than what answers they like.

    Known of English alone, by its usual turns and a list of people: it has the limits of a list.
    """
    said = text.strip()
    first = _SAID_FIRST.match(said)
    if first and not _FORMS.search(first[1]):
        return True
    return any(turn.search(said) for turn in (_ABOUT_THE_PERSON, _AS_SOMEBODY, _FOR_SOMEBODY))

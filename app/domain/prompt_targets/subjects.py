"""The subjects that own words may speak of, with the words that give them away in seven languages.

A word with a hyphen is a beginning ("detail-" finds "detailed"), any other a whole word; all without accents. Rather one too
many than one too few: a subject found by mistake costs a line, one that is missed may let a line contradict its person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from app.domain.texts.language import UNDETERMINED, language_of, small_words

LANGUAGES = frozenset({"en", "de", "fr", "es", "it", "pt", "nl"})

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "length": (
            "short- brief- brevity concis- succinct- compact- terse crisp tight long- length- detail- thorough- depth comprehensi- "
            "extens- elaborat- exhausti- complete- word words wordy sentence- paragraph- line lines verbos- rambl- waffl- padding fluff "
            "point points tldr essay- minimal- full- everything page- few fewer much less more cut trim- skip- big small tiny huge "
            "kurz- knapp- lang- lange- ausfuhr- bundig- grundlich- satz- satze- wort- worter- zeile- umfass- umfang- weniger mehr roman- "
            "court- bref- breve- long- phrase- mot mots complet- moins plus etendu- resum- "
            "cort- larg- conciso- dettagl- detall- detalh- prolij- amplio- palabr- parol- palavr- frase- sintetic- menos mas meno piu mais "
            "curt- lung- poco poch- pouco- mucho- molto- muito- exten- esten- escuet- "
            "kort- beknopt- uitgebreid- zin zinnen woord- minder meer bondig- lengte"
        ),
        "form": (
            "list- bullet- point- enumerat- number- prose flowing running paragraph- table- dash- heading- "
            "header- title- section- bold- italic- emphas- highlight- "
            "aufzahl- stichpunkt- stichwort- fliesstext- punkt- tabell- glieder- absatz- absatze- uberschrift- fett- kursiv- "
            "hervorheb- abschnitt- zwischentitel- "
            "puce- enumer- paragraphe- tableau- titre- gras- italique- gliste- mise "
            "vineta- elenc- punti punto- puntos topic- parraf- paragraf- tabla- titul- titol- negrit- grassett- cursiv- "
            "corsiv- seccion- sezion- "
            "opsomming- lijst- alinea- kop kopje- koppen vet vetgedrukt tussenkop-"
        ),
        "layout": "format- markdown structur- plain layout block- text texte texto testo tekst opmaak formato struttur- estrutur- estructur- aufbau",
        "code": "code- coding script- snippet- program- syntax- function- quelltext- codig- codic- beispielcode-",
        "hedging": (
            "hedg- caveat- cautio- certain- uncertain- sure unsure confiden- maybe perhaps might may possibl- depend- definit- decisi- firm- "
            "blunt- direct- straight- frank- plain- honest- candid- disclaim- doubt- qualif- vague- clear- commit- stance- opinion- "
            "neutral- balanc- bold- diplomatic- side sides position- "
            "sicher- unsicher- vielleicht eventuell- vorsicht- klar- deutlich- direkt- ehrlich- zweifel- einschrank- meinung- stellung- "
            "peut sur surs nuanc- prudent- franc- honnet- doute- avis "
            "quiza- vez segur- cautel- rodeo- claro- clara- direct- dud- forse sicur- chiar- caut- dirett- dubb- talvez certez- diret- duvid- "
            "misschien zeker- onzeker- duidelijk- eerlijk- twijfel- mening- voorzicht-"
        ),
        "limits": (
            "ai language model disclaim- refus- declin- apolog- sorry cannot can't unable limit- warn- lectur- moral- preach- "
            "ki ablehn- verweiger- entschuld- warnung- warnen hinweis- grenze- belehr- "
            "ia refus- excus- avertiss- limit- avvert- scus- rifiut- recus- desculp- rechaz- disculp- advert- avis- aviso- "
            "weiger- waarschuw- excuus- excuses"
        ),
        "tone": (
            "warm- friend- kind- polite- courte- cheer- enthus- encourag- empath- emotion- emoji- exclamation- prais- flatter- compliment- "
            "tone formal- informal- casual- chatty human- neutral- sober- matter dry cold serious- fun funny humo- jok- sarcas- greet- "
            "pleasantr- talk nicet- nice- sweet- personal- professional- business- pep gush- feeling- "
            "freundlich- herzlich- hoflich- lob lobe- begruss- sachlich- nuchtern- locker- witz- ton tonfall gefuhl- personlich- warm- "
            "schmeich- floskel- "
            "chaleur- amical- poli polie gentil- felicit- flatt- neutre- sobre- froid- ton "
            "amable- amistos- calid- cort- elogi- halag- tono seri- amichevol- calor- complimen- cald- amiga- cordial- tom fria frio fredd- "
            "vriendelijk- beleefd- nuchter- zakelijk- toon grap- hartelijk-"
        ),
        "address": (
            "you your me address- personal- situation- second general- abstract- impersonal- du sie duzen siezen anrede ansprech- personlich- "
            "unpersonlich- tu vous tutoi- vouvoi- adress- usted tute- vos lei voce pessoa- persona- je jij aanspreek-"
        ),
        "questions": "question- ask- clarif- follow- frag- ruckfrag- nachfrag- demand- pregunt- domand- pergunt- vraag- vragen doorvra- quiz-",
        "offers": (
            "offer- help- assist- follow- let else further closing sign stop- end ending- finish- "
            "angebot- anbiet- hilfe- helfen propos- aide- offr- ofre- ofert- ayud- aiut- ajud- hulp bied- aanbod- aanbied-"
        ),
        "examples": (
            "example- instance- illustrat- analog- metaphor- scenario- case cases concrete- hypothetic- story stories anecdot- abstract- theor- "
            "beispiel- konkret- vergleich- bilder exempl- illustr- concret- ejempl- esempi- exempl- voorbeeld- concreet-"
        ),
        "figures": (
            "number- figure- statistic- data quantit- percent- precis- exact- approx- round- fact- math- "
            "zahl- ziffer- statistik- daten prozent- genau- fakt- chiffre- nombre- donnee- numer- cifr- estad- dati dato- dados getal- cijfer-"
        ),
        "reasons": (
            "reason- why because explain- explan- justif- rational- logic- argu- background context- step- show evidence source- proof prov- "
            "deriv- teach- understand- just result- "
            "begrund- warum wieso weil erklar- grund- schritt- herleit- hintergrund- nachvollzieh- ergebnis- "
            "pourquoi raison- expliqu- parce etape- contexte- resultat- porque razon- explic- motiv- paso- passo- perche ragion- spieg- "
            "por razao razoes waarom uitleg- leg reden- omdat stap- resultaat"
        ),
        "ending": (
            "summar- conclu- wrap- recap- tldr sum takeaway- end ending- closing last "
            "zusammenfass- fazit schluss- ende resum- conclus- fin riassunt- riepilog- final- fine fim samenvat- einde slot"
        ),
        "order": (
            "first begin- start- lead- upfront front top conclu- result- bottom end ending- last intro- preamble- preface- build- point- tldr "
            "answer- straight "
            "zuerst anfang- beginn- einleit- ergebnis- fazit schluss- vorab ende abord commenc- conclus- debut- resultat- introdu- fin "
            "primero empez- empiez- comienz- conclus- resultad- final- prima inizi- risultat- fine primeiro comec- fim eerst begin- einde "
            "punto vorweg gleich"
        ),
        "wording": (
            "wording rephras- term terms terminolog- vocabular- restat- echo- repeat- topic- jargon- own words worte- begriff- wortwahl- "
            "terme- mots palabr- termin- parol- palavr- woorden"
        ),
        "again": (
            "repeat- repetit- redundan- twice again once restat- paraphras- wiederhol- doppelt- repet- repit- ripet- redond- ridond- herhaal- "
            "herhal- nochmal-"
        ),
    }
)  # fmt: skip
"""Subject -> its words."""

SUBJECTS_OF: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        measure: frozenset(subjects.split())
        for measure, subjects in {
            "length": "length",
            "scant": "length",
            "paragraphs": "length form layout",
            "lists": "form layout",
            "headings": "form layout",
            "bold": "form layout",
            "code": "code layout",
            "hedging": "hedging",
            "refusal": "limits",
            "warmth": "tone",
            "you": "address tone",
            "question_back": "questions",
            "offer": "offers ending",
            "examples": "examples",
            "numbers": "figures",
            "reasons": "reasons",
            "summary": "ending length",
            "answer_first": "order",
            "on_topic": "wording questions",
            "repetition": "again ending",
        }.items()
    }
)
"""Measure (domain/measures) -> the subjects that a line on it speaks of."""

_ACCENTS = re.compile(r"[\u0300-\u036f]")
_OTHER_LETTER = re.compile(r"(?![a-zæœ])[^\W\d_]")
_SENTENCE_END = re.compile(r"[.;!?\n]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


_ASKING = frozenset(
    [
        "please",
        "thanks",
        "thank",
        "use",
        "using",
        "not",
        "never",
        "always",
        "avoid",
        "keep",
        "make",
        "give",
        "say",
        "tell",
        "speak",
        "reply",
        "stay",
        "prefer",
        "want",
        "need",
        "spelling",
        "unit",
        "units",
        "names",
        "british",
        "american",
        "english",
        "metric",
        "work",
        "like",
        "sound",
        "call",
        "danke",
        "nutze",
        "verwende",
        "kein",
        "keine",
        "schreib",
        "schreibe",
        "antworte",
        "immer",
        "nie",
        "nenne",
        "bleib",
        "merci",
        "utilise",
        "utilisez",
        "jamais",
        "toujours",
        "réponds",
        "répondez",
        "écris",
        "écrivez",
        "reste",
        "gracias",
        "usa",
        "usar",
        "nunca",
        "siempre",
        "responde",
        "escribe",
        "grazie",
        "evita",
        "mai",
        "sempre",
        "rispondi",
        "obrigado",
        "obrigada",
        "evite",
        "sempre",
        "responda",
        "escreva",
        "bedankt",
        "gebruik",
        "geen",
        "nooit",
        "altijd",
        "antwoord",
        "schrijf",
        "alsjeblieft",
        "graag",
    ]
)
"""Words of wishes in the seven languages that are neither small words nor of any subject."""


def _pattern(words: str) -> re.Pattern[str]:
    parts = [word[:-1] + r"\w*" if word.endswith("-") else word for word in words.split()]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


_PATTERNS = {subject: _pattern(words) for subject, words in _WORDS.items()}


def plain(text: str) -> str:
    """In small letters, without accents."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))).replace("’", "'")


def subjects_of(text: str) -> frozenset[str]:
    """The subjects that the text speaks of, in whichever of the seven languages."""
    letters = plain(text)
    return frozenset(subject for subject, words in _PATTERNS.items() if words.search(letters))


def is_understood(text: str) -> bool:
    """Whether each sentence of the text is in one of the seven languages, as far as its letters, its small words and its subjects
    tell. Of a sentence of one word beside others nothing is asked ("Thanks!")."""
    if _OTHER_LETTER.search(plain(text)):
        return False
    sentences = [one for one in _SENTENCE_END.split(text) if _WORD.search(one)]
    told = [one for one in sentences if len(_WORD.findall(one)) > 1] or sentences
    return all(map(_is_read, told))


def _is_read(sentence: str) -> bool:
    language = language_of(sentence)
    if language != UNDETERMINED:
        return language in LANGUAGES
    known = small_words(LANGUAGES) | _ASKING
    return bool(subjects_of(sentence)) or any(word in known for word in _WORD.findall(sentence.lower()))

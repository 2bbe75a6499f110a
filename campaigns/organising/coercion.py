"""Words of a memo that oblige people to give, or threaten those who do not, in three languages.

A memo orders that units organise; nobody is ordered to give (law 03-94: giving is voluntary). The
patterns find an obligation followed by giving in one sentence, unless what is to be done in between
is organising, or the sentence denies the obligation. They err to the side of a second reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

FARTHEST = 90  # characters between the obligation and the giving


class Words(NamedTuple):
    """Patterns of one language; ``no`` stands right before an obligation, ``not_`` right after."""

    must: str
    give: str
    organise: str
    no: str
    not_: str
    direct: tuple[str, ...]


ARABIC = Words(
    must=r"\b(?:و|ف)?(?:يجب|يتعين|يتوجب|يلزم|تلزم|ملزم\w*|مجبر\w*|مطالب\w*|الزام\w*|اجبار\w*|لا بد|يفرض|تفرض)\b",
    give=r"(?:\b|ان\s*)(?:[وفبل]*)(?:ال|لل)?(?:يتبرع\w*|تتبرع\w*|تبرع\w*|اعطاء\s+(?:ال)?دم\w*|منح\s+دم\w*)",
    organise=r"تنظيم|تنظم|ينظم|تنسيق|تمكين|توفير|حمل[ةه]|حملات|اعداد|موافا|اخبار|اشعار|ضبط|تعبي|ارسال|احترام|مراعا|وقت|شروط",
    no=r"(?:لا|لن|ليس|دون|بدون|غير|ولا|اي)\s+(?:\S+\s+)?$",
    not_=r"^\s*(?:عدم|الا|ان\s+لا)\b",
    direct=(
        r"تبرع(?:\s+بالدم)?\s+(?:هو\s+)?(?:امر\s+)?(?:الزامي|اجباري|واجب|مفروض|اكراهي)\w*",
        r"(?:لايح[ةه]|لواي?ح|قايم[ةه]|قواي?م|اسماء|جرد)\s[^.]{0,60}?"
        r"(?:لم\s+(?:يتبرع|تتبرع)|لا\s+يتبرع|الممتنع|غير\s+المتبرع|رفض|المتخلف|من\s+تبرع)\w*",
        r"(?:عقوب|جزاءات|تاديب|مساءل|تحت\s+طاي?ل)\w*[^.]{0,80}?(?:تبرع|امتن|رفض|تخلف)\w*",
        r"(?:تبرع|امتن|رفض|تخلف)\w*[^.]{0,80}?(?:عقوب|جزاءات|تاديب|مساءل|تحت\s+طاي?ل)\w*",
    ),
)
FRENCH = Words(
    must=r"\b(?:doit|doivent|devra|devront|devez|dois|faut|tenue?s?\s+(?:de|à)|obligation|obligatoire(?:ment)?|"
    r"obligée?s?|contrainte?s?|sommée?s?|impérativement|ordre|ordonné\w*|astreinte?s?)\b",
    give=r"\b(?:donner(?!\s+(?:suite|les?\b|la\b|l'\w|des|une?\b|connaissance|acte|instruction|lieu|accès|priorité|"
    r"aux?\b|toute|du\s+temps))|faire\s+(?:un\s+)?don\b|don\s+d[eu]\s+(?:son\s+|leur\s+)?sang|donneront)",
    organise=r"organis|coordonn|prévoir|communiqu|indiqu|accus|permettre|accord|campagne|salle|inform|"
    r"rendre\s+compte|mettre|fixer|veiller|collecte|respect|laiss|avant",
    no=r"(?:\bn[e’']\s*|\bnul\s+n[e’'](?:y\s+)?(?:est\s+)?|\bsans\s+|\baucune?\s+|\bpas\s+(?:d[e’']\s*)?|\bnon\s+)"
    r"(?:est\s+|être\s+|une?\s+|l[e’']\s*)?$",
    not_=r"^\s*pas\b",
    direct=(
        r"\bdon(?:\s+d[eu]\s+sang)?\s+(?:est|sera|devient)\s+(?:un\s+devoir|une\s+obligation|obligatoire|exigé|imposé)",
        r"\b(?:liste|listes|relevé|noms|état\s+nominatif)\b[^.]{0,60}?"
        r"(?:n[e’']\s*(?:ont|aur\w+|donn\w+|auraient)\s*(?:pas|point)?|refus\w*|non[\s-]donneurs?|abst\w+|ont\s+donné)",
        r"(?:sanction|punition|punir|disciplinaire|sous\s+peine)\w*[^.]{0,80}?(?:\bdon\b|donn|refus|sang)\w*",
        r"(?:\bdon\b|donn|refus|sang)\w*[^.]{0,80}?(?:sanction|puni|disciplinaire|sous\s+peine)\w*",
    ),
)
ENGLISH = Words(
    must=r"\b(?:must|shall|ha(?:ve|s)\s+to|required|obliged|ordered|compelled|obligation|duty|compulsory|mandatory|"
    r"need\s+to)\b",
    give=r"\b(?:give(?!\s+(?:notice|donors?|the|an?|us|priority|an\s+account|rest|people|staff|time|effect|their\s+"
    r"(?:answer|names?)))\b|donate\b|giving\s+blood|blood\s+donation)",
    organise=r"organi[sz]|arrang|coordinat|report|campaign|room|inform|tell|allow|provid|plan\b|agree|ensur|respect|"
    r"before|answer",
    no=r"\b(?:no|not|nobody\s+is|never|without|neither|no\s+one\s+is|nobody)\s+(?:an?\s+|any\s+|be\s+)?$",
    not_=r"^\s*(?:not|never)\b",
    direct=(
        r"\b(?:giving|donation|donating|to\s+donate|to\s+give)(?:\s+blood)?\s+(?:is|shall\s+be|will\s+be|becomes)\s+"
        r"(?:an?\s+)?(?:compulsory|mandatory|obligatory|required|duty|obligation|order)",
        r"\b(?:lists?|names?|register)\b[^.]{0,60}?(?:(?:did|do|does|ha(?:ve|s))\s*(?:not|n.t)|refus\w*|non[\s-]donors?|"
        r"who\s+gave|declin\w*|abstain\w*)",
        r"\b(?:sanction|punish|disciplin|penalt)\w*[^.]{0,80}?(?:giv|donat|refus|blood)\w*",
        r"\b(?:giv|donat|refus|blood)\w*[^.]{0,80}?(?:sanction|punish|disciplin|penalt)\w*",
    ),
)
LANGUAGES = (ARABIC, FRENCH, ENGLISH)
ENDS = re.compile(r"[.!?؟;؛:\n]+")
# Between the denial and a list or a threat: "no list is made of", "ولا تعد لوائح".
DENIED = re.compile(
    r"\b(?:no|not|never|without|aucune?|sans|ni|pas|jamais|nul|لا|ولا|لن|دون|بدون|ليس|اي)\s+(?:\S+\s+){0,3}$",
    re.IGNORECASE,
)
MARKS = re.compile(r"[\u064b-\u0652\u0670\u0640]")
FORMS = str.maketrans("أإآٱىئؤ", "ااااييو")


def found(*texts: str) -> list[str]:
    """The passages that oblige or threaten, each once, in the order of the texts."""
    passages: dict[str, None] = {}
    for text in texts:
        for sentence in ENDS.split(plain(text)):
            for words in LANGUAGES:
                passages.update(dict.fromkeys(_in(sentence, words)))
    return list(passages)


def plain(text: str) -> str:
    """Without vowel marks and the forms of letters that people type in different ways."""
    return MARKS.sub("", unicodedata.normalize("NFKC", text)).translate(FORMS).replace("’", "'")


def _in(sentence: str, words: Words) -> Iterable[str]:
    for must in re.finditer(words.must, sentence, re.IGNORECASE):
        if re.search(words.no, sentence[: must.start()], re.IGNORECASE):
            continue
        give = re.search(words.give, sentence[must.end() :][:FARTHEST], re.IGNORECASE)
        if not give:
            continue
        between = sentence[must.end() : must.end() + give.start()]
        meant_for_units = re.search(words.organise, between, re.IGNORECASE)
        if not meant_for_units and not re.search(words.not_, between, re.IGNORECASE):
            yield sentence[must.start() : must.end() + give.end()].strip()
    for pattern in words.direct:
        for passage in re.finditer(pattern, sentence, re.IGNORECASE):
            if not DENIED.search(sentence[: passage.start()]):
                yield passage[0].strip()

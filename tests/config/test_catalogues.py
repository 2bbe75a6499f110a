"""Catalogues: complete in both languages, plural forms and placeholders right, nothing fuzzy."""

import io
import re
from pathlib import Path

import allauth
import django
import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.template import Context, Template
from django.utils import formats
from django.utils.translation import gettext, ngettext, override

from config import borrowed, catalogue
from config.compiled import ROOT
from donors import punctuation

PACKAGES = [
    Path(django.__file__).parent / "conf" / "locale",
    Path(django.__file__).parent / "contrib" / "auth" / "locale",
    Path(allauth.__file__).parent / "locale",
]
ARABIC = r"[\u0600-\u06FF]"
# What is counted; an unknown name of a placeholder is taken for a name in the sentence.
COUNTED = r"%\((?:count|people|size|bags|places|coming|units|days|hours|minutes|beds|total)\)s"
# Marks inside of them belong to code or to another language.
APART = re.compile(
    r"\{% (?:blocktranslate|comment).*?\{% end(?:blocktranslate|comment) %\}|\{[%#].*?[%#]\}", re.S
)


@pytest.fixture(scope="module")
def source():
    return catalogue.template()


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_catalogue_is_complete(source, language):
    assert list(catalogue.faults(source, catalogue.read(language))) == []


def test_catalogues_say_the_same_things(source):
    arabic, french = (
        {(m.id, m.context) for m in catalogue.read(language) if m.id}
        for language in catalogue.LANGUAGES
    )
    assert arabic == french and len(arabic) > 900


def test_every_language_of_the_site_has_a_catalogue():
    assert {code for code, _name in settings.LANGUAGES} == {"en", *catalogue.LANGUAGES}


@pytest.mark.parametrize(
    ("number", "form"),
    [(0, 0), (1, 1), (2, 2), (3, 3), (10, 3), (11, 4), (99, 4), (100, 5), (102, 5), (103, 3)],
)
def test_arabic_counts_by_its_six_forms(number, form):
    strings = catalogue.read("ar").get("%(count)s hour ago").string
    assert len(set(strings)) >= 5
    with override("ar"):
        assert ngettext("%(count)s hour ago", "%(count)s hours ago", number) == strings[form]


def said(message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_one_and_two_are_said_in_words_in_arabic():
    """The noun alone is one or two of them: "1 شخص" and "2 شخصين" are no Arabic."""
    wrong = [
        text
        for message in catalogue.read("ar")
        if message.id and message.pluralizable
        for text in said(message)[1:3]
        if re.search(rf"{COUNTED}\s+{ARABIC}", text)
    ]
    assert wrong == []


def test_arabic_has_its_own_comma_semicolon_and_question_mark():
    wrong = [
        text
        for message in catalogue.read("ar")
        if message.id
        for text in said(message)
        if re.search(rf"{ARABIC}[\"»)]?\s*[,;?]|[,;?]\s*{ARABIC}", text)
    ]
    assert wrong == []
    with override("ar"):
        assert punctuation.listed(["أ", "ب"]) == "أ، ب" and punctuation.clauses("12") == "1؛ 2"


def test_templates_put_marks_of_the_language_between_values():
    """``{{ a }}, {{ b }}`` prints an English comma on an Arabic page: ``{% comma %}`` does not."""
    wrong = []
    for file in sorted((ROOT / "templates").rglob("*.html")):
        text = APART.sub(lambda found: "%" * len(found.group()), file.read_text(encoding="utf-8"))
        wrong += [
            (file.name, m.group()) for m in re.finditer(r".{0,30}(?:\}\}|%)[,;]\s.{0,20}", text)
        ]
    assert wrong == []


def every(language) -> list[tuple[object, str]]:
    messages = catalogue.read(language)
    return [(message.id, text) for message in messages if message.id for text in said(message)]


def found(language, pattern) -> list[tuple[object, str]]:
    return [pair for pair in every(language) if re.search(pattern, pair[1])]


# Words that speak to one person; the site speaks to its reader in the plural (أنتم), as letters do.
ONE_READER = (
    "أنت", "لك", "إليك", "عليك", "لديك", "بك", "اختر", "أدخل", "اكتب", "انظر", "امسح", "أعد", "اذكر",
    "احفظ", "خذ", "اسأل", "أجب", "ابحث", "اضغط", "انقل", "احذف", "اطبع", "اسمح", "اترك", "أضف",
    "اقرأ", "افتح", "انتظر", "ارجع", "اطلب", "يمكنك", "اسمك", "تبرعك", "موعدك", "مكانك", "بطاقتك",
    "جوابك", "أجوبتك", "معطياتك", "بياناتك", "وحدتك", "عنوانك", "رمزك",
)  # fmt: skip


def test_arabic_speaks_to_its_readers_in_one_person():
    alone = rf"(?<![\u0621-\u0652])[وف]?(?:{'|'.join(ONE_READER)})(?![\u0621-\u0652])"
    assert found("ar", alone) == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("زمرة|زمرت", "فصيلة"),
        ("ميلاد", "تاريخ الازدياد"),
        ("منتوج", "منتج"),
        ("أضداد|(?<!أجسام )(?<!المضادات )مضادات", "أجسام مضادة"),
        ("استعجالية(?! عن)", "مستعجلة"),
        ("امحوا|بياناتي", "معطياتي"),
        ("ًا|اً", "no mark on the alif, as in all other words"),
        ("عتبة الحد|العتبات والسقوف", "الحد الأدنى"),
    ],
)
def test_arabic_has_one_word_for_one_thing(wrong, right):
    assert found("ar", rf"(?<![\u0621-\u064a])(?:ال|و|ب|ل|وال)?(?:{wrong})") == [], right


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (r"\brenvoyée?s?\b(?! une fois)(?! à la page)", "ajourné, non reçu"),
        (r"M’appeler", "me solliciter"),
        (r"\bFaible\b|stock est faible", "bas"),
        (r"[Jj]ours de couverture", "jours d’autonomie"),
        (r"\be-mails?\b", "courriel, adresse électronique"),
        (r"[Éé]limine(?:r|z|es|s)\b|[Éé]liminée", "détruire"),
        (r"\bofficiers?\b", "responsable"),
        (r"\b[Pp]rojets? (?:attend|a été|de note)", "brouillon"),
        (r"[Bb]anques? du sang", "banque de sang"),
        (r"\bfournisseur\b", "prestataire"),
        (r"d’avoir été prêt|d’être venu", "disponibilité, venue: without a gender"),
        (r"[a-zà-ÿ]'[a-zà-ÿ]", "’"),
        (r"Empeché", "Empêché"),
        (r"\bd[eu] (?:Agadir|El |Al |Azilal|Essaouira|Errachidia|Oujda)", "d’"),
    ],
)
def test_french_has_the_right_word(wrong, right):
    assert found("fr", wrong) == [], right


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_sentences_of_packages_are_those_of_the_catalogue(language):
    """A package that words them otherwise in a new version would bring its own language back."""
    files = [folder / language / "LC_MESSAGES" / "django.po" for folder in PACKAGES]
    packages = [read_po(io.BytesIO(file.read_bytes()), locale=language) for file in files]
    ours = catalogue.read(language)
    for sentence in borrowed.SENTENCES:
        assert any(package.get(sentence) for package in packages), sentence
        with override(language):
            assert gettext(sentence) == ours.get(sentence).string


def test_french_never_puts_a_preposition_before_a_name():
    """« de Agadir », « à Centre régional » : the name stands after a colon or in brackets."""
    names = "unit|center|sender|receiver|place|town|city|hospital|province|session|host"
    before = "de|d’|du|à|au|avec|chez|par|pour|vers|dans"
    assert found("fr", rf"(?<![\w’])(?:{before}) ?%\((?:{names})\)s") == []


def test_french_marks_never_begin_a_line():
    """A space that does not break stands before : ; ! ? and inside « »; SMS have no space there."""
    assert found("fr", r"\S [:;!?](?:\s|$)|« | »") == []


@pytest.mark.parametrize(
    ("day", "arabic"), [("2026-08-20", "غشت"), ("2026-11-23", "نونبر"), ("2026-05-01", "ماي")]
)
def test_months_are_moroccan(day, arabic):
    from datetime import date

    with override("ar"):
        assert arabic in formats.date_format(date.fromisoformat(day))
        shown = Template("{{ day|date:'j F' }}").render(Context({"day": date.fromisoformat(day)}))
    assert arabic in shown


def test_fault_of_each_kind_is_found():
    source, ours = catalogue.Catalog(), catalogue.Catalog(locale="ar")
    for text in ("missing", "empty", "guess", "Hello %(name)s"):
        source.add(text)
    source.add(("%(count)s bag", "%(count)s bags"))
    ours.add("empty", "")
    ours.add("guess", "تخمين", flags=["fuzzy"])
    ours.add("Hello %(name)s", "مرحبا %(nom)s")
    ours.add(("%(count)s bag", "%(count)s bags"), ("كيس",) * 2)
    ours.add("old", "قديم")
    found = " ".join(catalogue.faults(source, ours))
    for words in (
        "not translated: 'missing'",
        "'empty'",
        "fuzzy",
        "placeholders",
        "2 of 6",
        "left",
    ):
        assert words in found

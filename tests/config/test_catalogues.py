"""Catalogues: complete in both languages, plural forms and placeholders right, nothing fuzzy."""

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import formats
from django.utils.translation import ngettext, override

from config import catalogue


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

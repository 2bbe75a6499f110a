"""The message catalogues: extracted and checked with Babel, without the gettext programs.

English is the language of the sources; Arabic and French have a catalogue each.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO

import django
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from .compiled import LANGUAGES, ROOT, path

SOURCES = ("campaigns", "centers", "config", "donors", "templates")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
ARABIC_PLURALS = (
    "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;"
)
# A creation date that changes at each run would show every update as a change.
NOISE = re.compile(
    rb'"(POT-Creation-Date|PO-Revision-Date|Project-Id-Version|Report-Msgid-Bugs-To|Last-Translator'
    rb'|Language-Team|Generated-By): [^"]*"\n'
)
FIELD = re.compile(r"%\((\w+)\)[sd]|%[sd]")


def extract_template(fileobj, keywords, comment_tags, options):
    """A Babel extractor for Django templates, through what Django turns into Python calls."""
    source = templatize(fileobj.read().decode("utf-8"))
    source = re.sub(r"\bu(['\"])", r"\1", source)
    # Babel parses the result as Python, where HTML indentation is an error; one message per line.
    source = re.sub(r"^[ \t]+", "", source, flags=re.MULTILINE)
    return extract_python(BytesIO(source.encode("utf-8")), keywords, comment_tags, options)


def template() -> Catalog:
    catalog = Catalog(charset="utf-8")
    methods = [("**.py", "python"), ("**.html", f"{__name__}:extract_template")]
    methods.append(("**.txt", f"{__name__}:extract_template"))
    for folder in SOURCES:
        found = extract_from_dir(
            ROOT / folder,
            method_map=[(pattern, _method(name)) for pattern, name in methods],
            keywords=KEYWORDS,
        )
        for _file, _line, message, _comments, context in found:
            flags = ["python-format"] if FIELD.search(str(message)) else []
            catalog.add(message, context=context, flags=flags)
    return catalog


def _method(name: str):
    return extract_template if name.endswith("extract_template") else name


def _empty(language: str) -> Catalog:
    comment = "# The words of the site: kept by bin/messages, translated here."
    catalog = Catalog(locale=language, charset="utf-8", fuzzy=False, header_comment=comment)
    if language == "ar":
        # Babel has the last two plural forms in the opposite order of Django's own catalogue.
        catalog.mime_headers = [("Plural-Forms", ARABIC_PLURALS)]
    return catalog


def read(language: str) -> Catalog:
    if not path(language).exists():
        return _empty(language)
    with path(language).open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def update() -> int:
    source = template()
    for language in LANGUAGES:
        old = read(language)
        new = _empty(language)
        for message in source:
            if not message.id:
                continue
            known = old.get(message.id, message.context)
            string = known.string if known and not known.fuzzy else ""
            new.add(message.id, string, context=message.context, flags=message.flags)
        path(language).parent.mkdir(parents=True, exist_ok=True)
        buffer = BytesIO()
        write_po(buffer, new, sort_output=True, no_location=True, width=100, omit_header=False)
        path(language).write_bytes(NOISE.sub(b"", buffer.getvalue()))
        left = sum(1 for fault in faults(source, new))
        print(f"{language}: {len(new)} messages, {left} to translate")
    return 0


def faults(source: Catalog, catalog: Catalog):
    """Sentences about messages that are missing, empty, fuzzy, obsolete or lose a placeholder."""
    plurals = catalog.num_plurals
    for message in source:
        if not message.id:
            continue
        ours = catalog.get(message.id, message.context)
        said = ours.string if ours else ""
        strings = [said or ""] if isinstance(said, str | None) else list(said)
        if ours is None or not all(strings):
            yield f"not translated: {message.id!r}"
        elif ours.fuzzy:
            yield f"fuzzy: {message.id!r}"
        elif message.pluralizable and len(strings) != plurals:
            yield f"{len(strings)} of {plurals} plural forms: {message.id!r}"
        else:
            wanted = fields(message.id if isinstance(message.id, str) else message.id[-1])
            for string in strings:
                # "One bag", "two bags": a plural form may write its number as a word.
                spoken = message.pluralizable and fields(string) < wanted
                if fields(string) != wanted and not spoken:
                    yield f"placeholders differ: {message.id!r}"
    for message in catalog:
        if message.id and source.get(message.id, message.context) is None:
            yield f"left over: {message.id!r}"


def fields(text: str) -> set[str]:
    return {match.group(1) or "" for match in FIELD.finditer(text)}


def check() -> int:
    source = template()
    found = [f"{lang}: {fault}" for lang in LANGUAGES for fault in faults(source, read(lang))]
    print("\n".join(found) or "The catalogues are complete.")
    return 1 if found else 0


def main() -> int:
    settings.configure(USE_I18N=True)
    django.setup()
    return check() if sys.argv[1] == "check" else update()


if __name__ == "__main__":
    sys.exit(main())

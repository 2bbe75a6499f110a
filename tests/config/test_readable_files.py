"""Maximum length of templates, styles and scripts."""

from pathlib import Path

import pytest

LINE = 120
PAGES = sorted(Path("templates").rglob("*.html"))
SHEETS = sorted(Path("static").rglob("*.css"))
SCRIPTS = sorted(Path("static").rglob("*.js"))


@pytest.mark.parametrize(("files", "lines"), [(PAGES, 150), (SHEETS, 400), (SCRIPTS, 400)])
def test_no_file_and_no_line_is_longer_than_a_reader_follows(files, lines):
    assert files
    texts = {file: file.read_text(encoding="utf-8").splitlines() for file in files}
    assert not [str(file) for file, text in texts.items() if len(text) > lines]
    wide = [
        f"{file}:{n}"
        for file, text in texts.items()
        for n, s in enumerate(text, 1)
        if len(s) > LINE
    ]
    assert not wide


def test_each_style_sheet_is_linked_after_the_ones_that_it_refines():
    """What one of these sheets says twice is decided by their order, so every page keeps it."""
    order = ["tokens.css", "parts.css", "content.css"]
    for page in PAGES:
        source = page.read_text(encoding="utf-8")
        places = [source.find(f"css/{sheet}") for sheet in order]
        if any(place >= 0 for place in places[1:]):
            assert -1 not in places and places == sorted(places), page

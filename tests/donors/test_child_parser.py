"""Files that others hand in are opened by a child process with limits, never by the site itself."""

import re
from pathlib import Path

import pytest

from campaigns.preparing import picture_drawing
from donors import child_parser
from donors.errors import Refused

OPENS = re.compile(r"\bImage\.open\(|\bpikepdf\.open\(|\bCalamineWorkbook\b")


def test_only_a_child_opens_files_of_others():
    sources = [p for app in ("donors", "centers", "campaigns") for p in Path(app).rglob("*.py")]
    opening = [p for p in sources if OPENS.search(p.read_text())]
    assert len(opening) >= 3
    assert not [p for p in opening if "child_parser.work(" not in p.read_text()]


def test_child_without_an_answer_is_a_sentence_at_the_field():
    with pytest.raises(Refused, match="no picture") as refused:
        child_parser.parsed(
            module="campaigns.no_such_parser",
            content=b"",
            sentences=picture_drawing.SENTENCES,
            field="file",
        )
    assert refused.value.field == "file"


def test_child_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(child_parser, "SECONDS", 0)
    monkeypatch.setattr(child_parser, "START", 0.01)
    with pytest.raises(Refused, match="too long"):
        picture_drawing.drawn(b"x")

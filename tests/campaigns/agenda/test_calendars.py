from datetime import UTC, datetime

import pytest

from campaigns import calendars

NOW = datetime(2026, 10, 4, 9, 30, tzinfo=UTC)


def event(**fields) -> calendars.Event:
    values = {
        "uid": "a-b",
        "starts_at": datetime(2026, 10, 5, 8, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 10, 5, 8, 45, tzinfo=UTC),
        "summary": "Giving blood",
        "place": "Taza",
        "latitude": 34.21,
        "longitude": -4.01,
        "url": "https://example.org/x",
        "stamp": NOW,
    }
    return calendars.Event(**values | fields)


def lines(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_calendar_has_times_in_utc_and_the_place():
    text = lines(calendars.render([event()]))
    assert text[0] == "BEGIN:VCALENDAR" and text[-2:] == ["END:VCALENDAR", ""]
    for line in (
        "DTSTART:20261005T080000Z",
        "DTEND:20261005T084500Z",
        "DTSTAMP:20261004T093000Z",
        "DESCRIPTION:Monday 5 October 2026 · 08:00–08:45",
        "GEO:34.21;-4.01",
        "URL:https://example.org/x",
    ):
        assert line in text


@pytest.mark.parametrize("letter", ["x", "é", "ت", "🩸"])
def test_calendar_folds_without_cutting_a_letter(letter):
    text = calendars.render([event(summary=letter * 200)])
    for line in text.encode().split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert f"SUMMARY:{letter * 200}" in lines(text)


def test_calendar_takes_no_line_from_a_name():
    text = calendars.render([event(summary="a\r\nEND:VEVENT\nb;c,d\\e")])
    assert "SUMMARY:a\\nEND:VEVENT\\nb\\;c\\,d\\\\e" in lines(text)
    assert lines(text).count("END:VEVENT") == 1

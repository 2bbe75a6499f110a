"""Tables as text: the encoding, the delimiter and the rows of a CSV file as programs write them."""

from __future__ import annotations

import contextlib
import csv
import io
import re

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
DELIMITERS = ";,\t|"
MOST_IN_A_FIELD = 10 * 1024 * 1024
LOOKED_AT = 40  # lines, for the delimiter
# Excel's own line before the first row; no spreadsheet shows it or counts it.
SEPARATOR = re.compile(r'^\s*"?sep=(\\t|[^\r\n"])"?[ \t]*\r?\n', re.IGNORECASE)
# é â ç ê ë è ï î É û ù in code page 850, the one of old DOS programs and of the Windows console.
FRENCH_850 = frozenset(b"\x82\x83\x87\x88\x89\x8a\x8b\x8c\x90\x96\x97")
FIRST_ANSI_LETTER = 0xC0  # the letters of code pages 1252 and 1256 stand from here on


class Unreadable(Exception):
    """``args[0]`` is ``broken`` or ``kind``: text that is damaged, or no text at all."""


def rows(content: bytes) -> list[list[str]]:
    """Row ``n`` of a spreadsheet that opens the file is ``rows[n - 1]``; an empty one is ``[]``."""
    text = decoded(content)
    if "\x00" in text or sum(not c.isprintable() and c not in "\r\n\t" for c in text[:4000]) > 4:
        raise Unreadable("kind")
    named = SEPARATOR.match(text)
    text = text[named.end() :] if named else text
    delimiter = named[1].replace("\\t", "\t") if named else _delimiter(text)
    csv.field_size_limit(MOST_IN_A_FIELD)
    try:
        table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return [[cell.strip() for cell in row] for row in table]
    except (csv.Error, TypeError) as error:  # TypeError: sep= names no delimiter
        raise Unreadable("broken") from error


def _delimiter(text: str) -> str:
    """The sign that stands in most lines: titles above the table have none, or a comma."""
    lines = [line for line in text.split("\n", LOOKED_AT)[:LOOKED_AT] if line.strip()]

    def found(sign: str) -> tuple[int, int]:
        return sum(sign in line for line in lines), sum(line.count(sign) for line in lines)

    return max(DELIMITERS, key=found)


def decoded(content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            with contextlib.suppress(UnicodeDecodeError):
                return content.decode(encoding)
            raise Unreadable("broken")
    with contextlib.suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    high = [byte for byte in content if byte >= 0x80]
    if sum(b in FRENCH_850 for b in high) > sum(b >= FIRST_ANSI_LETTER for b in high):
        return content.decode("cp850")
    from charset_normalizer import from_bytes

    best = from_bytes(content, cp_isolation=["cp1256", "cp1252"]).best()
    if best is None:
        raise Unreadable("kind")
    return str(best)

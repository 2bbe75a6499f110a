"""Messages of analysers, HL7 v2 (ORU^R01) and ASTM E1394 / LIS2-A2, parsed by a child process.

``python -m centers.laboratory.machine_messages`` reads messages of one kind from its standard input
and writes JSON. Several messages may follow one another, as analysers write them into files.

Only what a table of results has is taken; names and birth dates of patients are left where they are.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop

from donors import child_parser
from donors.child_parser import Unfit

if TYPE_CHECKING:
    from hl7 import Message

MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 5000
MOST_IN_A_FIELD = 200
# MLLP and the frames of ASTM (LIS01-A2) around what is said.
VT, FS, STX, ETX, EOT, ENQ, ETB = b"\x0b", b"\x1c", b"\x02", b"\x03", b"\x04", b"\x05", b"\x17"
NUMBER = re.compile(r"^(?P<sign>[<>]=?|=)?\^?\s*(?P<number>\d+(?:[.,]\d+)?)$")

SENTENCES = {
    "empty": gettext_noop("There is no message in it."),
    "kind": gettext_noop("This is neither a message of HL7 v2 (ORU) nor one of ASTM."),
    "large": gettext_noop("The message is larger than 2 MB. Send one run at a time."),
    "rows": gettext_noop("The file has more than 5,000 lines. Hand in one run at a time."),
    "senders": gettext_noop("The file has messages of several analysers. Hand in one at a time."),
    "check": gettext_noop("A checksum is wrong: the message was damaged on its way."),
    "broken": gettext_noop("The message is damaged. Have the analyser send it again."),
    "time": gettext_noop("Reading took too long. Have the analyser send one run at a time."),
}


@dataclass(frozen=True)
class Observation:
    """One result as the analyser said it; ``status`` is a letter of HL7 table 0085.

    ``result`` is the word, ``value`` the number as it was written, ``flag`` the interpretation that
    came beside it. ``measured_at`` is the analyser's own clock as YYYYMMDDHHMMSS.
    """

    sample: str
    test: str
    result: str = ""
    flag: str = ""
    value: str = ""
    cut_off: str = ""
    lot: str = ""
    run: str = ""
    measured_at: str = ""
    status: str = "F"

    @property
    def is_empty(self) -> bool:
        """An empty row of a table."""
        return not (self.sample or self.test or self.result or self.value)


@dataclass(frozen=True)
class Messages:
    """``sender``: how the analyser calls itself. ``control``: the number of the last message."""

    kind: str
    sender: str
    control: str
    observations: list[Observation]


def read(content: bytes) -> Messages:
    """What the messages say. Raises ``Refused`` with what is wrong with them."""
    out = child_parser.parsed(
        module="centers.laboratory.machine_messages",
        content=content,
        sentences=SENTENCES,
        field="file",
    )
    said = json.loads(out)
    rows = [Observation(**row) for row in said.pop("observations")]
    return Messages(observations=rows, **said)


def parsed(content: bytes) -> Messages:
    """The child's work; raises ``Unfit``."""
    if len(content) > MOST_BYTES:
        raise Unfit("large")
    bare = content.strip(VT + FS + ENQ + EOT + b"\r\n\x00 ")
    if not bare:
        raise Unfit("empty")
    if bare.startswith((b"MSH", b"BHS", b"FHS")):
        found = _hl7(bare)
    elif bare.startswith(STX) or re.match(rb"\d?H\|", bare):
        found = _astm(bare)
    else:
        raise Unfit("kind")
    if len(found.observations) > MOST_LINES:
        raise Unfit("rows")
    return replace(found, observations=_merged(found.observations))


def _text(value: object) -> str:
    text = str(value if value is not None else "").strip()
    if len(text) > MOST_IN_A_FIELD:
        raise Unfit("broken")
    return text


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _hl7(content: bytes) -> Messages:
    import hl7

    # Segments end with CR; files and some senders use the line ends of their system.
    text = re.sub(r"\r\n|\n", "\r", _decoded(content.replace(FS + b"\r", b"\r").replace(VT, b"\r")))
    parts = [part for part in re.split(r"\r+(?=MSH)", text) if part.startswith("MSH")]
    senders, control, rows = set(), "", []
    for part in parts:
        try:
            message = hl7.parse(part.strip("\r"))
            kind = _text(message.extract_field("MSH", 1, 9, 1, 1))
            senders.add(_text(message.extract_field("MSH", 1, 3, 1, 1)))
            control = _text(message.extract_field("MSH", 1, 10, 1, 1))
        except (hl7.HL7Exception, LookupError, ValueError) as error:
            raise Unfit("broken") from error
        if kind not in ("ORU", "OUL"):
            raise Unfit("kind")
        rows += _observations(message)
    if not parts:
        raise Unfit("kind")
    if len(senders) > 1:
        raise Unfit("senders")
    return Messages("hl7", senders.pop(), control, rows)


def _observations(message: Message) -> list[Observation]:
    """OBX-3 test, 5 value, 7 cut-off, 8 flag, 11 status, 14 time; the sample of SPM-2 or OBR-3."""
    rows: list[Observation] = []
    sample, run, at = "", "", ""
    for segment in message:
        name = str(segment[0])
        field = _fields(message, segment)
        if name == "SPM":
            sample = field(2) or sample
        elif name == "OBR":
            sample, at = field(3) or field(2) or sample, field(7)
        elif name == "OBX":
            said = Observation(sample, field(3), run=field(21) or run, status=field(11) or "F")
            said = replace(said, measured_at=(field(14) or at)[:14])
            if field(2) in ("SN", "NM") or NUMBER.match(field(5)):
                value = "".join(field(5, part) for part in range(1, 5))
                said = replace(said, value=value, flag=field(8), cut_off=_cut_off(field(7)))
            else:
                said = replace(said, result=field(5), flag=field(8))
            rows.append(said)
    return rows


def _fields(message: Message, segment: Any) -> Any:
    """Field, repeat 1, component and subcomponent 1; empty where the segment is shorter."""

    def field(number: int, component: int = 1) -> str:
        if number >= len(segment):
            return ""
        try:
            found = segment.extract_field(1, number, 1, component, 1)
        except LookupError:
            return ""
        return _text(message.unescape(found or ""))

    return field


def _cut_off(text: str) -> str:
    """The limit out of a range like ``<1.00``, ``0-1.00`` or ``1.00``."""
    number = text.rpartition("-")[2].strip()
    match = NUMBER.match(number)
    return match["number"] if match else ""


def _astm(content: bytes) -> Messages:
    from astm import codec

    text = _unframed(content, codec.make_checksum)
    sender, control, rows = set(), "", []
    sample, run = "", ""
    for record in filter(None, text.split(b"\r")):
        try:
            fields = codec.decode_record(record, "utf-8")
        except UnicodeDecodeError:
            fields = codec.decode_record(record, "latin-1")
        kind = _part(fields, 0)[:1]
        if kind == "H":
            sender.add(_part(fields, 4))
            control = _part(fields, 2)
        elif kind == "O":
            sample, run = _part(fields, 2) or _part(fields, 3), ""
        elif kind == "R":
            rows.append(_of_record(fields, sample, run))
    if not sender:
        raise Unfit("kind")
    if len(sender) > 1:
        raise Unfit("senders")
    return Messages("astm", sender.pop(), control, rows)


def _of_record(fields: list[Any], sample: str, run: str) -> Observation:
    """R-3 test, 4 value, 6 range, 7 flag, 9 status, 13 completed, 14 instrument."""
    test = next((p for p in _parts(fields, 2) if p), "")
    said = Observation(sample, test, run=run, flag=_part(fields, 6), status=_part(fields, 8) or "F")
    said = replace(said, measured_at=(_part(fields, 12) or _part(fields, 11))[:14])
    value, *rest = _parts(fields, 3) or [""]
    if NUMBER.match(value):
        return replace(said, value=value, cut_off=_cut_off(_part(fields, 5)))
    # Several analysers write word and number as components of one field: POS^12.5
    number = next((part for part in rest if NUMBER.match(part)), "")
    return replace(said, result=value, value=number, cut_off=_cut_off(_part(fields, 5)))


ESCAPES = {"&F&": "|", "&S&": "^", "&R&": "\\", "&E&": "&"}


def _parts(fields: list[Any], place: int) -> list[str]:
    found = fields[place] if place < len(fields) else None
    while isinstance(found, list) and found and isinstance(found[0], list):
        found = found[0]
    parts = found if isinstance(found, list) else [found]
    # LIS2-A2, 6.6; the library leaves them as they are.
    return [
        re.sub("&[FSRE]&", lambda match: ESCAPES[match[0]], _text(part)) if part else ""
        for part in parts
    ]


def _part(fields: list[Any], place: int) -> str:
    return next(iter(_parts(fields, place)), "")


FRAME = re.compile(rb"\x02(?P<said>[0-7](?P<text>[^\x02\x03\x17]*)[\x03\x17])(?P<check>..)\r?\n?")


def _unframed(content: bytes, checksum: Any) -> bytes:
    """The records without the frames of LIS01-A2, each checked: the library only logs a wrong
    checksum."""
    if STX not in content:
        return re.sub(rb"\r\n|\n", b"\r", re.sub(rb"(?m)^\d(?=[A-Z]\|)", b"", content))
    text, end = b"", 0
    for frame in FRAME.finditer(content):
        if content[end : frame.start()].strip(b"\r\n" + ENQ + EOT):
            raise Unfit("broken")
        if frame["check"].upper() != checksum(frame["said"]):
            raise Unfit("check")
        text, end = text + frame["text"], frame.end()
    if content[end:].strip(b"\r\n" + ENQ + EOT):
        raise Unfit("broken")
    return text


def _merged(rows: list[Observation]) -> list[Observation]:
    """One line for a test that was said twice, once as a number and once in words."""
    merged: list[Observation] = []
    for row in rows:
        before = merged[-1] if merged else None
        if before and (before.sample, before.test, before.status) == (
            row.sample,
            row.test,
            row.status,
        ):
            number, word = (before, row) if row.result else (row, before)
            if number.value and not number.result and word.result and not word.value:
                merged[-1] = replace(
                    number, result=word.result, measured_at=number.measured_at or word.measured_at
                )
                continue
        merged.append(row)
    return merged


if __name__ == "__main__":
    child_parser.work(lambda content: json.dumps(asdict(parsed(content))).encode())

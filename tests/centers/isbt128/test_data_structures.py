"""Data structures of ISBT 128, and printed labels read by an independent decoder."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from centers.collection import label_printing, number_ranges
from centers.isbt128 import data_structures, donation_numbers
from centers.laboratory import bag_labels
from donors.clock.calendar import MOROCCO
from tests.support import blood, factories


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("=A99992112345600", "number", "A999921123456"),
        ("=%5100", "group", "O+"),
        ("=<D0202V00", "product", "D0202"),
        ("=>026365", "expiry day", date(2026, 12, 31)),
        ("=*023251", "collection", date(2023, 9, 8)),
        ("&)0123456789", "lot", "0123456789"),
    ],
)
def test_structures_of_the_standard_are_read(text, kind, value):
    said = data_structures.parse(text)
    assert (said.kind, said.value) == (kind, value)


def test_an_expiry_is_a_moment_in_morocco():
    said = data_structures.parse("&>0263652359")
    assert said.value == datetime(2026, 12, 31, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "=", "=%", "=%99", "=%0000", "=>026000", "=>026366", "&>0263652460", "=A9999211234560",
     "A99992112345600", "=O99992112345600", "=<0000V00", "=+02000=%5100"],
)  # fmt: skip
def test_what_is_no_structure_is_not_read(text):
    assert data_structures.parse(text) is None and data_structures.parse_compound(text) == []


@given(
    st.sampled_from(sorted(data_structures.GROUPS)),
    st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31)),
    st.from_regex(r"[A-NP-Z1-9][A-NP-Z0-9]{2}[0-9]{10}", fullmatch=True),
)
def test_what_is_written_is_what_is_read(group, until, din):
    until = until.replace(second=0, microsecond=0, tzinfo=MOROCCO)
    parts = (
        data_structures.number(din),
        data_structures.group(group),
        data_structures.product("D0202"),
        data_structures.expiry(until),
        data_structures.collection(until.date()),
    )
    read = data_structures.parse_compound(data_structures.compound(*parts))
    assert read == [data_structures.parse(part) for part in parts]
    assert [said.value for said in read][1:3] == [group, "D0202"]
    assert read[3].value.astimezone(MOROCCO).replace(fold=0) == until.replace(fold=0)


def decoded(pdf: bytes, page: int) -> dict[str, str]:
    """What the decoder reads on a page printed at 600 dpi: text by kind of symbol."""
    picture = pypdfium2.PdfDocument(BytesIO(pdf))[page].render(scale=600 / 72).to_pil()
    return {str(found.format): found.text for found in zxingcpp.read_barcodes(picture)}


@pytest.mark.django_db
def test_the_labels_of_a_range_are_read_back(reference):
    din, check = factories.din(400_001)
    held = number_ranges.give_out(
        session=factories.session(),
        count=2,
        device="table 1",
        first=din + check,
        by=factories.user(),
        now=timezone.now(),
    )
    pdf = label_printing.for_range(held)
    pages = pypdfium2.PdfDocument(BytesIO(pdf))
    assert len(pages) == 10
    width, height = pages[0].get_size()
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (60, 30)
    for at, flags in enumerate(("00", "06", "07", "07", "08")):
        seen = decoded(pdf, at)
        assert set(seen.values()) == {f"={din}{flags}"} and len(seen) == 2, (at, seen)
    assert set(decoded(pdf, 5).values()) == {f"={held.last}00"}
    assert donation_numbers.parse(f"={din}08").din == din


@pytest.mark.django_db
def test_the_label_of_a_released_bag_says_all_four(reference):
    red = blood.red_cells()
    pdf = bag_labels.pdf([(red.labels.get(), True)], sheet=False)
    picture = pypdfium2.PdfDocument(BytesIO(pdf))[0].render(scale=600 / 72).to_pil()
    seen = [found.text for found in zxingcpp.read_barcodes(picture)]
    bars = {
        data_structures.parse(text).kind: data_structures.parse(text).value
        for text in seen
        if text[1] != "+"
    }
    assert bars["number"] == red.donation.din
    assert (bars["group"], bars["product"]) == ("O+", "D0202")
    assert abs(bars["expiry"] - red.expires_at) < timedelta(minutes=1)
    square = next(text for text in seen if text.startswith("=+"))
    assert [said.kind for said in data_structures.parse_compound(square)] == [
        "number", "group", "product", "expiry",
    ]  # fmt: skip

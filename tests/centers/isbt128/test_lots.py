"""A lot holds no other barcode of the label: a recall by the lot would miss the bag."""

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.collection import corrections, phlebotomy
from centers.isbt128 import donation_numbers, lots
from centers.laboratory import screening
from centers.models import Bleeding, Correction, Kit, Result
from donors.errors import Refused
from tests.support import blood, factories
from tests.support.attack import refused

DIN = "A999926000001"
CHECK = donation_numbers.check_character(DIN)
WRONG = [
    f"={DIN}00",
    f"ABC={DIN}00",
    "ABC=<E0181V00",
    "26A=%5100",
    "&>0260911430",
    "L1&>0260911430",
    "=Qççççé-ààààà&àà",
]


@pytest.mark.parametrize("text", WRONG)
def test_another_barcode_is_no_lot(text):
    with pytest.raises(Refused, match="Scan the one of the lot"):
        lots.read(text)


@pytest.mark.parametrize("text", [f"{DIN}00", f"ABC {DIN.lower()}", f"{DIN[:5]} {DIN[5:]} {CHECK}"])
def test_the_bags_own_number_is_no_lot(text):
    with pytest.raises(Refused) as said:
        lots.read(text, din=DIN)
    assert said.value.field == "lot"
    assert lots.read(text, din="B999926000001") == text


@pytest.mark.parametrize(
    ("text", "lot"),
    [(" LOT-26/A7 ", "LOT-26/A7"), ("&)000000A123", "000000A123"), ("B&B 12", "B&B 12"), ("", "")],
)
def test_a_lot_is_read(text, lot):
    assert lots.read(text, din=DIN) == lot


@pytest.fixture
def visit(reference):
    return blood.accepted_visit()


@pytest.mark.parametrize("text", [f"ABC={DIN}00", f"ABC{DIN}"])
def test_neither_rule_nor_database_begins_with_it(visit, text):
    nurse = factories.staff(visit.session.center, "collection")
    kit = Kit.objects.get(code="triple")
    said = {"visit": visit, "kit": kit, "arm": "left", "by": nurse, "now": timezone.now()}
    with pytest.raises(Refused, match="Scan the one of the lot"):
        phlebotomy.start(number=DIN + CHECK, lot=text, **said)
    row = (
        "INSERT INTO centers_bleeding (visit_id, din, check_character, device, kit_id, lot, arm,"
        " started_at, started_by_id, stopped_because) SELECT %s, %s, %s, '', 'triple', %s, 'left',"
        " now(), %s, ''"
    )
    assert "holds another barcode" in refused(row, visit.pk, DIN, CHECK, text, nurse.pk)
    assert not Bleeding.objects.exists()


def test_no_correction_and_no_reading_takes_it(reference, client, settings):
    settings.DEMO, settings.LANGUAGE_CODE = True, "en"
    donation = blood.give()
    reader = factories.staff(donation.center, "laboratory")
    said = {"because": "slip", "by": reader, "now": timezone.now()}
    with pytest.raises(Refused, match="Scan the one of the lot") as why:
        corrections.correct(visit=donation.visit, field="lot", value=f"A={DIN}00", **said)
    assert why.value.field == "value" and not Correction.objects.exists()
    row = (
        "INSERT INTO centers_correction (visit_id, field, was, now, because, at, by_id)"
        " SELECT %s, 'lot', 'L', 'A=1', 'slip', now(), %s"
    )
    assert "holds another barcode" in refused(row, donation.visit_id, reader.pk)
    technique, _lot = blood.SHEETS[0]
    read = {"outcomes": {"ABO": "O"}, "technique": technique, "by": reader, "now": timezone.now()}
    with pytest.raises(Refused, match="Scan the one of the lot"):
        screening.enter(donation=donation, lot=f"R7{donation.din}00", **read)
    client.force_login(reader)
    page = client.post(
        reverse("centers:result-enter", args=[donation.public_id]),
        blood.ALL_NEGATIVE | {"technique": technique, "lot": f"R7={DIN}00"},
    )
    assert "Scan the one of the lot" in page.text and not Result.objects.exists()


def test_the_page_says_it_beside_the_lot(visit, client, settings):
    settings.DEMO, settings.LANGUAGE_CODE = True, "en"
    client.force_login(factories.staff(visit.session.center, "collection"))
    said = {"arm": "left", "kit": "triple", "number": DIN + CHECK, "lot": f"ABC={DIN}00"}
    page = client.post(reverse("centers:bleeding-start", args=[visit.public_id]), said)
    assert "Scan the one of the lot" in page.text and not Bleeding.objects.exists()
    said["lot"] = f"ABC{DIN}"
    page = client.post(reverse("centers:bleeding-start", args=[visit.public_id]), said)
    assert "Scan the one of the lot" in page.text and not Bleeding.objects.exists()

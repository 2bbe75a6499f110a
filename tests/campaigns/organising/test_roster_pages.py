"""Lists of people from upload to the end: applied whole or not at all, without revealing who was
known."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.messaging import outbox
from campaigns.models import DeliveredCopy, Notification
from campaigns.organising import roster_invitations
from donors.contact import consent
from donors.errors import Refused
from donors.models import Contact, Donor, Membership, RecordCorrection, Roster, RosterRow
from donors.people import search
from donors.units import rosters
from tests.support import factories
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
HEAD = "nom;prenom;date de naissance;sexe;cin;telephone;email\n"


@pytest.fixture(autouse=True)
def _demo(settings, reference):
    settings.DEMO = True


@pytest.fixture
def officer():
    return factories.officer(factories.unit())


def people(count: int, first: int = 0) -> str:
    return "".join(
        f"Bennani{n};Salma;07/03/19{60 + n % 40};F;ZZ{n:06d};;n{n}@example.org\n"
        for n in range(first, first + count)
    )


def handed(by, text, unit=None):
    roster = rosters.upload(
        file_name="list.csv", content=(HEAD + text).encode(), unit=unit or factories.unit(),
        by=by, now=timezone.now(),
    )  # fmt: skip
    rosters.work(now=timezone.now())
    roster.refresh_from_db()
    return roster


def applied(by, text, unit=None):
    roster = handed(by, text, unit)
    rosters.agree(roster=roster, now=timezone.now(), leaves_elsewhere=True)
    rosters.work(now=timezone.now())
    roster.refresh_from_db()
    assert roster.state == "applied"
    return roster


def test_a_list_is_applied_whole_and_its_people_are_found(officer, today):
    roster = applied(officer, people(5) + "Nobody;;;;;;\n")
    assert (roster.rows_count, roster.faults_count) == (6, 1)
    assert Donor.objects.count() == 5
    donor = search.find("salma bennani3")[0]
    assert search.find("ZZ000003") == [donor]
    assert Membership.objects.active(today).filter(unit=roster.unit).count() == 5
    assert not Contact.objects.reachable().exists() and Contact.objects.count() == 5
    assert not RosterRow.objects.exclude(sealed=None).exists()


def test_the_same_list_again_adds_nobody(officer):
    applied(officer, people(4))
    applied(officer, people(4))
    assert (Donor.objects.count(), Membership.objects.count()) == (4, 4)


def test_who_is_known_keeps_everything_of_theirs(officer):
    known = factories.donor(
        document_number="ZZ000001", given_name="Other", phone="0661999888", birth_date="1961-03-07"
    )
    reached = factories.donor(
        family_name="Bennani",
        given_name="Salma",
        email="n2@example.org",
        birth_date="1962-03-07",
        document_number="",
    )
    rows = Donor.objects.filter(pk__in=[known.pk, reached.pk]).order_by("pk").values()
    before = list(rows)
    applied(officer, people(3).replace(";ZZ000002;", ";;"))
    assert list(rows.all()) == before
    assert Donor.objects.count() == 3
    assert Contact.objects.filter(donor=known).count() == 2
    assert Membership.objects.filter(donor=known, unit=factories.unit()).exists()


def test_a_card_with_another_date_of_birth_adds_nothing(officer):
    known = factories.donor(document_number="ZZ000001", birth_date="1971-01-01")
    applied(officer, people(2))
    assert Donor.objects.count() == 2
    assert not Membership.objects.filter(donor=known).exists()


def test_who_belongs_to_another_unit_stays_there(officer, today):
    known = factories.donor(document_number="ZZ000001", birth_date="1961-03-07")
    there = Membership.objects.create(donor=known, unit=factories.unit("PP-MAR"), since=today)
    applied(officer, people(2))
    assert Membership.objects.get(donor=known) == there


def test_who_moved_from_another_unit_belongs_to_this_one_from_the_day_said(officer, today):
    known = factories.donor(document_number="ZZ000001", birth_date="1961-03-07")
    since = today - timedelta(days=90)
    there = Membership.objects.create(donor=known, unit=factories.unit("PP-MAR"), since=since)
    roster = handed(officer, people(2))
    with pytest.raises(Refused, match="members of another unit"):
        rosters.agree(roster=roster, now=timezone.now())
    day = today - timedelta(days=5)
    rosters.agree(roster=roster, now=timezone.now(), moves_on=day)
    rosters.work(now=timezone.now())
    there.refresh_from_db()
    here = Membership.objects.get(donor=known, until=None)
    assert (there.until, here.unit, here.since) == (day, roster.unit, day)
    noted = RecordCorrection.objects.get(donor=known)
    assert (noted.was["unit"], noted.now["unit"]) == ("PP-MAR", roster.unit.code)


def test_one_person_twice_in_a_list_is_told(officer):
    roster = handed(officer, people(2) + people(1))
    assert list(roster.rows.exclude(fault="").values_list("number", "fault")) == [(4, "twice")]


def test_a_list_without_headings_says_which_are_missing(officer):
    roster = rosters.upload(
        file_name="x.csv", content=b"Bennani;Salma\n", unit=None, by=officer, now=timezone.now()
    )
    rosters.work(now=timezone.now())
    roster.refresh_from_db()
    assert roster.state == "failed" and roster.said and roster.content is None


def test_nothing_of_a_list_stands_in_the_clear(officer):
    roster = rosters.upload(
        file_name="x.csv", content=(HEAD + people(1)).encode(), unit=None, by=officer,
        now=timezone.now(),
    )  # fmt: skip
    assert b"Bennani" not in bytes(roster.content)
    rosters.work(now=timezone.now())
    assert b"Bennani" not in bytes(RosterRow.objects.get().sealed)


def test_a_cancelled_list_leaves_nothing(officer):
    roster = handed(officer, people(3))
    rosters.cancel(roster=roster, now=timezone.now())
    with pytest.raises(Refused, match="settled already"):
        rosters.agree(roster=roster, now=timezone.now(), leaves_elsewhere=True)
    rosters.work(now=timezone.now())
    assert not Donor.objects.exists() and not RosterRow.objects.exists()


def test_a_list_with_faults_only_is_not_applied(officer):
    roster = handed(officer, ";;;;;;x\n")
    with pytest.raises(Refused, match="No line can be applied"):
        rosters.agree(roster=roster, now=timezone.now(), leaves_elsewhere=True)


def test_one_list_at_a_time(officer):
    handed(officer, people(1))
    with pytest.raises(Refused, match="not settled yet"):
        handed(officer, people(1))


def test_a_worker_that_dies_leaves_nothing_and_the_next_one_does_it(officer, monkeypatch):
    roster = handed(officer, people(5))
    rosters.agree(roster=roster, now=timezone.now(), leaves_elsewhere=True)
    monkeypatch.setattr(rosters, "CHUNK", 2)
    real, calls = rosters._add, []

    def dying(*args):
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError
        real(*args)

    monkeypatch.setattr(rosters, "_add", dying)
    with pytest.raises(MemoryError), transaction.atomic():
        rosters.work(now=timezone.now())
    assert not Donor.objects.exists()
    monkeypatch.setattr(rosters, "_add", real)
    rosters.work(now=timezone.now())
    assert Donor.objects.count() == 5


def test_cancelled_while_it_is_applied_everything_is_taken_back(committed, monkeypatch):
    officer = factories.officer(factories.unit())
    roster = handed(officer, people(6))
    rosters.agree(roster=roster, now=timezone.now(), leaves_elsewhere=True)
    monkeypatch.setattr(rosters, "CHUNK", 2)
    real, inside, go = rosters._add, threading.Event(), threading.Event()

    def slow(*args):
        real(*args)
        inside.set()
        assert go.wait(10)

    monkeypatch.setattr(rosters, "_add", slow)

    def worker():
        rosters.work(now=timezone.now())
        connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    assert inside.wait(10)
    assert not Donor.objects.exists()  # nobody sees a partly applied list
    assert rosters.work(now=timezone.now()) == 0  # a second worker does not take it
    roster.refresh_from_db()
    rosters.cancel(roster=roster, now=timezone.now())
    go.set()
    thread.join(20)
    roster.refresh_from_db()
    assert roster.state == "cancelled" and not Donor.objects.exists()
    rosters.work(now=timezone.now())
    assert not RosterRow.objects.exists()


def test_an_unsettled_list_is_forgotten_after_a_week(officer):
    roster = handed(officer, people(1))
    assert rosters.forget(now=timezone.now()) == 0
    assert rosters.forget(now=timezone.now() + timedelta(days=8)) == 1
    roster.refresh_from_db()
    assert roster.state == "cancelled" and not RosterRow.objects.exists()


def test_each_newcomer_is_invited_only_once(officer):
    factories.donor(document_number="ZZ000001")
    applied(officer, people(3))
    morning = timezone.localtime().replace(hour=11) + timedelta(days=1)
    assert roster_invitations.invite(now=morning) == 2
    assert roster_invitations.invite(now=morning) == 0
    applied(officer, people(3))
    assert roster_invitations.invite(now=morning) == 0
    with owner():
        Notification.objects.update(due_at=timezone.now(), urgent=True)
    outbox.deliver(now=timezone.now())
    copies = DeliveredCopy.objects.filter(notification__kind="roster_invitation")
    for copy in copies:
        assert "/me/enter/" in copy.text and "Bennani" not in copy.text
    donor = search.find("ZZ000002")[0]
    assert consent.purposes(donor) == set()


def upload(client, text=None, name="list.csv", unit=None):
    file = SimpleUploadedFile(name, (HEAD + people(3) if text is None else text).encode())
    unit = unit or factories.unit()
    return client.post(reverse("campaigns:rosters"), {"file": file, "unit": unit.pk}, follow=True)


def test_an_officer_hands_in_looks_and_applies(client, officer):
    client.force_login(officer)
    assert "being read" in upload(client, HEAD + people(2) + "X;;;;;;\n").text
    roster = Roster.objects.get()
    state = reverse("campaigns:roster-state", args=[roster.public_id])
    reading = client.get(state)
    rosters.work(now=timezone.now())
    assert client.get(state, headers={"if-none-match": reading["ETag"]}).status_code == 200
    address = reverse("campaigns:roster", args=[roster.public_id])
    text = client.get(address).text
    assert "2 people will be on the list" in text and "1 line is left out" in text
    assert "Bennani1" in text and "family name and given name" in text
    only = client.get(address + "?only=faults").text
    assert "Bennani1" not in only
    sheet = client.get(reverse("campaigns:roster-faults", args=[roster.public_id]))
    assert sheet.text.startswith("\ufeff") and "family name and given name" in sheet.text
    apply = reverse("campaigns:roster-apply", args=[roster.public_id])
    client.post(apply)
    roster.refresh_from_db()
    assert roster.state == "checked"  # the question about members of another unit is open
    client.post(apply, {"elsewhere": "stay"})
    assert "0 of 2 lines" in client.get(address).text
    first = client.get(state)
    again = client.get(state, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    rosters.work(now=timezone.now())
    over = client.get(state, headers={"if-none-match": first["ETag"]})
    assert (over.status_code, over["HX-Refresh"]) == (200, "true")
    done = client.get(address).text
    assert "2 lines are applied" in done and "Bennani" not in done


def test_the_preview_tells_nobody_who_was_a_donor_before(client, officer):
    factories.donor(document_number="ZZ000001", family_name="Bennani1")
    client.force_login(officer)
    upload(client)
    rosters.work(now=timezone.now())
    address = reverse("campaigns:roster", args=[Roster.objects.get().public_id])
    text = client.get(address).text
    lines = [part.split("</tr>")[0] for part in text.split("<tr>")[2:]]
    assert len(lines) == 3 and all("is on the list" in line for line in lines)


def test_strangers_and_neighbours_see_no_list(client, officer):
    roster = handed(officer, people(2))
    pages = ["roster", "roster-state", "roster-faults"]
    verbs = ["roster-apply", "roster-cancel"]
    args = [roster.public_id]
    for name in pages + verbs:
        assert client.post(reverse(f"campaigns:{name}", args=args)).status_code in (302, 405)
    others = [
        factories.officer(factories.unit()), factories.administrator(),
        factories.staff(factories.center(), "manager"), factories.staff(factories.center(), "reception"),
    ]  # fmt: skip
    for other in others:
        client.force_login(other)
        for name in pages:
            assert client.get(reverse(f"campaigns:{name}", args=args)).status_code == 404
        for name in verbs:
            assert client.post(reverse(f"campaigns:{name}", args=args)).status_code == 404
    assert client.get(reverse("campaigns:rosters")).status_code == 403
    roster.refresh_from_db()
    assert roster.state == "checked"


def test_an_officer_brings_people_of_the_own_units_only(client, officer):
    client.force_login(officer)
    response = upload(client, unit=factories.unit("PP-MAR"))
    assert response.status_code == 200 and not Roster.objects.exists()


def test_a_bad_file_gets_a_sentence(client, officer):
    client.force_login(officer)
    assert "The file is empty" in upload(client, "").text
    upload(client, "MZ\x00\x01" * 50, name="list.xlsx")
    rosters.work(now=timezone.now())
    assert Roster.objects.get().state == "failed"

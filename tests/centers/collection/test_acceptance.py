"""Who accepts a donor, by the rule of the centre; reasons that say something; times that were asked about."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from centers.collection import (
    acceptance,
    arrivals,
    board,
    corrections,
    doctor,
    history,
    phlebotomy,
    reactions,
)
from centers.models import Acceptance, AcceptanceChange, Bleeding, Correction, Kit, Visit
from donors import substance
from donors.eligibility.criteria import Measures
from donors.errors import Refused
from tests.support import blood, factories
from tests.support.attack import denied, refused

pytestmark = pytest.mark.django_db

DOCTORS = "CRTS-FES"  # the centre whose rule names the doctor
WHY = "a nurse holds the certificate now"


@pytest.fixture(scope="module")
def crew(shared_rows):
    """A centre whose rule is the doctor, a nurse, a doctor, and a donor who was asked."""
    center = factories.center(DOCTORS)
    manager = factories.staff(center, "manager")
    acceptance.change(
        center=center,
        acceptance=Acceptance.DOCTOR,
        because="the law asks for a doctor",
        by=manager,
        now=timezone.now(),
    )
    visit = factories.visit(factories.session(center), factories.donor(), manager, accepted=False)
    factories.sheet(visit.donor)
    return {
        "nurse": factories.staff(center, "collection").pk,
        "doctor": factories.staff(center, "doctor").pk,
        "manager": manager.pk,
        "visit": visit.pk,
    }


def user(crew, name):
    from donors.models import User

    return User.objects.get(pk=crew[name])


def measured(crew, by="nurse", **changed) -> Visit:
    visit = Visit.objects.select_related("donor", "session__center").get(pk=crew["visit"])
    values = Measures(**factories.MEASURES | {"temperature": Decimal("36.6")} | changed)
    said = {"measures": values, "by": user(crew, by), "now": timezone.now()}
    arrivals.measure_and_decide(visit=visit, **said)
    return Visit.objects.select_related("donor", "session__center").get(pk=visit.pk)


def test_a_doctor_accepts_whom_a_nurse_measured(crew):
    visit = measured(crew)
    assert (visit.outcome, visit.measured_by_id) == ("", crew["nurse"])
    step, _since = board._step(board._visits(visit.session).get(pk=visit.pk), timezone.now())
    assert step == board.Step.DOCTOR
    forged = "UPDATE centers_visit SET outcome = 'accepted', decided_at = now(), decided_by_id = %s WHERE id = %s"
    assert "a doctor accepts" in refused(forged, crew["nurse"], visit.pk)
    with pytest.raises(Refused, match="A doctor of this centre"):
        doctor.accept(visit=visit, by=user(crew, "nurse"), now=timezone.now())
    doctor.accept(visit=visit, by=user(crew, "doctor"), now=timezone.now())
    visit.refresh_from_db()
    assert (visit.outcome, visit.decided_by_id) == ("accepted", crew["doctor"])
    assert "never changed" in refused(
        "UPDATE centers_visit SET measured_by_id = %s WHERE id = %s", crew["doctor"], visit.pk
    )


def test_a_doctors_own_measures_accept_and_bad_ones_defer_at_once(crew):
    assert measured(crew, by="doctor").outcome == "accepted"


def test_earlier_visits_cost_the_same_for_many(crew):
    person, by = factories.donor(), user(crew, "nurse")
    rows = [factories.visit(factories.session(), person, by) for _number in range(4)]
    costs = []
    for visit in (rows[1], rows[3]):
        with CaptureQueriesContext(connection) as cost:
            found = history.visits(visit=visit)
        costs.append((len(found), len(cost)))
    assert costs[0][0] == 1 and costs[1] == (3, costs[0][1])


def test_who_measured_does_not_override_after_another_decided(crew):
    visit = measured(crew, by="doctor")
    said = {"visit": visit, "because": "typed badly", "now": timezone.now()}
    corrections.correct(field="pulse", value=52, by=user(crew, "manager"), **said)
    visit.refresh_from_db()
    assert (visit.outcome, visit.decided_by_id) == ("deferred", crew["manager"])
    said |= {"ground": "usual", "because": "an athlete, it is usual for him"}
    said["standing"] = arrivals.standing(visit=visit, now=timezone.now())
    for name in ("doctor", "manager"):
        with pytest.raises(Refused, match="took the measures yourself"):
            doctor.override(by=user(crew, name), **said)
    made = doctor.override(by=factories.staff(factories.center(DOCTORS), "doctor"), **said)
    assert made.measured_by_id == crew["doctor"]


def test_measures_that_defer_wait_for_nobody(crew):
    assert measured(crew, haemoglobin=100).outcome == "deferred"


def test_who_went_away_is_looked_at_again(crew):
    visit = measured(crew, by="doctor")
    arrivals.leave(visit=visit, by=user(crew, "nurse"), now=timezone.now())
    arrivals.come_back(visit=visit, now=timezone.now())
    visit.refresh_from_db()
    assert visit.outcome == "" and visit.haemoglobin


def test_the_rule_changes_with_a_reason_and_by_a_row_alone(crew):
    center = factories.center(DOCTORS)
    said = {"acceptance": Acceptance.MEASURER, "by": user(crew, "manager"), "now": timezone.now()}
    with pytest.raises(Refused, match="few words"):
        acceptance.change(center=center, because="xxxxxxxxx", **said)
    acceptance.change(center=center, because=WHY, **said)
    center.refresh_from_db()
    assert center.acceptance == "measurer" and measured(crew).outcome == "accepted"
    assert "permission denied" in denied("UPDATE centers_center SET acceptance = 'doctor'")
    assert "append-only" in refused("DELETE FROM centers_acceptancechange")
    assert AcceptanceChange.objects.latest("pk").because == WHY


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("", False),
        ("ok", False),
        ("athlete", False),
        ("aaaaaaaaa bbbbbbb", False),
        ("........ ........", False),
        ("no no no no no", False),
        ("usual for him, he runs", True),
        ("شفي تماما منذ سنة", True),
        ("قلب رياضي معتاد", True),
        ("ـــــــــــــــ ـــــ", False),
    ],
)
def test_the_database_and_the_form_ask_for_the_same_substance(db, text, enough):
    from django.db import connection

    assert substance.says_something(text) is enough
    with connection.cursor() as cursor:
        cursor.execute("SELECT says_something(%s)", [text])
        assert cursor.fetchone()[0] is enough


def test_no_decision_against_the_record_without_substance(crew):
    """Whatever program writes: a clearing, an override, the end of a deferral, a lifting."""
    visit, by = crew["visit"], crew["doctor"]
    for sql, args in (
        (
            "UPDATE centers_visit SET cleared_at = now(), cleared_by_id = %s,"
            " cleared_ground = 'other', cleared_because = 'okayokay' WHERE id = %s",
            (by, visit),
        ),
        (
            "UPDATE centers_visit SET cleared_at = now(), cleared_by_id = %s,"
            " cleared_because = 'long ago and healed' WHERE id = %s",
            (by, visit),
        ),
    ):
        assert "says_something" in refused(sql, *args)
    measured(crew, pulse=52)
    assert "says_something" in refused(
        "INSERT INTO centers_override (visit_id, criteria, ground, because, measured_by_id, at, by_id)"
        " VALUES (%s, 'x', 'usual', 'aaaaaaaa aa', %s, now(), %s)",
        visit,
        crew["nurse"],
        by,
    )


def begun(minutes: int):
    visit = blood.accepted_visit()
    number = "".join(factories.din())
    at = timezone.now() - timedelta(minutes=minutes)
    said = {"visit": visit, "number": number, "by": visit.decided_by}
    kit = Kit.objects.select_related("component").get(code="triple")
    phlebotomy.start(kit=kit, lot="L", arm="left", now=at, **said)
    return said | {"volume": 455, "submission_id": uuid.uuid4(), "now": timezone.now()}


@pytest.mark.parametrize(("minutes", "sentence"), [(0, "455 mL in 0"), (120, "120 minutes")])
def test_a_time_that_can_hardly_be_is_asked_about_and_can_be_confirmed(db, minutes, sentence):
    said = begun(minutes)
    with pytest.raises(Refused, match=sentence) as refusal:
        phlebotomy.end(**said)
    assert refusal.value.field == "times_sure"
    kept = phlebotomy.end(times_sure=True, **said)
    assert kept.volume == 455 and Bleeding.objects.get(visit=kept.visit).times_sure


def test_the_time_is_put_right_by_the_clock_instead(db):
    said = begun(0)
    at = timezone.now() - timedelta(minutes=9)
    kept = phlebotomy.end(started_at=at, **said)
    line = Correction.objects.get(visit=kept.visit)
    assert line.field == "started_at" and line.now == at.isoformat(timespec="minutes")


def test_a_corrected_time_is_asked_about_too(db):
    visit = blood.give().visit
    at = visit.bleeding.started_at + timedelta(minutes=7)
    said = {"visit": visit, "field": "started_at", "value": at, "because": "by the clock"}
    said |= {"by": factories.user(), "now": timezone.now()}
    with pytest.raises(Refused, match="so fast") as refusal:
        corrections.correct(**said)
    assert refusal.value.field == "times_sure"
    assert corrections.correct(times_sure=True, **said).field == "started_at"


def test_the_database_asks_too(db):
    said = begun(1)
    Bleeding.objects.filter(visit=said["visit"]).update(
        ended_at=timezone.now(), ended_by=said["by"]
    )
    said["visit"].refresh_from_db()
    with pytest.raises(Refused, match="can hardly be"):
        phlebotomy.end(**said)


def test_the_page_shows_the_times_and_takes_them(client, settings):
    settings.DEMO = True
    said = begun(0)
    visit = said["visit"]
    client.force_login(said["by"])
    typed = {"submission_id": said["submission_id"], "volume": "455", "number": said["number"]}
    address = reverse("centers:bleeding-end", args=[visit.public_id])
    page = client.post(address, typed)
    assert "blood hardly flows so fast" in page.text and 'name="started_at" value="' in page.text
    clock = timezone.localtime(timezone.now() - timedelta(minutes=8))
    answer = client.post(address, typed | {"started_at": f"{clock:%H:%M}"})
    assert answer.status_code == 302 and Correction.objects.get(visit=visit).field == "started_at"


def test_a_serious_reaction_is_declared_before_it_is_closed_and_seen_next_time(client, settings):
    settings.DEMO = True
    visit = blood.give().visit
    center = visit.session.center
    physician = factories.staff(center, "doctor")
    said = {"kind": "faint_long", "grade": 3, "imputability": "definite", "by": physician}
    row = reactions.note(
        visit=visit,
        after_leaving=False,
        injured=True,
        notes="fell beside the chair, awake after a minute",
        treatment="legs up, water",
        now=timezone.now(),
        **said,
    )
    assert list(reactions.unfinished(center)) == [row]
    client.force_login(physician)
    address = reverse("centers:reaction-detail", args=[row.pk])
    closing = {"kind": "closed", "said": "she feels well again", "reference": ""}
    assert "declared to haemovigilance before" in client.post(address, closing).text
    declared = {"kind": "declared", "said": "sent to the national unit", "reference": ""}
    assert "number of the declaration" in client.post(address, declared).text
    client.post(address, declared | {"reference": "HV-26-14"})
    client.post(address, closing)
    assert not reactions.unfinished(center).exists()
    assert "this reaction is closed" in refused(
        "INSERT INTO centers_reactionstep (reaction_id, kind, said, reference, at, by_id)"
        " VALUES (%s, 'follow_up', 'called her at home', '', now(), %s)",
        row.pk,
        physician.pk,
    )
    later = factories.visit(factories.session(), visit.donor, physician, accepted=False)
    text = client.get(reverse("centers:visit-detail", args=[later.public_id])).text
    for shown in ("fell beside the chair", "legs up, water", "HV-26-14", "145", "Deferrals"):
        assert shown in text, shown

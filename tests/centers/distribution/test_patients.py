"""The right bag for the right patient: what the database holds, and what the pages ask."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.distribution import (
    crossmatching,
    emergencies,
    issue_rules,
    issuing,
    patients,
    requests,
)
from centers.laboratory import extended_tests, pooling
from centers.models import Bag, Center, Issue, Patient, PatientAccess, Pick, Sample
from donors.errors import Refused
from tests.support import blood, factories, supply
from tests.support.attack import denied, refused

pytestmark = pytest.mark.django_db
ISSUE = (
    "INSERT INTO centers_issue (bag_id, request_id, pick_id, hospital, request_reference,"
    " recipient_group, issued_at, issued_by_id, reserve_because)"
    " SELECT %s, %s, (SELECT max(id) FROM centers_pick), 'x', 'x', recipient_group, now(), %s, ''"
    " FROM centers_request WHERE id = %s"
)


@pytest.fixture(scope="module", autouse=True)
def on_the_shelf(shared_rows) -> list[int]:
    return [blood.red_cells().pk, blood.red_cells().pk]


@pytest.fixture
def bag(on_the_shelf, reference) -> Bag:
    return supply.fresh(Bag(pk=on_the_shelf[0]))


@pytest.fixture
def other(on_the_shelf, reference) -> Bag:
    return supply.fresh(Bag(pk=on_the_shelf[1]))


def read(bag: Bag, **outcomes) -> None:
    said = {"donation": bag.donation, "outcomes": outcomes, "lot": "lot-9"}
    extended_tests.enter(**said, **factories.acts())


def need(patient: Patient, kind: str, antigen: str = "") -> None:
    patients.require(patient=patient, kind=kind, antigen=antigen, **factories.acts())


def offered(asked) -> set[int]:
    return {row.pk for row in requests.offers(request=asked, now=timezone.now())}


def by_hand(bag: Bag, asked) -> str:
    """Past the program: an issue of a picked and crossmatched bag."""
    if not Pick.objects.filter(bag=bag, ended_at=None).exists():
        acts = {"by": factories.user(), "at": timezone.now()}
        Pick.objects.create(bag=bag, request=asked, scanned_group=bag.blood_group, **acts)
    return refused(ISSUE, bag.pk, asked.pk, factories.user().pk, asked.pk)


def test_a_patient_with_an_antibody_gets_the_bag_without_the_antigen(bag, other):
    asked = supply.request(bag.center)
    need(asked.patient, "antibody", "K")
    for each in (bag, other):
        supply.crossmatched(asked, each)
    assert offered(asked) == set()
    read(bag, K="negative")
    assert offered(asked) == set()  # one reader is not enough
    read(bag, K="negative")
    assert offered(asked) == {bag.pk}
    with pytest.raises(Refused, match="not known to lack"):
        supply.issue(bag=other, request=asked)
    with pytest.raises(Refused, match="not known to lack"):
        requests.reserve(request=asked, bags=[other], **factories.acts())
    assert "bag_lacks_the_antigen" in by_hand(other, asked)
    issued = supply.issue(bag=bag, request=asked)
    assert issued.bag == bag and issued.pick.by_id != issued.issued_by_id
    read(other, K="negative")
    read(other, K="positive")
    assert offered(asked) == set()
    with pytest.raises(Refused, match="no emergency waives"):
        emergencies.ask(request=asked, bag=other, because="bleeding", **factories.acts())


def test_the_phenotype_and_the_other_needs(bag, other):
    asked = supply.request(bag.center)
    need(asked.patient, "phenotype")
    supply.crossmatched(asked, bag)
    assert "phenotype_of_the_patient_is_known" in by_hand(bag, asked)
    said = {"patient": asked.patient, "has": ["C", "e"], "lacks": ["c", "E", "K"]}
    patients.read(**said, **factories.acts())
    assert "bag_has_the_phenotype" in by_hand(bag, asked)
    for _reader in range(2):
        read(bag, c="negative", E="negative", K="negative")
    assert offered(asked) == {bag.pk}
    need(asked.patient, "cmv")
    assert "bag_is_cmv_negative" in by_hand(bag, asked)
    for _reader in range(2):
        read(bag, CMV="negative")
    need(asked.patient, "irradiated")
    assert "bag_is_irradiated" in by_hand(bag, asked)
    doctor = factories.user()
    for row in asked.patient.requirements.filter(kind="irradiated"):
        with pytest.raises(Refused, match="yourself"):
            patients.end_requirement(
                requirement=row, because="x", by=row.stated_by, now=timezone.now()
            )
        patients.end_requirement(
            requirement=row, because="end of aplasia", by=doctor, now=timezone.now()
        )
    assert offered(asked) == {bag.pk}


def test_a_pool_is_known_by_every_donor_in_it(bag, other):
    parts = list(Bag.objects.filter(component="PLT-STD", state="available"))
    pool = supply.fresh(pooling.pool(bags=parts, **factories.acts()))
    blood.label([pool])
    asked = supply.request(bag.center, component="PLT-POOL")
    need(asked.patient, "cmv")
    first, later = sorted(parts, key=lambda part: part.donation_id != pool.donation_id)
    for part, found in ((first, set()), (later, {pool.pk})):
        for _reader in range(2):
            read(part, CMV="negative")
        assert offered(asked) == found


def test_a_sample_serves_three_days_or_seven(bag):
    hospital, now = supply.hospital(bag.center), timezone.now()
    asked = supply.request(bag.center, hospital=hospital)
    ages = {True: timedelta(hours=71), False: timedelta(days=6)}
    until = {}
    for exposed, age in ages.items():
        tube = supply.sample(asked.patient, hospital, drawn_at=now - age, exposed=exposed)
        until[exposed] = patients.samples(asked.patient).get(pk=tube.pk).valid_until - tube.drawn_at
    assert until == {True: timedelta(hours=72), False: timedelta(days=7)}
    supply.issue(bag=bag, request=asked)  # what it got from here counts as well
    tube = patients.samples(asked.patient).get(exposed=False)
    assert tube.valid_until - tube.drawn_at == timedelta(hours=72)
    number = Sample.objects.first().number
    said = {"patient": asked.patient, "hospital": hospital, "number": tube.number, "drawn_by": "N"}
    for drawn_at, exposed in ((tube.drawn_at, True), (now, False)):
        with pytest.raises(Refused, match="Compare the tube"):
            patients.take_sample(drawn_at=drawn_at, exposed=exposed, **said, **factories.acts())
    with pytest.raises(Refused, match="of another patient"):
        patients.take_sample(
            patient=supply.patient(hospital),
            hospital=hospital,
            number=number,
            drawn_at=now,
            drawn_by="N",
            exposed=True,
            **factories.acts(),
        )


def bare(center: Center, group: str = "O+"):
    """A request of a patient of whom nothing was read yet."""
    hospital = supply.hospital(center)
    said = {"kind": "card", "sex": "M", "birth_year": 1990, "hospital": hospital}
    identity = patients.Identity(f"TA{next(factories.numbers)}")
    patient = patients.admit(identity=identity, **said, **factories.acts())
    return supply.request(center, group, patient=patient, hospital=hospital)


def test_what_is_missing_of_the_patient_is_told_one_after_the_other(bag):
    asked = bare(bag.center, "A+")
    patient, tube = asked.patient, None
    steps = []
    for step in ("sample", "screen", "crossmatch", "second"):
        steps.append(by_hand(bag, asked).split(":")[0])
        if step == "sample":
            tube = supply.sample(patient, asked.hospital)
        elif step == "screen":
            said = {"sample": tube, "blood_group": "A+", "screen": "negative"}
            patients.read(patient=patient, **said, **factories.acts())
        elif step == "crossmatch":
            supply.crossmatched(asked, bag)
    assert steps[:3] == [
        "sample_of_the_patient_is_valid",
        "antibodies_are_screened",
        "bag_is_crossmatched",
    ]
    # One determination: cells of O leave, of A they wait for the second one.
    own = supply.fresh(blood.red_cells(ABO="A"))
    supply.crossmatched(asked, own)
    assert "read_twice" in by_hand(own, asked)
    with pytest.raises(Refused, match="once only"):
        emergencies.ask(request=asked, bag=own, because="bleeding", **factories.acts())
    patients.read(patient=patient, blood_group="B+", stated_by="Dr N", **factories.acts())
    assert "in_doubt" in by_hand(own, asked)
    wrong = patient.readings.get(blood_group="B+")
    patients.drop_reading(reading=wrong, because="other tube", **factories.acts())
    patients.read(patient=patient, blood_group="A+", stated_by="Dr N", **factories.acts())
    assert crossmatching.group(patient) == "A+"
    Pick.objects.update(ended_at=timezone.now())
    supply.issue(bag=own, request=asked)


def test_an_incompatible_crossmatch_is_never_waived(bag):
    asked = supply.request(bag.center)
    supply.crossmatched(asked, bag, compatible=False)
    supply.crossmatched(asked, bag)
    assert offered(asked).isdisjoint({bag.pk})
    with pytest.raises(Refused, match="was incompatible"):
        supply.issue(bag=bag, request=asked)
    with pytest.raises(Refused, match="was incompatible"):
        emergencies.ask(request=asked, bag=bag, because="bleeding", **factories.acts())


def rule(center, because="as the committee decided", **said):
    issue_rules.change(center=center, because=because, **said, **factories.acts())


def test_the_rules_of_issue_change_with_a_reason_and_by_a_row_alone(client, bag, settings):
    settings.DEMO = True
    client.force_login(factories.staff(bag.center, "manager"))
    page = reverse("centers:issue-rules", args=[bag.center.code])
    said = {"second_check": "scan", "electronic_issue": "on"}
    assert "Say why" in client.post(page, said).text
    assert "few words" in client.post(page, said | {"because": "xxxxxxxxx"}).text
    said |= {"because": "as the committee decided"}
    assert "as the committee decided" in client.post(page, said, follow=True).text
    assert "the rules already" in client.post(page, said).text
    for change in ("second_check = 'person'", "electronic_issue = false"):
        assert "permission denied" in denied(f"UPDATE centers_center SET {change}")
    assert "append-only" in refused("DELETE FROM centers_issueruleschange")
    center = Center.objects.get(pk=bag.center_id)
    assert center.second_check == "scan" and center.electronic_issue


def test_a_computer_crossmatches_by_rule_only(bag):
    asked = supply.request(bag.center)
    assert not crossmatching.by_computer(asked.patient)
    rule(bag.center, second_check="person", electronic_issue=True)
    assert crossmatching.by_computer(asked.patient)
    issuing.pick(request=asked, bag=bag, scanned_group="O+", **factories.acts())
    need(asked.patient, "antibody")  # one not identified yet
    assert not crossmatching.by_computer(asked.patient)
    with pytest.raises(Refused, match="crossmatch of this bag"):
        issuing.issue(request=asked, bag=supply.fresh(bag), scanned_group="O+", **factories.acts())


def test_two_looks_by_two_people(bag, other):
    asked, by = supply.request(bag.center), factories.user()
    supply.crossmatched(asked, bag)
    said = {"request": asked, "bag": bag}
    with pytest.raises(Refused, match="Stop: compare the label"):
        issuing.pick(**said, scanned_group="A+", **factories.acts())
    assert "group_bar_is_that_of_the_bag" in refused(
        "INSERT INTO centers_pick (bag_id, request_id, scanned_group, at, by_id, reserve_because)"
        " VALUES (%s, %s, 'A+', now(), %s, '')",
        bag.pk,
        asked.pk,
        by.pk,
    )
    issuing.pick(**said, scanned_group="O+", by=by, now=timezone.now())
    said["bag"] = supply.fresh(bag)
    with pytest.raises(Refused, match="second person looks"):
        issuing.issue(**said, scanned_group="O+", by=by, now=timezone.now())
    rule(bag.center, second_check="scan", electronic_issue=False)
    issuing.issue(**said, scanned_group="O+", by=by, now=timezone.now())
    supply.picked(other)
    issuing.put_back(picked=Pick.objects.get(ended_at=None), by=by, now=timezone.now())
    assert Bag.objects.get(pk=other.pk).state == "available"


def test_who_the_patient_is_stays_sealed_and_each_look_is_logged(bag):
    hospital, by = supply.hospital(bag.center), factories.user()
    said = {"hospital": hospital, "kind": "card", "sex": "F", "birth_year": 1961}
    patient = patients.admit(
        identity=patients.Identity("TA 12345", "Fatna"), **said, **factories.acts()
    )
    assert b"12345" not in bytes(patient.identity_sealed) and "12345" not in patient.identity_key
    assert patients.look(patient=patient, by=by, reason="request").name == "Fatna"
    assert PatientAccess.objects.get().by == by
    denied("DELETE FROM centers_patientaccess")
    again = patients.Identity("ta-12345")
    assert patients.admit(identity=again, **said, **factories.acts()) == patient
    for changed in ({"sex": "M"}, {"birth_year": 1991}):
        with pytest.raises(Refused, match="Compare both"):
            patients.admit(identity=again, **said | changed, **factories.acts())
    other = patients.Identity("TA 12345", "Khadija")
    with pytest.raises(Refused, match="another name"):
        patients.admit(identity=other, **said, **factories.acts())
    later = patients.Identity("TA 12345", "فاطنة", date(1961, 3, 12))
    patients.admit(identity=later, **said, **factories.acts())
    known = patients.unseal(Patient.objects.get(pk=patient.pk))
    assert (known.name, known.birth_date) == ("Fatna", date(1961, 3, 12))
    with pytest.raises(Refused, match="born at another time"):
        said |= {"identity": patients.Identity("TA 12345", "", date(1961, 3, 13))}
        patients.admit(**said, **factories.acts())
    denied("UPDATE centers_patient SET birth_year = 1962")


def test_a_reading_is_of_the_tube_that_was_chosen(client, bag, settings):
    settings.DEMO = True
    asked = supply.request(bag.center)
    read_tube = asked.patient.samples.get()
    client.force_login(factories.staff(bag.center, "laboratory"))
    page = client.get(reverse("centers:patient-detail", args=[asked.patient.public_id]))
    assert page.context["reading_form"]["sample"].value() == read_tube.pk
    assert bag.donation.din[7:] in page.text  # the laboratory reads which bags to crossmatch
    listed = reverse("centers:patient-list", args=[bag.center.code])
    assert "crossmatch is still to be made" in client.get(listed).text
    assert page.context["sample_form"]["hospital"].value() == asked.hospital_id
    late = supply.sample(asked.patient, asked.hospital)  # arrives while the first one is read
    assert (
        page.context["cross_form"].helper.attrs["data-enter-next"] == ""
    )  # a scan's Enter goes on
    number = f"={bag.donation.din}00"  # only red cells are crossmatched
    sent = {
        "read": {"reading-sample": read_tube.pk, "reading-screen": "negative"},
        "crossmatch": {
            "cross-sample": read_tube.pk,
            "cross-number": number,
            "cross-technique": "antiglobulin",
            "cross-compatible": "yes",
        },
    }
    for name, said in sent.items():
        url = reverse(f"centers:patient-{name}", args=[asked.patient.public_id])
        client.post(url, {key: value for key, value in said.items() if "sample" not in key})
        assert client.post(url, said).status_code == 302, name
    assert asked.patient.readings.latest("pk").sample == read_tube
    assert read_tube.crossmatches.count() == 1 and not late.crossmatches.exists()
    assert "still to be made" not in client.get(listed).text
    need(asked.patient, "antibody", "K")
    client.force_login(factories.staff(bag.center, "stock"))
    shown = client.get(reverse("centers:request-detail", args=[asked.public_id])).text
    assert "2 bags of a fitting group are not known to lack" in shown


def test_from_a_vital_paper_to_the_bag_by_scans(client, bag, settings):
    """One scan of the square code says number and group; nothing else is typed."""
    settings.DEMO, settings.LANGUAGE_CODE = True, "en"
    hospital = supply.hospital(bag.center)
    doctor, keeper = (factories.staff(bag.center, job) for job in ("doctor", "stock"))
    client.force_login(keeper)
    typed = {
        "hospital": hospital.pk,
        "reference": "U-1",
        "kind": "temporary",
        "identifier": "X1",
        "sex": "M",
        "born": "1980",
        "recipient_group": "A+",
        "component": "RBC-SAGM",
        "count": "1",
        "urgency": "vital",
        "antibodies": ["?", "K"],
        "needs": ["irradiated:"],
        "diagnosis": "S36",
    }
    wrong = client.post(
        reverse("centers:request-new", args=[bag.center.code]),
        typed | {"diagnosis": "x", "born": "9"},
    )
    assert "ICD-10 code like" in wrong.text and "12/03/1961" in wrong.text
    answer = client.post(reverse("centers:request-new", args=[bag.center.code]), typed)
    asked = bag.center.requests.get()
    assert answer["Location"].endswith(f"{asked.public_id}/")
    assert asked.patient.requirements.count() == 3
    number = f"={bag.donation.din}00"
    square = f"=+04000{number}=%5100=<D0202V00&>0263312359"
    page = reverse("centers:request-pick", args=[asked.public_id])
    assert "Ask the hospital for a new one" in client.post(page, {"number": square}).text
    client.force_login(doctor)
    said = {"emergency-number": number, "emergency-because": "bleeding"}
    shown = client.get(reverse("centers:request-detail", args=[asked.public_id]))
    assert shown.context["emergency_form"].helper.attrs["data-enter-next"] == ""
    client.post(reverse("centers:emergency-ask", args=[asked.public_id]), said)
    row = asked.emergencies.get()
    client.force_login(keeper)
    agree = reverse("centers:emergency-agree", args=[asked.public_id, row.pk])
    client.post(agree, {f"agree{row.pk}-number": number})
    assert Issue.objects.get().bag == bag
    note = client.get(reverse("centers:request-note", args=[asked.public_id])).text
    assert "X1" in note and "Irradiated" in note

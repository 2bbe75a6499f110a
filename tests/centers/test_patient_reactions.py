"""Reactions of patients: what may be the blood's fault holds the donation; closed with imputability only."""

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.haemovigilance import national_report, patient_reactions
from centers.models import Assessment, BagAlarm, PatientReaction, Recall
from donors.errors import Refused
from donors.models import AccessLog
from tests.support import blood, factories, supply
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(reference, settings):
    settings.DEMO = True


def issued():
    bag = supply.fresh(blood.red_cells())
    supply.issue(request=supply.request(bag.center), bag=bag, **factories.acts())
    return supply.fresh(bag)


def assess(reaction, **said):
    values = {
        "kind": "febrile",
        "severity": 1,
        "outcome": "recovered",
        "imputability": "",
        "words": "",
    }
    values |= {"is_final": False, **factories.acts(), **said}
    return patient_reactions.assess(reaction=reaction, **values)


@pytest.mark.parametrize("kind", Assessment.Kind.values)
def test_what_may_be_the_bloods_fault_holds_the_donation(kind):
    bag = issued()
    supply.reaction(bag, kind=kind)
    held = kind in Assessment.HOLDS
    assert Recall.objects.filter(donation=bag.donation, cause="patient").exists() == held
    states = set(bag.donation.bags.exclude(component="WB-CPD").values_list("state", flat=True))
    assert states == {"transfused", "blocked" if held else "available"}
    assert BagAlarm.objects.open().filter(kind="hold").count() == (2 if held else 0)


def test_a_kind_found_later_holds_and_one_excluded_does_not():
    bag = issued()
    reaction = supply.reaction(bag)
    assess(reaction, kind="bacterial", imputability="excluded")
    assert not Recall.objects.exists()
    assess(reaction, kind="bacterial")
    assert Recall.objects.get().donation == bag.donation


def test_a_reaction_is_closed_with_its_imputability_and_opens_again_with_worse_news():
    reaction = supply.reaction(issued())
    with pytest.raises(Refused, match="imputability"):
        assess(reaction, is_final=True, words="x")
    with pytest.raises(Refused, match="founded"):
        assess(reaction, is_final=True, imputability="possible")
    assess(reaction, is_final=True, imputability="possible", words="cultures sterile")
    assert PatientReaction.objects.with_last().get().is_closed
    assess(reaction, severity=4, outcome="died")
    last = PatientReaction.objects.with_last().get()
    assert not last.is_closed and last.severity == 4
    insert = (
        "INSERT INTO centers_assessment (reaction_id, kind, severity, outcome, imputability, words,"
        " is_final, at, by_id) VALUES (%s, 'febrile', %s, 'recovered', '', 'x', %s, now(), %s)"
    )
    by = factories.user().pk
    assert "with_its_imputability" in refused(insert, reaction.pk, 1, True, by)
    assert "grade_four" in refused(insert, reaction.pk, 4, False, by)
    assert "append-only" in refused("UPDATE centers_assessment SET severity = 1")


def test_a_reaction_is_of_a_bag_that_left():
    shelved = supply.fresh(blood.red_cells())
    with pytest.raises(Refused, match="never left"):
        supply.reaction(shelved)
    lost = blood.tested(HBSAG="reactive").bags.get(component="RBC-SAGM")
    supply.reaction(lost, kind="viral")  # discarded by the records: still recordable
    assert supply.fresh(lost).state == "transfused"


def test_pages_of_a_reaction(client):
    bag = issued()
    client.force_login(factories.staff(bag.center, "stock"))
    new = reverse("centers:patient-reaction-new", args=[bag.public_id])
    said = {
        "began_at": "2026-01-05T10:00", "minutes": "15", "signs": "shivering", "kind": "trali",
        "severity": "4", "outcome": "recovered", "informant": "Dr Alami",
    }  # fmt: skip
    assert "belong together" in client.post(new, said).text
    assert client.post(new, said | {"severity": "3"}).status_code == 302
    reaction = PatientReaction.objects.get()
    address = reverse("centers:patient-reaction", args=[reaction.public_id])
    assert client.get(address).status_code == 404  # a doctor's page
    doctor = factories.staff(bag.center, "doctor")
    client.force_login(doctor)
    page = client.get(address).text
    assert "TRALI" in page and "shivering" in page and "Everything of this donation is held" in page
    assert AccessLog.objects.filter(by=doctor, reason="patient reaction").exists()
    done = {"kind": "trali", "severity": "3", "outcome": "recovered", "is_final": "on"}
    verb = reverse("centers:patient-reaction-assess", args=[reaction.public_id])
    assert "closed with its imputability" in client.post(verb, done).text
    done |= {"imputability": "probable", "words": "HLA antibodies in the donor"}
    assert client.post(verb, done).status_code == 302
    at = reverse("centers:patient-reaction-list", args=[bag.center.code])
    assert "Probable" in client.get(at).text


def test_a_page_names_bags_of_another_centre_without_a_link(client):
    red, fes = supply.fresh(blood.red_cells()), factories.center("CRTS-FES")
    supply.moved(red, fes)
    supply.issue(request=supply.request(fes), bag=supply.fresh(red), **factories.acts())
    reaction = supply.reaction(supply.fresh(red), kind="febrile")
    client.force_login(factories.staff(fes, "doctor"))
    page = client.get(reverse("centers:patient-reaction", args=[reaction.public_id])).text
    addresses = [reverse("centers:recall-begin", args=[red.donation.public_id])]
    for bag in red.donation.bags.filter(state="available").select_related("component"):
        assert bag.component.name in page
        addresses.append(reverse("centers:bag-detail", args=[bag.public_id]))
    assert len(addresses) == 3
    assert not [one for one in addresses if f'href="{one}"' in page]


def year_of(now):
    return timezone.localtime(now).year


def test_the_report_of_the_year_and_what_of_it_is_published(client):
    now = timezone.now()
    bag = issued()
    for number in range(6):
        supply.reaction(bag, began_at=now, kind="allergic" if number else "taco")
    died = supply.reaction(bag, began_at=now, kind="allergic", severity=4, outcome="died")
    assess(died, kind="allergic", severity=4, outcome="died", imputability="possible")
    exact = national_report.of_year(year=year_of(now), exact=True)
    by_kind = {line.label: line for line in exact.lines}
    assert by_kind["Allergic reaction"].figures == [5, 0, 0, 1] and exact.sums.total == 7
    assert dict(exact.degrees)["Possible"] == 1 and len(exact.cells) == 3
    assert exact.per_10_000 == 70_000
    public = national_report.of_year(year=year_of(now), exact=False)
    by_kind = {line.label: line for line in public.lines}
    assert by_kind["Allergic reaction"].figures[3] is None and not public.cells
    # What is shown does not add up to the one death.
    allergic, taco = by_kind["Allergic reaction"], by_kind[str(Assessment.Kind.TACO.label)]
    assert taco.figures[0] is None
    assert None in (allergic.figures[0], allergic.total)
    assert [figure for _label, figure in public.degrees].count(None) >= 2


def test_who_reads_which_report(client):
    year = year_of(timezone.now())
    page = reverse("centers:haemovigilance-report", args=[year])
    client.force_login(factories.staff(factories.center(), "stock"))
    assert client.get(page).status_code == 403
    client.force_login(factories.staff(factories.center(), "doctor"))
    assert "Every combination" not in client.get(page).text
    supply.reaction(issued())
    now, center = reverse("centers:haemovigilance"), factories.center()
    client.force_login(factories.staff(center, "manager"))
    assert f'href="{now}"' in client.get(reverse("centers:center-detail", args=[center.code])).text
    client.force_login(factories.administrator())
    assert f'href="{now}"' in client.get(reverse("campaigns:desk")).text
    assert client.get(now).text.count("Every combination") == 1
    assert "Every combination" in client.get(page).text
    assert "Every combination" not in client.get(f"{page}?for=public").text
    for ending, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        file = client.get(reverse("centers:haemovigilance-file", args=[year, ending]))
        assert file.content.startswith(begins) and str(year) in file["Content-Disposition"]
    assert client.get(reverse("centers:haemovigilance-report", args=[year + 1])).status_code == 404

"""The audit trail: whole, without what was found, for auditors only, and each look is logged."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.reports import act_names, acts, trail
from centers.models import Bag
from donors.contact import erasure
from donors.models import AccessLog, UserAccess
from tests.support import blood, factories
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
WHY = "A complaint of the donor"


@pytest.fixture
def auditor(reference):
    return factories.with_national_rights(is_auditor=True, first_name="Idris")


@pytest.fixture
def bag(reference):
    return blood.released()[-1]


def told(lines) -> set[tuple[str, str]]:
    return {(line.what, line.act) for line in lines}


def test_each_column_of_somebody_who_did_something_is_in_the_trail_and_has_words():
    every = acts.every()
    assert acts.untimed() == set()
    assert {"Result", "Movement", "Deferral", "Issue", "Recall"} <= {act.table for act in every}
    assert all(all(act_names.named(act)) for act in every)


def test_a_donors_trail_goes_from_the_registration_to_the_bags(bag, auditor):
    donor = bag.donation.donor
    lines = trail.of_donor(donor, by=auditor)
    expected = {"Visit", "Donation", "Reading", "Bag moved", "Bleeding", "Questionnaire"}
    assert expected <= {what for what, _act in told(lines)}
    assert {line.about for line in lines} <= {bag.donation.din, str(donor.public_id)}
    assert [x.at for x in lines] == sorted((x.at for x in lines), reverse=True)
    assert AccessLog.objects.get(by=auditor).donor == donor


def test_a_bags_trail_has_its_own_moves_and_those_of_the_donation(bag, auditor):
    other = Bag.objects.filter(donation=bag.donation).exclude(pk=bag.pk).first()
    moves = [line for line in trail.of_bag(bag, by=auditor) if line.what == "Bag moved"]
    assert len(moves) == bag.movements.count() < bag.movements.count() + other.movements.count()
    assert {"Reading", "Visit", "Bleeding"} <= {x.what for x in trail.of_bag(bag, by=auditor)}


def test_a_users_trail_is_of_the_days_asked_for(bag, auditor):
    reader = bag.donation.results.first().entered_by
    today = timezone.localdate()
    lines = trail.of_user(reader, by=auditor, since=today, until=today)
    assert told(lines) == {("Reading", "entered")}
    assert len(lines) == bag.donation.results.filter(entered_by=reader).count()
    entries = trail.together(lines)
    assert len(entries) < len(lines) == sum(count for _line, count in entries)
    past = {"since": today.replace(year=2020), "until": today.replace(year=2021)}
    assert not trail.of_user(reader, by=auditor, **past)
    looks = trail.of_user(auditor, by=auditor, since=today, until=today)
    assert told(looks) == {("Trail of a user opened", "recorded")}
    assert {line.about for line in looks} == {reader.username, auditor.username}


def test_an_auditor_asks_with_a_reason_and_takes_the_file(client, bag, auditor, settings):
    settings.DEMO = True
    client.force_login(auditor)
    ask = reverse("campaigns:trail")
    asked = {"of": "donor", "key": bag.donation.din}
    assert "Say why you look" in client.post(ask, asked).text
    assert (
        "No bag of this number"
        in client.post(ask, asked | {"key": "".join(factories.din()), "because": "x"}).text
    )
    assert "in a few words" in client.post(ask, asked | {"because": "x"}).text
    page = client.post(ask, asked | {"because": WHY})["Location"]
    assert AccessLog.objects.get(by=auditor, reason="audit trail").because == WHY
    text = client.get(page).text
    assert "Bag moved" in text and bag.donation.donor.family_name not in text
    assert f"<q>{WHY}</q>" in text, "who looked, and in which words they said why"
    key = bag.donation.donor.public_id
    file = client.get(reverse("campaigns:trail-file", args=["donor", key, "csv"])).content.decode()
    rows = list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["When", "Who", "What"] and len(rows) > 10
    assert "negative" not in file and WHY in {row[-1] for row in rows}
    others = bag.donation.bags.exclude(pk=trail.find_bag(bag.donation.din).pk)
    for of, sought in (("bag", bag.donation.din), ("user", auditor.username)):
        found = client.post(ask, {"of": of, "key": sought, "because": WHY})["Location"]
        assert client.get(found).status_code == 200
        if of == "bag":
            links = [f'href="{reverse("campaigns:trail-bag", args=[x.public_id])}"' for x in others]
            assert all(link in client.get(found).text for link in links) and len(links) > 1
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in client.get(found).text


@pytest.mark.parametrize("of", ["donor", "bag", "user"])
def test_no_trail_opens_by_its_address_and_a_reason_ends_after_half_an_hour(
    client, bag, auditor, settings, of
):
    settings.DEMO = True
    client.force_login(auditor)
    donor, ask = bag.donation.donor, reverse("campaigns:trail")
    key = {"donor": donor.public_id, "bag": bag.public_id, "user": auditor.pk}[of]
    page = reverse(f"campaigns:trail-{of}", args=[key])
    name = "campaigns:trail-user-file" if of == "user" else "campaigns:trail-file"
    file = reverse(name, args=[of, key, "csv"])
    model = UserAccess if of == "user" else AccessLog
    for address in (page, file):
        assert client.get(address)["Location"] == ask
    assert not model.objects.filter(by=auditor).exists()
    sought = auditor.username if of == "user" else bag.donation.din
    client.post(ask, {"of": of, "key": sought, "because": WHY})
    for address in (page, file):
        assert client.get(address).status_code == 200
    looks = list(model.objects.filter(by=auditor).order_by("pk").values_list("because", flat=True))
    assert looks == [WHY, "", ""], "a later look does not begin another half hour"
    with past_the_guards():
        earlier = timezone.now() - timedelta(minutes=31)
        model.objects.exclude(because="").update(at=earlier)
    assert client.get(page)["Location"] == ask


@pytest.mark.parametrize("right", ["is_administrator", ""])
def test_nobody_else_reads_a_trail(client, bag, right, settings):
    settings.DEMO = True
    someone = factories.with_national_rights(**{right: True}) if right else factories.user()
    client.force_login(someone)
    assert client.get(reverse("campaigns:trail")).status_code == 403
    key = bag.public_id
    assert client.get(reverse("campaigns:trail-bag", args=[key])).status_code == 404
    assert client.get(reverse("campaigns:trail-file", args=["bag", key, "csv"])).status_code == 404


def test_an_erased_persons_acts_stay(bag, auditor):
    donor = bag.donation.donor
    before = len(trail.of_donor(donor, by=auditor))
    erasure.erase(donor=donor, now=timezone.now())
    donor.refresh_from_db()
    assert len(trail.of_donor(donor, by=auditor)) == before + 1, "the first look"

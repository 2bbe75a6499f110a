"""Regressions seen by hurried users: links that were refused, stale values, lost input."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from centers.collection import arrivals, corrections, doctor
from centers.collection.forms.visits import read_temperature
from centers.distribution import emergencies, requests, transfers
from centers.inventory import recalls, stock
from centers.laboratory import worklist
from centers.models import Bag, Request, Session, Transfer, Visit
from centers.sessions import planning
from donors.eligibility import criteria
from donors.eligibility.criteria import Measures
from donors.errors import Refused
from tests.support import blood, factories, supply

pytestmark = pytest.mark.django_db


@pytest.fixture
def center(reference, settings):
    settings.DEMO = True
    return factories.center()


@pytest.fixture
def enter(client, center):
    def sign_in(*jobs):
        client.force_login(factories.staff(center, *jobs))
        return client

    return sign_in


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ta 123456", 'value="TA123456"'),
        ("0661123456", 'value="+212661123456"'),
        ("Salma Bennani", 'value="Bennani"'),
        ("سلمى بناني", 'value="بناني"'),
    ],
)
def test_what_was_searched_for_in_vain_stands_in_the_registration(enter, center, typed, kept):
    desk, session = enter("reception"), factories.session(center)
    found = desk.post(reverse("centers:donor-find", args=[session.public_id]), {"text": typed})
    assert 'name="looked_for"' in found.text
    page = reverse("centers:donor-register", args=[session.public_id])
    text = desk.post(page, {"looked_for": typed}).text
    assert kept in text and "error-summary" not in text


@pytest.mark.parametrize("name", ["123", "@@"])
def test_a_name_has_letters(enter, center, name):
    page = reverse("centers:donor-register", args=[factories.session(center).public_id])
    text = enter("reception").post(page, {"family_name": name, "given_name": name}).text
    assert text.count("A name has no digits.") >= 2


@pytest.mark.parametrize("job", ["reception", "collection", "doctor", "stock", "laboratory"])
def test_no_page_shows_a_link_that_refuses_its_reader(enter, center, job):
    bag = blood.red_cells()
    session = bag.donation.session
    here = enter(job)
    pages = [reverse("centers:stock", args=[center.code])]
    if job in ("reception", "collection", "doctor"):
        pages.append(reverse("centers:session-board", args=[session.public_id]))
        pages.append(reverse("centers:donation-detail", args=[bag.donation.public_id]))
    for page in pages:
        text = here.get(page).text
        main = text[text.index("<main") : text.index("</main>")]
        links = {part.split('"')[0] for part in main.split('href="')[1:]}
        for link in links:
            if link.startswith("/"):
                assert here.get(link.replace("&amp;", "&")).status_code != 403, (page, link)


def measured(visit, **changed):
    factories.sheet(visit.donor)
    values = {"haemoglobin": 150, "systolic": 125, "diastolic": 80, "pulse": 72}
    values |= {"weight": 70, "temperature": 37} | changed
    return arrivals.measure_and_decide(visit=visit, measures=Measures(**values), **factories.acts())


def test_the_visit_shows_the_values_that_count(enter, center):
    visit = factories.visit(
        factories.session(center), factories.donor(sex="M"), factories.user(), accepted=False
    )
    measured(visit, haemoglobin=125)
    corrections.correct(
        visit=visit, field="haemoglobin", value=152, because="typed badly", **factories.acts()
    )
    page = reverse("centers:visit-detail", args=[visit.public_id])
    text = enter("doctor").get(page).text
    assert "152 g/L" in text and ">125 g/L" not in text


def test_a_doubted_measure_is_one_sentence_in_the_readers_words(enter, center):
    visit = factories.visit(
        factories.session(center), factories.donor(), factories.user(), accepted=False
    )
    factories.sheet(visit.donor)
    nurse = enter("collection")
    page = reverse("centers:visit-measure", args=[visit.public_id])
    said = {"haemoglobin": "150", "pressure": "125/80", "weight": "70"}
    text = nurse.post(page, said | {"temperature": "38.5", "pulse": "120"}).text
    assert "Pulse is 120, over 100 beats a minute." in text
    assert "these values are right: " not in text
    bounds = criteria.criteria(on=date.today(), sex="M")
    with translation.override("fr"):
        (reason,) = criteria.measure_reasons(
            measures=Measures(temperature=read_temperature("38.5")), bounds=bounds, on=date.today()
        )
        assert "38,5" in reason.message and "37,5 °C" in reason.message


def test_a_second_tab_does_not_write_over_the_first_doctors_word(center):
    donor = factories.donor()
    visit = arrivals.arrive(session=factories.session(center), donor=donor, **factories.acts())
    factories.sheet(donor)
    doctor.clear(visit=visit, ground="other", because="an old scar", **factories.acts())
    with pytest.raises(Refused, match="just decided"):
        doctor.clear(visit=visit, ground="other", because="asked once again", **factories.acts())
    assert Visit.objects.get(pk=visit.pk).cleared_because == "an old scar"


def test_thirty_millilitres_are_a_bag(center):
    donation = blood.give(volume=30)
    assert donation.bags.get().state == "blocked"
    for sheet in (0, 1):
        blood.enter(donation, factories.user(), sheet)
    waiting = worklist.staged(center.donations.all(), by=factories.user())
    assert donation not in waiting  # nothing of it can ever be released


def test_a_request_not_served_is_closed_with_a_reason_and_entered_again(center):
    asked = supply.request(center)
    with pytest.raises(Refused, match="Not every bag"):
        requests.close(request=asked, because="", **factories.acts())
    requests.close(request=asked, because="the patient was moved", **factories.acts())
    again = supply.request(center, hospital=asked.hospital, reference=asked.reference)
    assert Request.objects.filter(reference=asked.reference).count() == 2
    with pytest.raises(Refused, match="entered already"):
        supply.request(center, hospital=again.hospital, reference=again.reference)


def test_stock_sees_which_bag_away_is_called_back(enter, center):
    bag = supply.fresh(blood.red_cells())
    supply.issue(request=supply.request(center), bag=bag, **factories.acts())
    keeper = enter("stock")
    page = reverse("centers:bags-away", args=[center.code])
    assert "Called back" not in keeper.get(page).text
    recalls.begin(donation=bag.donation, cause="call", because="x", **factories.acts())
    assert "Called back" in keeper.get(page).text
    back = reverse("centers:bag-return", args=[center.code])
    typed = bag.donation.din + bag.donation.check_character
    said = {"back-number": typed, "back-minutes_out": "5", "back-cold_chain_kept": "yes"}
    assert "The recall decides" in keeper.post(back, said, follow=True).text
    assert Bag.objects.get(pk=bag.pk).state == "blocked"


def test_an_emergency_of_a_tested_bag_is_not_called_untested(enter, center):
    bag = supply.fresh(blood.red_cells())
    asked = supply.request(center, group="O-")
    emergencies.ask(request=asked, bag=bag, because="bleeding", **factories.acts())
    page = reverse("centers:request-detail", args=[asked.public_id])
    text = enter("doctor").get(page).text
    assert "Emergency release of" in text and "Not every test" not in text


def test_a_doctor_who_has_a_test_read_again_stays_on_the_results(enter, center):
    donation = blood.tested()
    physician = enter("doctor")
    page = reverse("centers:result-repeat", args=[donation.public_id])
    answer = physician.post(page, {"marker": "HIV", "because": "control"}, follow=True)
    assert answer.redirect_chain == [
        (reverse("centers:result-detail", args=[donation.public_id]), 302)
    ]
    assert "Two people read this test again" in answer.text and "Enter results" not in answer.text


def test_a_session_of_another_day_is_not_opened_today(center):
    later = factories.session(center, days=20)
    Session.objects.filter(pk=later.pk).update(state="planned")
    with pytest.raises(Refused, match="Move it first"):
        planning.open_now(session=later, now=timezone.now())


def test_a_session_is_not_moved_onto_another_one(center):
    one, other = factories.session(center, days=20), factories.session(center, days=21)
    Session.objects.filter(pk__in=[one.pk, other.pk]).update(state="planned")
    names = {name: getattr(other, name) for name in ("name_ar", "name_fr", "name_en")}
    with pytest.raises(Refused, match="planned already"):
        planning.move(session=one, starts_at=other.starts_at, now=timezone.now(), **names)
    planning.move(
        session=one, starts_at=one.starts_at + timedelta(hours=1), now=timezone.now(), **names
    )


def test_a_box_too_warm_is_read_twice_before_its_bags_are_lost(enter, center):
    bag = supply.fresh(blood.red_cells())
    receiver = factories.center("CRTS-FES")
    sent = supply.transfer(center, receiver, count=1)
    transfers.put_in(transfer=sent, bag=bag, **factories.acts())
    transfers.send(transfer=sent, box="B-1", celsius=Decimal("4"), **factories.acts())
    keeper = enter()
    keeper.force_login(factories.staff(receiver, "stock"))
    transfers.take_out(transfer=Transfer.objects.get(), bag=bag, **factories.acts())
    page = reverse("centers:transfer-receive", args=[sent.public_id])
    assert "Read the temperature again" in keeper.post(page, {"celsius": "25"}).text
    assert Bag.objects.get(pk=bag.pk).state == "available"
    text = keeper.post(page, {"celsius": "25", "sure": "on"}, follow=True).text
    assert "Set them apart" in text and Bag.objects.get(pk=bag.pk).state == "blocked"


def test_a_rare_value_is_looked_at_twice_and_defers_nobody(center):
    visit = factories.visit(
        factories.session(center), factories.donor(), factories.user(), accepted=False
    )
    rare = Measures(haemoglobin=220)
    (doubt,) = arrivals.doubtful(visit=visit, measures=rare, now=timezone.now())
    assert "220 is rare" in doubt.message
    assert measured(visit, haemoglobin=220).allowed


def test_the_proposer_of_a_transfer_takes_it_back(enter, center):
    keeper = enter("stock")
    page = reverse("centers:transfer-new", args=[center.code])
    said = {"other": factories.center("CRTS-FES").pk, "way": "out", "component": "RBC-SAGM"}
    said |= {"blood_group": "O+", "count": "2", "because": ""}
    text = keeper.post(page, said, follow=True).text
    made = Transfer.objects.get()
    withdraw = reverse("centers:transfer-withdraw", args=[made.public_id])
    assert withdraw in text
    with pytest.raises(Refused, match="Somebody else proposed"):
        transfers.withdraw(transfer=made, **factories.acts())
    keeper.post(withdraw)
    assert Transfer.objects.get().state == "withdrawn"


def test_a_low_haemoglobin_ends_on_one_day(enter, center):
    donor = factories.donor(sex="M")
    visit = factories.visit(factories.session(center), donor, factories.user(), accepted=False)
    found = measured(visit, haemoglobin=125)
    (reason,) = arrivals.reasons_shown(found)
    assert "125, under 130" in reason.message and reason.until == found.next_on


def test_ticks_and_the_state_of_a_bag_survive_a_refusal(enter, center):
    bags = [blood.red_cells() for _turn in range(3)]
    asked = supply.request(center, count=2)
    keeper = enter("stock")
    ticked = {"bag": [str(bag.public_id) for bag in bags]}
    text = keeper.post(reverse("centers:request-reserve", args=[asked.public_id]), ticked).text
    assert "fewer bags" in text and len(re.findall(r"\schecked\s*>", text)) == 3
    stock.discard(bag=supply.fresh(bags[0]), reason="broken", **factories.acts())
    page = reverse("centers:request-pick", args=[asked.public_id])
    number = bags[0].donation.din + bags[0].donation.check_character
    products = {"number": f"={number[:-1]}00", "group_bar": "O+"}
    text = keeper.post(page, products).text
    assert "This bag does not fit here" in text or "Several bags" in text

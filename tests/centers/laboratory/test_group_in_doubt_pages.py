"""What the pages say while a group is in doubt, and what a doctor settles there."""

import pytest
from django.urls import reverse

from centers.distribution import requests
from centers.inventory import stock
from centers.laboratory import group_correction
from centers.models import (
    GroupDoubt,
    Reservation,
)
from donors.models import AccessLog
from tests.support import factories, supply
from tests.support.doubt import both, given_next, one, red

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("released")]


def test_a_request_that_loses_its_reserved_bag_says_so(client, settings, first, second):
    settings.DEMO = True
    asked = supply.request(first.center)
    requests.reserve(request=asked, bags=[red(first)], **factories.acts())
    one(second, ABO="A")
    assert Reservation.objects.get().ended_at is not None
    client.force_login(factories.staff(first.center, "stock"))
    page = client.get(reverse("centers:request-detail", args=[asked.public_id]))
    assert "take another one" in page.text and first.din[7:] in page.text
    listed = client.get(reverse("centers:request-list", args=[first.center.code]))
    assert "a reserved bag was blocked" in listed.text
    bag = client.get(reverse("centers:bag-detail", args=[red(first).public_id]))
    assert "group of this donor is in doubt" in bag.text and "Issue this bag" not in bag.text


def test_a_second_reader_is_not_told_what_the_first_one_read(client, settings, first, second):
    settings.DEMO = True
    one(second, ABO="A")
    page = reverse("centers:bag-detail", args=[red(first).public_id])
    told = {}
    for job in ("laboratory", "stock", "doctor"):
        client.force_login(factories.staff(first.center, job))
        told[job] = "group of this donor is in doubt" in client.get(page).text
    assert told == {"laboratory": False, "stock": True, "doctor": True}
    one(second, 1, ABO="A")
    client.force_login(factories.staff(first.center, "laboratory"))
    assert "group of this donor is in doubt" in client.get(page).text


def test_the_doctor_sees_it_first_and_nobody_else_does(client, settings, first, doubted):
    settings.DEMO = True
    home = reverse("centers:center-detail", args=[first.center.code])
    page = reverse("centers:group-doubt", args=[GroupDoubt.objects.get().public_id])
    for job in ("laboratory", "stock", "reception", "manager"):
        client.force_login(factories.staff(first.center, job))
        assert page not in client.get(home).text and client.get(page).status_code == 404
    client.force_login(factories.staff(factories.center("CRTS-FES"), "doctor"))
    assert client.get(page).status_code == 404
    client.force_login(factories.staff(first.center, "doctor"))
    text = client.get(home).text
    assert text.index(page) < text.index('id="today"')
    shown = client.get(page).text
    assert "All bags of this donor are held" in shown and first.din[7:] in shown
    assert AccessLog.objects.filter(donor=first.donor, reason="group in doubt").exists()


def test_a_doctor_settles_it_on_the_page(client, settings, first, doubted):
    settings.DEMO = True
    doctor = factories.staff(first.center, "doctor")
    client.force_login(doctor)
    doubt = GroupDoubt.objects.get()
    page = reverse("centers:group-doubt", args=[doubt.public_id])
    assert "new sample decides" in client.post(page, {"because": "x"}, follow=True).text
    both(given_next(doubted), ABO="O", D="positive")
    assert "agrees with the group on record" in client.get(page).text
    assert "Say what shows" in client.post(page, {"because": ""}).text
    assert (
        "is confirmed; the bags wait" in client.post(page, {"because": "third"}, follow=True).text
    )


def test_a_doctor_decides_about_each_bag_on_the_page(client, settings, first, doubted):
    settings.DEMO = True
    group_correction.read_anew(donation=doubted, **factories.acts())
    both(doubted, ABO="A", D="positive")
    group_correction.correct(donation=doubted, **factories.acts(because="swapped"))
    client.force_login(factories.staff(first.center, "doctor"))
    doubt = GroupDoubt.objects.get()
    page = reverse("centers:group-doubt", args=[doubt.public_id])
    assert "discard it, or have its group" in client.get(page).text
    ffp, plt = (first.bags.get(component=code) for code in ("FFP", "PLT-STD"))
    act = [reverse(f"centers:group-doubt-{name}", args=[doubt.public_id, bag.public_id])
           for name, bag in (("discard", ffp), ("relabel", plt))]  # fmt: skip
    assert "is discarded" in client.post(act[0], follow=True).text
    assert "does not prove" in client.post(act[1], {"because": "x"}, follow=True).text
    stock.discard(bag=supply.fresh(plt), reason="other", **factories.acts())
    assert page not in client.get(reverse("centers:center-detail", args=[first.center.code])).text

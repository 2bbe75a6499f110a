"""The month's report adds up against the ledger, and shows nobody what it should not."""

import contextlib
import csv
import io
import random
from datetime import datetime, timedelta
from zipfile import ZipFile

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from campaigns.reports import bag_counts, monthly, people_counts, periods, who
from campaigns.reports.tables import ALL
from centers.collection import arrivals, reactions
from centers.inventory import stock
from centers.models import Donation, Movement, Visit
from donors.clock.zones import MOROCCO
from donors.errors import Refused
from donors.models import Deferral, DeferralReason
from donors.people import duplicates
from tests.support import blood, factories
from tests.support.ledger import Shelf
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


def this_month() -> monthly.Month:
    return monthly.of(periods.month(timezone.localdate()))


def test_bags_add_up_against_the_ledger_after_any_row_of_acts(reference):
    dice, shelf = random.Random(44), Shelf()
    acts = shelf.acts()
    order = {"pack": range(3, 6), "send": range(1), "issue": range(3), "discard": range(6, 9)}
    first = [(name, number) for name, numbers in order.items() for number in numbers]
    rest = [(dice.choice(list(acts)), dice.randrange(50)) for _turn in range(60)]
    for name, number in first + rest:
        with contextlib.suppress(Refused):
            acts[name](number)
    month = this_month()
    assert all(balance.adds_up for balance in month.balances.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.code, count(*) FROM centers_bag b JOIN centers_center c ON c.id = b.center_id"
            " WHERE b.state = ANY (%s) GROUP BY 1",
            [bag_counts.HELD],
        )
        held = dict(cursor.fetchall())
    for code, balance in month.balances.items():
        assert balance.after == (held.get(code, 0) if code else sum(held.values()))
        issued = sum(n for (at, _family), n in month.issued.items() if at == code)
        assert balance.went["issued"] == issued
        assert balance.went["discarded"] == month.discards.counts[code, ALL]
    whole = month.balances[ALL]
    assert whole.came["collected"] == Donation.objects.count() == month.gave.counts[ALL, ALL]
    moved = Movement.objects.filter(to_state="issued").count()
    assert whole.went["issued"] == moved and moved > 0
    assert whole.went["discarded"] > 0 and whole.went["sent"] > 0


def test_everybody_who_came_is_counted_once_for_what_became_of_them(reference):
    by, now = factories.staff(factories.center(), "reception", "doctor"), timezone.now()
    session = factories.session()
    again, joined = factories.donor(), factories.donor()
    old = blood.record(blood.accepted_visit(donor=joined))
    with past_the_guards():
        long_ago = timezone.localdate() - timedelta(days=200)
        Donation.objects.filter(pk=old.pk).update(collected_on=long_ago)
        Deferral.objects.filter(donor=joined).delete()
    duplicates.merge(kept=again, gone=joined, by=by, because="one card", now=now)
    blood.record(factories.visit(session, again, by))
    blood.record(factories.visit(session, factories.donor(), by))
    ill = arrivals.arrive(session=session, donor=factories.donor(), by=by, now=now)
    surgery = DeferralReason.objects.get(code="MA-SURGERY")
    arrivals.defer(visit=ill, reason=surgery, by=by, now=now)
    gone = arrivals.arrive(session=session, donor=factories.donor(), by=by, now=now)
    arrivals.leave(visit=gone, by=by, now=now)
    pale = arrivals.arrive(session=session, donor=factories.donor(), by=by, now=now)
    factories.sheet(pale.donor, by)
    low = arrivals.Measures(
        haemoglobin=90, systolic=120, diastolic=80, pulse=70, weight=72, temperature=36.6
    )
    arrivals.measure_and_decide(visit=pale, measures=low, by=by, now=now)
    resting = arrivals.arrive(session=factories.session(), donor=again, by=by, now=now)
    assert resting.outcome == Visit.Outcome.DEFERRED
    month = this_month()
    gave, others = month.gave.counts, month.others.counts
    assert (gave["BS-TAZ", "again"], gave["BS-TAZ", "first"]) == (1, 1)
    told = {key: others["BS-TAZ", key] for key in people_counts.DID_NOT_GIVE}
    assert +people_counts.Counter(told) == {"health": 1, "left": 1, "haemoglobin": 1, "interval": 1}
    since, until = month.period.instants
    came = Visit.objects.filter(arrived_at__gte=since, arrived_at__lt=until).count()
    assert came - 1 == gave[ALL, ALL] + others[ALL, ALL], "one gave in another month"


def test_few_are_shown_to_nobody_on_the_page_in_files_and_in_the_year(reference, client, settings):
    settings.DEMO = True
    center = factories.center()
    given = blood.give()
    manager = factories.staff(center, "manager")
    reactions.note(
        visit=given.visit, kind="faint", grade=3, imputability="definite", after_leaving=False,
        injured=False, by=manager, now=timezone.now(),
    )  # fmt: skip
    client.force_login(manager)
    page = client.get(reverse("campaigns:report-center", args=[center.code]))
    assert page.status_code == 200 and "not shown" in page.text
    other = reverse("campaigns:report-center", args=["CRTS-FES"])
    assert client.get(other).status_code == 404
    for name in ("report-month", "report-who"):
        assert client.get(reverse(f"campaigns:{name}")).status_code == 403
    client.force_login(factories.with_national_rights(is_auditor=True))
    for name in ("report-month", "report-who"):
        assert "not shown" in client.get(reverse(f"campaigns:{name}")).text
        text = client.get(reverse(f"campaigns:{name}-file", args=["csv"])).content.decode()
        lines = {row[0]: row[1:] for row in csv.reader(io.StringIO(text)) if row}
        assert lines["Gave for the first time"][0] == "not shown"
        book = client.get(reverse(f"campaigns:{name}-file", args=["xlsx"])).content
        assert "not shown" in ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert client.get(other, {"month": "nonsense"}).status_code == 200
    assert client.get(reverse("campaigns:report-who"), {"year": "1066"}).status_code == 200


def test_the_year_is_the_sum_of_its_months(reference):
    for _donor in range(6):
        blood.record(blood.accepted_visit())
    year = who.sections(periods.year(timezone.localdate().year))
    figures = {str(name): shown for section in year for name, shown in section.lines}
    assert figures["Donations of whole blood"] == [6] == figures["Gave for the first time"]
    assert figures["Together"] == [0, 6, 6] and figures["25 to 44 years"] == [0, 6, 6]


def test_what_a_month_withholds_of_discards_is_no_difference_of_the_year(reference):
    bags = [blood.give().bags.get() for _donation in range(7)]
    for bag in bags:
        stock.discard(bag=bag, reason="broken", **factories.acts())
    march, april = datetime(2025, 3, 5, tzinfo=MOROCCO), datetime(2025, 4, 5, tzinfo=MOROCCO)
    with past_the_guards():
        gone = Movement.objects.filter(to_state="discarded")
        gone.update(at=april, reason="screening")
        gone.filter(bag=bags[0]).update(at=march)
    shown = [
        monthly.of(periods.month(day)).discards.shown(ALL, "reactive")
        for day in (march.date(), april.date())
    ]
    assert shown == [None, 6]
    year = who.sections(periods.year(2025))
    figures = {str(name): figure for section in year for name, figure in section.lines}
    assert figures["A test was reactive"] == [None] and figures["Past its date"] != [7]

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from campaigns.demo import check, days, plan, world
from campaigns.models import Addressee, Campaign, Memo
from centers.inventory import stock_levels
from centers.models import Bag, Center, Donation, Session, Slot, StockAlert
from donors.clock.calendar import midnight
from donors.eligibility import criteria
from donors.models import Consent, Contact, Donor, Membership, User
from donors.people import identity, names
from donors.showcase.roles import ROLES
from tests.support.owner import owner

pytestmark = pytest.mark.usefixtures("as_owner")  # as `load_demo` works
DONORS = 300


@pytest.fixture(scope="module", autouse=True)
def built(shared_rows):
    now = timezone.now()
    with owner():
        world.build(donors=DONORS, seed=7, now=now)
    return now


@pytest.fixture
def demo(built, reference):
    return built


def test_demo_tells_the_story(demo):
    today = timezone.localdate(demo)
    memo = Memo.objects.get()
    assert "إعادة تركيب" in memo.reference and "تطوعي" in memo.body
    taza = memo.addressees.get(unit__code="SR-TAZ")
    campaign = taza.campaigns.get()
    assert (taza.answer, campaign.state) == (Addressee.Answer.WILL, "running")
    assert campaign.center.code == "BS-TAZ"
    session = campaign.sessions.get(starts_at__lte=demo, ends_at__gt=demo)
    assert session.state == Session.State.OPEN
    assert campaign.sessions.filter(starts_at__gte=midnight(today + timedelta(days=1))).count() >= 3
    assert Slot.objects.filter(session__campaigns=campaign, taken__gt=0).exists()
    assert memo.addressees.filter(Q(seen_at=None), answer="").exists()
    assert not memo.addressees.get(unit__code="PP-MAR").answer
    waiting = Campaign.objects.get(state=Campaign.State.ASKED)
    assert waiting.center.code == "BS-TAZ"
    assert set(Campaign.objects.values_list("state", flat=True)) >= {"cancelled", "closed"}


def test_demo_has_days_unlike_the_others(demo):
    ahead = Session.objects.filter(starts_at__gt=demo, campaigns__state__in=Campaign.OPEN)
    full = ahead.exclude(slots__taken__lt=F("slots__places")).filter(slots__taken__gt=0)
    assert full.exists()
    assert ahead.filter(moves=1, was_at__isnull=False).exists()
    assert ahead.filter(state="cancelled").exclude(cancelled_because="").exists()
    assert any(timezone.localtime(session.starts_at).hour == 18 for session in ahead)
    assert Session.objects.filter(state="closed", campaigns__isnull=False).exists()


def test_demo_uses_the_demonstration_facility_only(demo):
    numbers = Donation.objects.values_list("din", flat=True)
    assert numbers and all(din.startswith("A9999") for din in numbers)


def test_demo_leaves_marrakech_and_agadir_under_their_relief_floors(demo):
    alerts = StockAlert.objects.filter(closed_at=None).values_list(
        "floor__center__code", "floor__blood_group", "kind"
    )
    assert set(alerts) == {(center, group, "relief") for center, group in plan.SHORT}
    rabat = Center.objects.get(code="CRTS-RAB")
    assert all(level.alert is None for level in stock_levels.levels(now=demo, center=rabat))


def test_demo_people_are_plausible(demo):
    today = timezone.localdate(demo)
    assert Donor.objects.count() == DONORS + 4  # those of ``campaigns/demo/visitors.py``
    deferred = Donor.objects.exclude(pk__in=criteria.undeferred(Donor.objects.all(), today)).count()
    assert 0.1 < deferred / DONORS < 0.45
    appeals = Consent.objects.filter(purpose="appeals").count()
    assert 0.6 < appeals / DONORS < 0.8
    assert 0.2 < Membership.objects.count() / DONORS < 0.45
    for address in Contact.objects.filter(channel="email").values_list("address", flat=True):
        assert address.rpartition("@")[2] in {"example.org", "example.com", "example.net"}
    donor = Donor.objects.exclude(family_name="").exclude(family_name_ar="").first()
    assert donor.name_key == names.fold(f"{donor.family_name} {donor.given_name}")
    assert donor.name_key_ar == names.fold(f"{donor.family_name_ar} {donor.given_name_ar}")
    assert identity.document_key(identity.open_document(donor)) == donor.document_key


def test_demo_has_work_for_every_bench_of_taza(demo):
    taza = Donation.objects.filter(center__code="BS-TAZ", bags__state=Bag.State.QUARANTINED)
    read = {d.results.values("entry").distinct().count() for d in taza.distinct()}
    assert read == {0, 1, 2}
    queue = Session.objects.get(center__code="BS-TAZ", state="open", kind="fixed").visits
    assert set(queue.values_list("outcome", flat=True)) == {"", "accepted", "deferred"}
    assert queue.filter(bleeding__ended_at=None, bleeding__din__startswith="A9999").exists()


def test_demo_donor_gave_once_and_may_give_again(demo):
    donor = Donor.objects.get(user__username="demo-donor")
    bag = donor.donations.get().bags.get(component="RBC-SAGM")
    assert bag.state in {Bag.State.ISSUED, Bag.State.TRANSFUSED}
    assert donor.appointments.get(state="booked").slot.starts_at > demo
    assert donor.contacts.get().verified_at
    assert criteria.assess(donor=donor, on=timezone.localdate(demo)).allowed


def test_demo_roles_are_users_without_a_password(demo):
    for role in ROLES:
        assert not User.objects.get(username=role.username).has_usable_password()
    assert User.objects.filter(username__startswith="demo-").count() == len(ROLES)


def test_check_finds_a_count_that_no_bag_explains(demo):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE centers_stocklevel DISABLE TRIGGER USER")
        cursor.execute("UPDATE centers_stocklevel SET available = available + 1")
    with pytest.raises(check.Broken, match=r"stock_is_counted.*indexes_and_triggers"):
        check.check(now=demo)


def test_year_of_the_number_is_the_year_of_the_donation(demo):
    for din, day in Donation.objects.values_list("din", "collected_on"):
        assert din[5:7] == f"{datetime(day.year, 1, 1):%y}"


def test_demo_opened_two_weeks_later_is_alive(demo):
    later = demo + timedelta(days=16)
    assert days.carry_on(now=later) > 0
    taza = Campaign.objects.get(unit__code="SR-TAZ", center__code="BS-TAZ")
    assert taza.state == "confirmed"
    day = timezone.localdate(later)
    session = taza.sessions.get(
        starts_at__gte=midnight(day), starts_at__lt=midnight(day + timedelta(days=1))
    )
    assert session.state == Session.State.OPEN and session.slots.exists()
    assert not Session.objects.filter(state="open", ends_at__lt=demo + timedelta(days=15)).exists()
    assert days.carry_on(now=later) == 0

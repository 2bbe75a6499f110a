from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from donors import reference
from donors.clock.calendar import add_period
from donors.eligibility import criteria, deferrals, policy
from donors.errors import Refused
from donors.models import Criterion, DeferralReason, PolicyChange
from tests.support import factories
from tests.support.attack import refused
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
AGE = ("criterion", "MA-AGE-MAX")
SURGERY = ("reason", "MA-SURGERY")


@pytest.fixture
def one(reference):
    return factories.administrator()


@pytest.fixture
def two(reference):
    return factories.administrator()


def ask(by, now, today, rule=AGE, days=1, **after):
    table, code = rule
    version = policy.last(table, code)
    values = {name: getattr(version, name) for name in policy.CHANGEABLE[table]}
    return policy.ask(
        table=table, code=code, after=values | after, valid_from=today + timedelta(days=days),
        because="circular 12 of 2026", by=by, now=now,
    )  # fmt: skip


def test_a_version_begins_when_another_administrator_said_yes(one, two, now, today):
    donor = factories.donor(birth_date=date(today.year - 62, 1, 1))
    change = ask(one, now, today, value=Decimal(65), days=10)
    later = today + timedelta(days=10)
    assert not criteria.assess(donor=donor, on=later).allowed
    policy.decide(change=change, approve=True, by=two, now=now)
    assert criteria.assess(donor=donor, on=later).allowed
    assert not criteria.assess(donor=donor, on=later - timedelta(days=1)).allowed
    old, new = Criterion.objects.filter(code="MA-AGE-MAX").order_by("valid_from")
    assert (old.value, old.valid_until, new.value, new.valid_until) == (60, later, 65, None)


def test_nobody_approves_their_own_change(one, now, today):
    change = ask(one, now, today, value=Decimal(65))
    with pytest.raises(Refused, match="somebody else has to approve"):
        policy.decide(change=change, approve=True, by=one, now=now)
    policy.decide(change=change, approve=False, by=one, now=now)
    assert policy.last(*AGE).value == 60


def test_a_change_never_reaches_back(one, two, now, today):
    with pytest.raises(Refused, match="tomorrow at the earliest"):
        ask(one, now, today, value=Decimal(65), days=0)
    change = ask(one, now, today, value=Decimal(65), days=1)
    with pytest.raises(Refused, match="tomorrow at the earliest"):
        policy.decide(change=change, approve=True, by=two, now=now + timedelta(days=2))
    assert policy.last(*AGE).value == 60


def test_one_change_waits_at_a_time_and_changes_something(one, now, today):
    with pytest.raises(Refused, match="these values already"):
        ask(one, now, today)
    ask(one, now, today, value=Decimal(65))
    with pytest.raises(Refused, match="waiting to be decided"):
        ask(one, now, today, value=Decimal(66))


def test_what_was_decided_before_stays_as_it_was(one, two, now, today):
    donor = factories.donor()
    reason = DeferralReason.objects.get(code="MA-SURGERY")
    old = deferrals.defer(donor=donor, reason=reason, starts_on=today, by=one, now=now)
    change = ask(one, now, today, SURGERY, value=6)
    policy.decide(change=change, approve=True, by=two, now=now)
    old.refresh_from_db()
    assert old.ends_on == add_period(today, 3, "month")
    assert (old.reason.value, policy.last(*SURGERY).value) == (3, 6)
    assert policy.last(*SURGERY).days == 182


def test_installing_again_changes_no_decision(one, two, now, today):
    change = ask(one, now, today, value=Decimal(65))
    policy.decide(change=change, approve=True, by=two, now=now)
    with owner():
        reference.load()
    assert [v.value for v in policy.history(*AGE)] == [65, 60]
    assert policy.history(*AGE)[1].valid_until == today + timedelta(days=1)


def test_the_database_changes_no_version_that_decided(one, today):
    for sql in (
        "UPDATE donors_criterion SET value = 70 WHERE code = 'MA-AGE-MAX'",
        "UPDATE donors_criterion SET in_use = false WHERE code = 'MA-AGE-MAX'",
        "UPDATE donors_criterion SET valid_until = current_date - 5 WHERE code = 'MA-AGE-MAX'",
        "UPDATE donors_deferralreason SET kind = 'none' WHERE code = 'MA-HIV'",
    ):
        assert "never changed" in refused(sql), sql
    for sql in ("DELETE FROM donors_criterion", "DELETE FROM donors_deferralreason"):
        assert "never deleted" in refused(sql) or "foreign key" in refused(sql)
    assert "a day to come" in refused(
        "INSERT INTO donors_criterion (code, authority, donation_type, sex, criterion, operator, "
        "value, unit, in_use, verified, source, note, valid_from) SELECT code, authority, "
        "donation_type, sex, criterion, operator, 70, unit, true, verified, source, note, "
        "current_date - 1 FROM donors_criterion WHERE code = 'MA-AGE-MAX'"
    )


def test_the_database_approves_nobody_alone(one, now, today):
    change = ask(one, now, today, value=Decimal(65))
    sql = (
        "UPDATE donors_policychange SET approved = true, decided_at = now(), decided_by_id = %s "
        "WHERE id = %s"
    )
    assert "approved_by_another_person" in refused(sql, one.pk, change.pk)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


def test_two_administrators_change_a_bound_in_the_browser(client, one, two, today):
    client.force_login(one)
    address = reverse("donors:policy-rule", args=AGE)
    day = today + timedelta(days=30)
    typed = {"value": "65", "in_use": "on", "valid_from": f"{day:%d/%m/%Y}", "because": ""}
    assert "by which text" in client.post(address, typed).text
    assert PolicyChange.objects.count() == 0
    client.post(address, typed | {"because": "circular 12"})
    change = PolicyChange.objects.get()
    decide = reverse("donors:policy-decide", args=[change.public_id])
    assert 'value="yes"' not in client.get(reverse("donors:policy")).text
    client.force_login(two)
    assert 'value="yes"' in client.get(reverse("donors:policy")).text
    client.post(decide, {"answer": "yes"})
    assert policy.last(*AGE).value == 65
    assert "circular 12" in client.get(address).text


def test_a_length_needs_its_unit(client, one, today):
    client.force_login(one)
    typed = {
        "kind": "permanent",
        "value": "6",
        "unit": "",
        "valid_from": "2099-01-01",
        "because": "x",
    }
    text = client.post(reverse("donors:policy-rule", args=SURGERY), typed).text
    assert "belong together" in text and "Only a deferral for a time" in text


def test_only_those_who_answer_for_it_see_and_change(client, reference, now, today):
    change = ask(factories.administrator(), now, today, value=Decimal(65))
    pages = [reverse("donors:policy"), reverse("donors:policy-rule", args=AGE)]
    decide = reverse("donors:policy-decide", args=[change.public_id])
    for address in (*pages, decide):
        assert client.post(address).status_code in (302, 405)
    neighbours = [
        factories.officer(factories.unit()),
        factories.staff(factories.center(), "doctor", "manager"),
    ]
    for neighbour in neighbours:
        client.force_login(neighbour)
        assert [client.get(page).status_code for page in pages] == [403, 403]
        assert client.post(decide, {"answer": "yes"}).status_code == 403
    client.force_login(factories.with_national_rights(is_auditor=True))
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert client.post(pages[1], {}).status_code == 403
    assert client.post(decide, {"answer": "yes"}).status_code == 403
    change.refresh_from_db()
    assert change.approved is None


def test_an_unknown_rule_is_not_found(client, one):
    client.force_login(one)
    for args in (("criterion", "NONE"), ("nothing", "MA-AGE-MAX")):
        assert client.get(reverse("donors:policy-rule", args=args)).status_code == 404

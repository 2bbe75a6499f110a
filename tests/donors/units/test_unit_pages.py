"""The tree in the browser: the officer above, access by others, the invitation."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from campaigns.messaging import outbox
from campaigns.models import DeliveredCopy
from campaigns.organising import officer_invitations
from donors.models import Invitation, Officer, Unit, User
from donors.units import officers, tree
from tests.support import factories

pytestmark = pytest.mark.django_db
NAMES = {"name_ar": "وحدة جديدة", "name_fr": "Unité nouvelle", "name_en": "New unit"}
ACTS = ("create", "rename", "move", "merge", "split", "close")
PASSWORD = "a long quiet river"


@pytest.fixture(autouse=True)
def _demo(settings, reference):
    settings.DEMO = True


def page(name, *args):
    return reverse(f"donors:{name}", args=args)


def test_a_stranger_signs_in_first(client):
    for address in (page("units"), page("unit", "SR-TAZ"), page("unit-act", "SR-TAZ", "close")):
        assert "/account/login" in client.get(address)["Location"]


def test_a_neighbour_finds_nothing(client):
    client.force_login(factories.officer(factories.unit("SR-TAZ")))
    assert client.get(page("unit", "PP-MAR")).status_code == 404
    assert "PP-MAR" not in client.get(page("units") + "?q=marrakech").text
    for act in ACTS:
        assert client.post(page("unit-act", "PP-MAR", act)).status_code == 404
    command = Officer.objects.get(user=factories.officer(factories.unit("PP-MAR")))
    assert client.post(page("officer-end", "PP-MAR", command.pk)).status_code == 404
    assert client.post(page("officer-invite", "PP-MAR")).status_code == 404


def test_staff_and_donors_have_no_units(client):
    client.force_login(factories.staff(factories.center(), "manager"))
    assert client.get(page("units")).status_code == 403
    assert client.get(page("unit", "SR-TAZ")).status_code == 403


def test_an_officer_reads_the_own_unit_and_changes_only_what_stands_below(client):
    client.force_login(factories.officer(factories.unit("PP-MAR")))
    own = client.get(page("unit", "PP-MAR")).text
    assert "unit-act" not in own and "Invite somebody" not in own
    assert client.post(page("unit-act", "PP-MAR", "rename")).status_code == 403
    below = client.get(page("unit", "DP-ESI")).text
    assert page("unit-act", "DP-ESI", "rename") in below and "Invite somebody" in below
    assert page("unit-act", "DP-ESI", "move") not in below
    assert client.post(page("unit-act", "DP-ESI", "move")).status_code == 403
    assert client.get(page("unit-act", "DP-ESI", "rename")).status_code == 200


def test_an_auditor_reads_everything_and_changes_nothing(client):
    client.force_login(factories.with_national_rights(is_auditor=True))
    assert client.get(page("unit", "DP-ESI")).status_code == 200
    for act in ACTS:
        assert client.get(page("unit-act", "DP-ESI", act)).status_code == 403


def test_an_administrator_does_every_act(client):
    client.force_login(factories.administrator())
    why = {"because": "decision 7"}
    new = NAMES | {"code": "NEW-1", "kind": "district", "province": "MA-TAZ"} | why
    client.post(page("unit-act", "SR-TAZ", "create"), new)
    unit = Unit.objects.get(code="NEW-1")
    client.post(page("unit-act", "NEW-1", "rename"), NAMES | {"name_en": "Other"} | why)
    client.post(page("unit-act", "NEW-1", "move"), {"to": "pp-mar"} | why)
    unit.refresh_from_db()
    assert (unit.name_en, unit.parent.code) == ("Other", "PP-MAR")
    client.post(page("unit-act", "NEW-1", "split"), NAMES | {"code": "NEW-2"} | why)
    into = Unit.objects.get(code="NEW-2")
    client.post(page("unit-act", "NEW-1", "merge"), {"into": into.code} | why)
    client.post(page("unit-act", "NEW-2", "close"), why)
    text = client.get(page("unit", "NEW-1")).text
    assert "Closed since" in text and "Merged into another unit" in text and "NEW-2" in text
    client.post(page("unit-act", "NEW-1", "reopen"), why)
    unit.refresh_from_db()
    assert unit.closed_on is None


@pytest.mark.parametrize(
    ("act", "typed", "sentence"),
    [
        ("rename", NAMES | {"name_ar": "", "because": "x"}, "in Arabic, French and English"),
        ("rename", NAMES, "history of a unit"),
        ("create", NAMES | {"code": "x y", "because": "x"}, "Capital letters"),
        ("create", NAMES | {"code": "DGSN", "kind": "district", "province": "MA-TAZ", "because": "x"}, "has this code already"),
        ("move", {"because": "x"}, "Choose the unit above"),
        ("close", {"because": "x"}, "open units under it"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(client, act, typed, sentence):
    client.force_login(factories.administrator())
    response = client.post(page("unit-act", "PP-MAR", act), typed)
    assert response.status_code == 200 and sentence in response.text
    if typed.get("name_fr"):
        assert typed["name_fr"] in response.text


def test_a_large_tree_costs_as_few_queries_as_a_small_one(client, django_assert_max_num_queries):
    client.force_login(factories.administrator())
    with django_assert_max_num_queries(14):
        client.get(page("unit", "DGSN"))
    top = factories.unit("DGSN")
    Unit.objects.bulk_create(
        Unit(parent=top, code=f"M-{n}", path=f"{top.path}M-{n}/", kind="district",
             province=top.province, **NAMES)
        for n in range(300)
    )  # fmt: skip
    with django_assert_max_num_queries(14):
        response = client.get(page("unit", "DGSN"))
    assert response.text.count("/units/M-") < 60
    assert client.get(page("unit-act", "DP-ESI", "move")).text.count("M-") < 60


def invite(client, code="DP-ESI", **typed):
    person = {"name": "Nadia Bennis", "email": "nadia@example.org"} | typed
    return client.post(page("officer-invite", code), person, follow=True)


def test_an_officer_is_invited_approved_and_takes_the_command_up(client, today):
    unit = factories.unit("DP-ESI")
    above = factories.officer(factories.unit("PP-MAR"))
    old = factories.officer(unit)
    client.force_login(above)
    assert "Somebody else above the unit has to approve" in invite(client, replaces=old.pk).text
    invitation = Invitation.objects.get()
    decide = page("officer-decide", unit.code, invitation.public_id)
    assert (
        "somebody else has to approve" in client.post(decide, {"answer": "yes"}, follow=True).text
    )
    accept = page("officer-accept", invitation.public_id)
    assert client.get(accept).status_code == 404
    assert officer_invitations.tell(now=timezone.now()) == 0
    client.force_login(factories.administrator())
    client.post(decide, {"answer": "yes"})
    assert (
        officer_invitations.tell(now=timezone.now()),
        officer_invitations.tell(now=timezone.now()),
    ) == (1, 0)
    outbox.deliver(now=timezone.now())
    texts = [c.text for c in DeliveredCopy.objects.all()] or [m.body for m in mail.outbox]
    assert any(str(invitation.public_id) in text for text in texts)
    client.logout()
    assert "never who gave" in client.get(accept).text
    assert not Officer.objects.filter(user__email="nadia@example.org").exists()
    assert "not the same" in client.post(accept, {"password": PASSWORD, "again": "x"}).text
    assert "too short" in client.post(accept, {"password": "abc", "again": "abc"}).text
    client.post(accept, {"password": PASSWORD, "again": PASSWORD})
    user = User.objects.get(email="nadia@example.org")
    assert user.check_password(PASSWORD)
    now = timezone.now()
    assert {o.user for o in officers.of(unit, now)} == {user}
    assert "used up" in client.get(accept).text


def test_somebody_with_an_account_signs_in_to_accept(client, now):
    person = factories.user(email="known@example.org")
    person.set_password(PASSWORD)
    person.save()
    unit = factories.unit("DP-ESI")
    made = officers.invite(
        unit=unit, name="Known", email="known@example.org", by=factories.administrator(), now=now
    )
    officers.approve(invitation=made, by=factories.administrator(), now=now)
    accept = page("officer-accept", made.public_id)
    assert "/account/login" in client.get(accept)["Location"]
    client.force_login(factories.user())
    assert "/account/login" in client.post(accept)["Location"]
    assert not officers.of(unit, now).filter(user=person).exists()
    client.force_login(person)
    client.post(accept)
    assert officers.of(unit, now).filter(user=person).exists()


def test_an_old_or_withdrawn_invitation_gives_nothing(client, now):
    made = officers.invite(
        unit=factories.unit("DP-ESI"), name="A", email="a@example.org",
        by=factories.administrator(), now=now - timedelta(days=9),
    )  # fmt: skip
    officers.approve(invitation=made, by=factories.administrator(), now=now - timedelta(days=8))
    accept = page("officer-accept", made.public_id)
    assert "used up" in client.get(accept).text
    client.post(accept, {"password": PASSWORD, "again": PASSWORD})
    assert not Officer.objects.filter(user__email="a@example.org").exists()


def test_the_same_person_is_invited_once(client):
    client.force_login(factories.administrator())
    invite(client)
    assert "invited already" in invite(client).text
    assert "name@example.org" in invite(client, email="nonsense").text
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("مراكش", "(PP-MAR)"),
        ("marrakech", "(PP-MAR)"),
        ("nowhere at all", "No open unit"),
        ("AR-MAR-24", "No open unit"),
        ("", "Choose the unit above"),
    ],
)
def test_a_name_shows_codes_and_decides_nothing(client, now, typed, sentence):
    closed, by = factories.unit("AR-MAR-24"), factories.administrator()
    tree.close(unit=closed, by=by, because="x", now=now)
    client.force_login(by)
    moved = {"to": typed, "because": "decision 7"}
    response = client.post(page("unit-act", "SR-TAZ", "move"), moved)
    assert sentence in response.text and "decision 7" in response.text
    assert factories.unit("SR-TAZ").parent.code == "DGSN"


def test_a_unit_is_not_offered_what_stands_under_it(client):
    client.force_login(factories.administrator())
    moved = {"to": "DP-ESI", "because": "decision 7"}
    assert "(DP-ESI)" not in client.post(page("unit-act", "PP-MAR", "move"), moved).text
    assert factories.unit("PP-MAR").parent.code == "DGSN"


def command(code):
    person = factories.officer(factories.unit(code))
    return Officer.objects.get(user=person)


def test_a_command_is_ended_from_above_with_a_day(client, today):
    row = command("DP-ESI")
    address = page("officer-end", "DP-ESI", row.pk)
    client.force_login(factories.officer(factories.unit("PP-MAR")))
    assert client.get(address).status_code == 200
    row.refresh_from_db()
    assert row.until is None, "looking ends nothing"
    assert "Choose the day" in client.post(address, {"on": ""}).text
    past = (today - timedelta(days=1)).isoformat()
    assert "today or later" in client.post(address, {"on": past}).text
    client.post(address, {"on": today.isoformat()})
    row.refresh_from_db()
    assert row.until == today
    assert "Who commanded before" in client.get(page("unit", "DP-ESI")).text
    assert client.get(address).status_code == 404


def test_who_is_not_above_ends_no_command(client):
    row = command("DP-ESI")
    address = page("officer-end", "DP-ESI", row.pk)
    for person, status in (
        (row.user, 403),
        (factories.officer(factories.unit("SR-TAZ")), 404),
        (factories.with_national_rights(is_auditor=True), 403),
        (factories.staff(factories.center(), "manager"), 404),
    ):
        client.force_login(person)
        assert client.get(address).status_code == status
        assert client.post(address, {"on": timezone.localdate()}).status_code == status
    client.force_login(factories.officer(factories.unit("PP-MAR")))
    other = page("officer-end", "PP-MAR", row.pk)
    assert client.post(other).status_code == 403
    row.refresh_from_db()
    assert row.until is None


def test_nobody_but_those_above_decides_on_an_invitation(client, now):
    unit = factories.unit("DP-ESI")
    made = officers.invite(
        unit=unit, name="A", email="a@example.org", by=factories.administrator(), now=now
    )
    decide = page("officer-decide", unit.code, made.public_id)
    for person, status in (
        (factories.officer(unit), 403),
        (factories.officer(factories.unit("SR-TAZ")), 404),
        (factories.with_national_rights(is_auditor=True), 403),
    ):
        client.force_login(person)
        for answer in ("yes", "no"):
            assert client.post(decide, {"answer": answer}).status_code == status
        assert "a@example.org" not in client.get(page("unit", unit.code)).text
    made.refresh_from_db()
    assert made.approved_at is None and made.dropped_at is None

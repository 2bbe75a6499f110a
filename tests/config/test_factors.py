"""A session's rights follow from factors used in it recently: not from those the account has."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from centers.models import Bag, Staff
from donors.contact import verification
from tests.support import blood, factories, sessions
from tests.support.owner import owner

pytestmark = pytest.mark.django_db

PASSWORD = "a long quiet river"
MINUTE = 60


@pytest.fixture(autouse=True)
def _real(settings):
    settings.DEMO = False


@pytest.fixture
def nurse(reference):
    return with_password(factories.staff(factories.center(), "reception"))


@pytest.fixture
def releaser(reference):
    return with_password(factories.staff(factories.center(), "laboratory"))


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def page() -> str:
    return reverse("centers:center-detail", args=["BS-TAZ"])


def asks(response) -> bool:
    return response.status_code == 303 and reverse("mfa_reauthenticate") in response["Location"]


def test_session_of_a_password_alone_stays_one_when_the_owner_sets_up_a_factor(client, nurse):
    sessions.begin(client, nurse, password_ago=0)
    assert client.get(page())["Location"] == reverse("mfa_index")
    sessions.with_app(nurse)  # in another session
    assert asks(client.get(page()))
    for name in ("mfa_index", "mfa_add_webauthn", "mfa_view_recovery_codes", "account_email"):
        assert asks(client.get(reverse(name))), name


def test_password_asked_again_does_not_stand_for_the_factor(client, nurse):
    sessions.with_app(nurse)
    sessions.begin(client, nurse, password_ago=0)
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer["Location"] == reverse("mfa_reauthenticate")
    assert asks(client.get(page()))


def test_code_of_the_app_makes_the_session_full(client, nurse):
    secret = sessions.with_app(nurse)
    sessions.begin(client, nurse, password_ago=0)
    asked = client.get(page())["Location"]
    answer = client.post(asked, {"code": sessions.code(secret), "next": page()})
    assert answer["Location"] == page()
    assert client.get(page()).status_code == 200


def test_factor_set_up_after_the_password_counts_at_once(committed, client, nurse):
    client.post(reverse("account_login"), {"login": nurse.username, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    client.post(reverse("mfa_activate_totp"), {"code": sessions.code(secret)})
    assert Authenticator.objects.filter(user=nurse, type="totp").exists()
    assert client.get(page()).status_code == 200


def test_factor_that_was_taken_away_counts_no_longer(client, nurse):
    sessions.with_app(nurse)
    sessions.begin(client, nurse, password_ago=0, factor_ago=0)
    assert client.get(page()).status_code == 200
    nurse.authenticator_set.all().delete()
    sessions.with_app(nurse)
    assert asks(client.get(page()))


@pytest.fixture
def donor_who_works(reference):
    """A donor whose account, which has no password, was given a job at a centre."""
    user = verification.account_of(donor=factories.donor())
    since = timezone.localdate()
    with owner():
        Staff.objects.create(user=user, center=factories.center(), job="laboratory", since=since)
    return user


def by_code(client, user) -> None:
    now = timezone.now()
    contact = user.donor.contacts.get()
    proof = verification.ask_to_sign_in(
        address=contact.address, born=user.donor.born, sender="", now=now
    )
    url = reverse("campaigns:me-code", args=[proof.public_id])
    assert client.post(url, {"code": verification.code_of(proof)})["Location"] == reverse(
        "campaigns:me"
    )


def test_code_of_a_message_opens_the_donors_pages_and_no_workplace(client, donor_who_works):
    by_code(client, donor_who_works)
    assert client.get(reverse("campaigns:me")).status_code == 200
    assert client.get(reverse("campaigns:home")).status_code == 200
    answer = client.get(page())
    assert answer.status_code == 403 and "in as staff" in answer.text
    # Nor may it set up a factor, which would give the right next.
    for name in ("mfa_index", "mfa_activate_totp", "account_set_password", "account_email"):
        assert client.get(reverse(name)).status_code == 403, name
    assert client.post(reverse("account_logout"))["Location"]


def test_code_of_a_message_sets_up_nothing_for_a_donor_without_a_job(client, reference):
    by_code(client, verification.account_of(donor=factories.donor()))
    assert client.get(reverse("campaigns:me")).status_code == 200
    for name in ("mfa_activate_totp", "account_set_password"):
        assert client.get(reverse(name)).status_code == 403, name


def test_donor_who_works_is_asked_for_the_factor_of_the_account(client, donor_who_works):
    sessions.with_app(donor_who_works)
    by_code(client, donor_who_works)
    assert asks(client.get(page()))


def test_passkey_that_signs_in_is_both_factors(client, nurse):
    key = Authenticator.objects.create(user=nurse, type="webauthn", data={"name": "key"})
    sessions.begin(client, nurse)
    session = client.session
    record = {"method": "mfa", "type": "webauthn", "id": key.pk, "passwordless": True, "at": 0}
    session["account_authentication_methods"] = [record]
    session.save()
    assert client.get(page()).status_code == 200


@pytest.mark.parametrize(("minutes", "released"), [(14, True), (16, False), (360, False)])
def test_bag_is_released_with_a_factor_of_the_last_minutes(client, releaser, minutes, released):
    donation = blood.tested()
    sessions.with_app(releaser)
    sessions.begin(client, releaser, password_ago=0, factor_ago=minutes * MINUTE)
    listed = reverse("centers:release-list", args=["BS-TAZ"])
    assert client.get(listed).status_code == 200
    url = reverse("centers:donation-release", args=[donation.public_id])
    answer = client.post(url, headers={"Referer": f"http://testserver{listed}?page=1"})
    assert Bag.objects.filter(donation=donation, state="released").exists() == released
    if not released:
        assert (
            asks(answer) and f"next={listed.replace('/', '%2F')}%3Fpage%3D1" in answer["Location"]
        )


def test_bag_is_released_after_the_code(client, releaser):
    donation = blood.tested()
    secret = sessions.with_app(releaser)
    sessions.begin(client, releaser, password_ago=0, factor_ago=6 * 60 * MINUTE)
    url = reverse("centers:donation-release", args=[donation.public_id])
    asked = client.post(url)["Location"]
    assert "Show again that it is you" in client.get(asked).text
    client.post(asked, {"code": sessions.code(secret)})
    client.post(url)
    assert Bag.objects.filter(donation=donation, state="released").exists()


def test_form_that_asks_is_asked_for_before_it_is_shown(client, reference):
    keeper = factories.administrator()
    sessions.with_app(keeper)
    sessions.begin(client, keeper, password_ago=0, factor_ago=20 * MINUTE)
    assert asks(client.get(reverse("donors:unit-act", args=["SR-TAZ", "rename"])))
    assert client.get(reverse("donors:unit", args=["SR-TAZ"])).status_code == 200
    rule = reverse("donors:policy-rule", args=["criterion", "MA-AGE-MAX"])
    assert client.get(rule).status_code == 200
    assert asks(client.post(rule))


def test_part_of_a_page_has_the_whole_page_ask(client, nurse):
    sessions.with_app(nurse)
    sessions.begin(client, nurse, password_ago=0)
    assert client.get(page(), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_demonstration_asks_nobody(client, settings, nurse):
    settings.DEMO = True
    client.force_login(nurse)
    assert client.get(page()).status_code == 200


def test_referer_of_another_site_is_no_way_back(client, releaser):
    sessions.with_app(releaser)
    sessions.begin(client, releaser, password_ago=0, factor_ago=60 * MINUTE)
    url = reverse("centers:donation-release", args=["00000000-0000-0000-0000-000000000000"])
    answer = client.post(url, headers={"Referer": "https://evil.example/x"})
    assert "evil" not in answer["Location"] and answer["Location"].endswith("next=%2F")

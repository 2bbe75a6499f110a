"""Redis is unavailable in the whole suite (tests/settings.py); these pages would use it first."""

import logging

import pytest
from django.core.cache import cache
from django.core.mail import get_connection
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from campaigns.messaging import retention
from config import settings as real
from donors.models import Roster
from donors.units import rosters
from tests.support import factories, sessions

pytestmark = pytest.mark.django_db
PASSWORD = "a long quiet river"


@pytest.fixture
def officer(reference, settings):
    settings.DEMO = False
    user = factories.officer(factories.unit())
    user.set_password(PASSWORD)
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def sign_in(client, user, password=PASSWORD, **extra):
    return client.post(
        reverse("account_login"), {"login": user.username, "password": password}, **extra
    )


def test_product_keeps_its_counters_where_the_accounts_are():
    assert real.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    assert "redis" not in str(real.CACHES["default"]).lower()
    cache.set("one", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM donors_throttle")
        assert cursor.fetchone() == (1,)


def test_officer_signs_in_with_two_factors(client, officer):
    secret = sessions.with_app(officer)
    assert sign_in(client, officer)["Location"] == reverse("mfa_authenticate")
    client.post(reverse("mfa_authenticate"), {"code": sessions.code(secret)})
    assert client.get(reverse("campaigns:desk")).status_code == 200


def test_code_of_the_app_works_once(client, officer):
    secret = sessions.with_app(officer)
    for signed_in in (True, False):
        client.logout()
        sign_in(client, officer)
        client.post(reverse("mfa_authenticate"), {"code": sessions.code(secret)})
        assert ("_auth_user_id" in client.session) == signed_in


def test_guessing_passwords_is_throttled(client, officer):
    for _try in range(5):
        assert sign_in(client, officer, "wrong").status_code == 200
    assert "Too many failed login attempts" in sign_in(client, officer).text
    assert "_auth_user_id" not in client.session


def test_guessing_codes_is_throttled(client, officer):
    secret = sessions.with_app(officer)
    sign_in(client, officer)
    for _try in range(6):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": sessions.code(secret)})
    assert "_auth_user_id" not in client.session


def test_counters_that_ran_out_are_forgotten(db):
    cache.set("live", 1, timeout=600)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO donors_throttle VALUES ('old', '', now() - interval '1 hour')")
    assert retention.forget(now=timezone.now())["counters"] == 1
    assert cache.get("live") == 1


def test_list_of_people_is_applied_and_its_page_shown(client, officer):
    client.force_login(officer)
    content = b"given_name,family_name,sex,birth_date\nKarim,Alaoui,M,1990-01-02\n"
    roster = rosters.upload(
        file_name="a.csv",
        content=content,
        unit=factories.unit(),
        by=officer,
        now=timezone.now(),
    )
    rosters.work(now=timezone.now())
    roster.refresh_from_db()
    rosters.agree(roster=roster, now=timezone.now(), leaves_elsewhere=True)
    sessions.with_app(officer)
    sessions.begin(client, officer, password_ago=0, factor_ago=0)
    url = reverse("campaigns:roster", args=[roster.public_id])
    assert client.get(url).status_code == 200
    rosters.work(now=timezone.now())
    roster.refresh_from_db()
    assert roster.state == Roster.State.APPLIED
    assert client.get(url).status_code == 200


def test_health_reports_that_redis_is_away_and_serves(client):
    answer = client.get(reverse("healthz"))
    assert answer.status_code == 200
    assert answer.json() == {
        "database": "up",
        "clock": "right",
        "keys": "right",
        "redis": "down",
        "messages": "running",
    }


def test_link_that_sets_a_password_anew_stands_in_no_log(
    client, officer, settings, tmp_path, capfd, caplog
):
    settings.EMAIL_BACKEND = real.EMAIL_BACKEND
    settings.EMAIL_FILE_PATH = tmp_path
    caplog.set_level(logging.DEBUG)
    client.post(reverse("account_reset_password"), {"email": officer.email})
    get_connection().close()
    (kept,) = tmp_path.iterdir()
    assert "/account/password/reset/key/" in kept.read_text()
    printed = capfd.readouterr()
    assert "reset/key" not in printed.out + printed.err + caplog.text

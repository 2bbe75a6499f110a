"""Every column is classified, and nothing personal leaves through logs, addresses or tasks."""

from __future__ import annotations

import csv
import inspect
import logging
import uuid
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from campaigns import tasks as campaign_tasks
from campaigns.account import own_record
from campaigns.messaging import outbox
from campaigns.models import Notification
from centers import tasks as center_tasks
from centers.collection import arrivals
from config import logs
from donors.errors import Refused
from donors.models import Contact, Donor
from donors.people import identity, privacy
from tests.support import blood, factories

APPS = ("donors", "centers", "campaigns")
KINDS = {"personal", "health", "neither"}


def declared(app: str) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    path = Path(apps.get_app_config(app).path) / "data" / "fields.csv"
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["model"], {})[row["kind"]] = row["fields"].split()
    return found


@pytest.mark.parametrize("app", APPS)
def test_every_field_is_declared_personal_health_or_neither(app):
    said = declared(app)
    models = {m.__name__: m for m in apps.get_app_config(app).get_models(include_auto_created=True)}
    assert said.keys() == models.keys()
    for name, model in models.items():
        assert said[name].keys() <= KINDS, name
        fields = [field for of in said[name].values() for field in of]
        assert sorted(fields) == sorted(f.name for f in model._meta.concrete_fields), name


@pytest.mark.parametrize("app", APPS)
def test_a_link_to_a_person_is_declared_personal(app):
    for name, kinds in declared(app).items():
        model = apps.get_model(app, name)
        for field in model._meta.concrete_fields:
            if field.related_model in (Donor, Contact):
                assert field.name not in kinds.get("neither", []), (name, field.name)


@pytest.mark.django_db
def test_erased_donor_keeps_no_personal_column(reference):
    """Every personal column of the donor's own row is blank, except those that a rule still
    reads."""
    donor = factories.donor(family_name="Bennani", phone="0661999888", document_number="Z717171")
    own_record.erase(donor=donor, now=timezone.now())
    donor.refresh_from_db()
    read = {"sex", "birth_date", "latest_birth_date", "document_key", "public_id", "language"}
    for field in set(declared("donors")["Donor"]["personal"]) - read:
        assert not getattr(donor, field), field
    assert donor.birth_date.replace(month=1, day=1) == donor.birth_date


SECRETS = {
    "family_name": "Zzyzxbennani",
    "given_name": "Qqsalma",
    "family_name_ar": "ظظبناني",
    "given_name_ar": "ظظسلمى",
    "email": "qqsalma@example.org",
    "phone": "0661717273",
    "document_number": "QZ717273",
}
SPELT = {*SECRETS.values(), "+212661717273", "661717273", "1987-05-17", "17/05/1987"}


@pytest.mark.django_db
def test_nothing_personal_stands_in_the_log(client, reference, now, caplog, settings):
    """A day at reception, a refusal, a failing mail server: every level of every logger."""
    settings.DEMO = True
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # off outside of DEBUG
    donor = factories.donor(birth_date=date(1987, 5, 17), **SECRETS)
    session = factories.session()
    client.force_login(factories.staff(session.center, "reception", "manager"))
    for text in SECRETS.values():
        client.post(reverse("centers:donor-find", args=[session.public_id]), {"text": text})
    client.post(reverse("centers:donor-register", args=[session.public_id]), SECRETS)
    client.get(reverse("centers:donor-find", args=[session.public_id]) + "nowhere/")
    by = factories.user()
    arrivals.arrive(session=session, donor=donor, by=by, now=now)
    with pytest.raises(Refused):
        arrivals.arrive(session=session, donor=donor, by=by, now=now)
    with pytest.raises(identity.AlreadyRegistered) as known:
        factories.donor(**SECRETS)
    contact = Contact.objects.filter(donor=donor).first()
    outbox.enqueue(
        urgent=True,
        kind="proof_code",
        cause="test",
        subject_id=0,
        donor=donor,
        contact=contact,
        now=now,
    )
    outbox.deliver(now=timezone.now())
    tried = Notification.objects.get(cause="test")
    assert tried.attempts
    written = caplog.text + str(known.value) + repr(donor) + str(donor)
    written += tried.error
    for secret in SPELT:
        assert secret not in written, secret


def test_no_address_of_the_site_carries_more_than_an_opaque_key():
    """Whole numbers are keys of rows without personal data: slots, own addresses, sizes of
    icons."""
    allowed = {"uuid", "slug", "str", "int"}
    words = {
        "code", "component", "group", "unit", "kind", "component_code", "section", "app", "key",
        "provider", "token", "on", "year", "month",
    }  # fmt: skip
    for name, converter, parameter in _parameters(get_resolver().url_patterns):
        assert converter in allowed, (name, parameter)
        if converter in ("slug", "str"):
            assert parameter in words, (name, parameter)


def _parameters(patterns):
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            if "allauth" not in str(getattr(pattern, "urlconf_name", "")):
                yield from _parameters(pattern.url_patterns)
            continue
        for parameter, converter in getattr(pattern.pattern, "converters", {}).items():
            kind = (
                type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
            )
            yield pattern.name, kind, parameter


@pytest.mark.parametrize("module", [campaign_tasks, center_tasks])
def test_no_task_takes_anything_of_a_person(module):
    """Tasks take no arguments: they read their work from the tables."""
    names = [n for n, of in vars(module).items() if hasattr(of, "delay")]
    assert names
    for name in names:
        assert not inspect.signature(getattr(module, name).run).parameters, name


@pytest.mark.django_db
def test_the_log_of_looks_is_kept_permanently(reference, now):
    from tests.support.attack import refused

    donor = factories.donor()
    privacy.log_access(donor=donor, by=factories.user(), reason="visit")
    for sql in ("DELETE FROM donors_accesslog", "UPDATE donors_accesslog SET reason = ''"):
        assert "append-only" in refused(sql)


@pytest.mark.django_db
def test_an_error_page_shows_nothing_that_was_typed(client, reference, settings):
    settings.DEMO = True
    donation = blood.give()
    client.force_login(factories.staff(donation.center, "reception"))
    address = reverse("centers:donor-arrive", args=[donation.session.public_id])
    response = client.post(address, {"donor": SECRETS["email"], "x": str(uuid.uuid4())})
    assert response.status_code == 404
    assert SECRETS["email"] not in response.text


def test_a_refused_row_is_not_told_in_the_log():
    line = logs.WithoutRows("{message}", style="{")
    error = IntegrityError(
        "violates check constraint\nDETAIL:  Failing row contains (Salma\nBennani, 1991).\nCONTEXT:  SQL"
    )
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "no", (), (type(error), error, None))
    logged = line.format(record)
    assert "violates check constraint" in logged and "Bennani" not in logged

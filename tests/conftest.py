from __future__ import annotations

import gc
import os

import pytest
from django.db import connection, transaction
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings

from tests.support import browser, owner, pristine

# Folders whose files take longest: browsers, processes that are killed, crowds of threads.
LONG = {"journeys", "faults", "concurrency"}
# No example is timed: a busy machine is slow, not wrong. Function-scoped fixtures keep one
# transaction for all examples of a test.
settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _english():
    """Tests assert sentences in English; a test of Arabic text requests it."""
    with translation.override("en"):
        yield


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def today(now):
    return timezone.localdate(now)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the reference rows once for all tests; after a test that commits they are restored."""
    with django_db_blocker.unblock():
        _load_reference()
        pristine.keep(connection)
        owner.leave()
    yield
    # A thread of the live server may still hold a session: the database is dropped next.
    with django_db_blocker.unblock(), owner.owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _load_reference():
    from centers import reference as blood
    from centers.models import Acceptance, Center
    from donors import reference as people

    people.load()
    blood.load()
    # Most tests need no doctor: those of acceptance say who accepts.
    Center.objects.update(acceptance=Acceptance.MEASURER)


def _have_reference():
    from donors.models import Unit

    if not Unit.objects.exists():
        with owner.owner():
            _load_reference()


@pytest.fixture
def reference(db):
    """The reference rows: places, units, criteria, reasons, centres, components, markers."""
    _have_reference()


@pytest.fixture(scope="module")
def shared_rows(django_db_setup, django_db_blocker):
    """A transaction around all tests of a module: what a module's fixture writes is built once.

    Each test's own transaction is a savepoint in it, so that no test sees the rows of another. The
    fixture returns keys and no objects, because a test may change an object.
    """
    with django_db_blocker.unblock(), translation.override("en"), transaction.atomic():
        _have_reference()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def as_owner(db):
    """What a test does that is the owner's: migrating, loading a release or the demonstration."""
    with owner.owner():
        yield


@pytest.fixture(scope="session")
def chromium():
    yield from browser.launch(os.environ.get("CHROMIUM") or None)


@pytest.fixture(scope="session")
def _kept_contexts(chromium, live_server):
    with browser.Contexts(chromium, live_server.url) as contexts:
        yield contexts


@pytest.fixture
def phone(_kept_contexts):
    yield from browser.tab(_kept_contexts.of(touch=True, **browser.PHONE))


@pytest.fixture
def phone_at_night(_kept_contexts):
    yield from browser.tab(_kept_contexts.of(scheme="dark", touch=True, **browser.PHONE))


@pytest.fixture
def desktop(_kept_contexts):
    yield from browser.tab(_kept_contexts.of(**browser.DESKTOP))


@pytest.fixture
def sign_in(settings, client, live_server):
    """Signs a user in; None is an anonymous reader."""
    settings.DEMO = True  # a second factor is asked for otherwise

    def enter(page, user):
        page.context.clear_cookies()
        if user:
            client.force_login(user)
            key = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}
            page.context.add_cookies([cookie])

    return enter


@pytest.fixture
def committed(transactional_db, reference):
    """Reference rows visible to other threads, processes and browsers; restored with the guards
    disabled."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The long files first, so that no worker ends with one of them alone; the order is random
    otherwise."""
    items.sort(key=lambda item: not LONG & set(item.path.parts))


def pytest_collection_finish():
    """Freeze the loaded objects: garbage collection over them takes an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)

"""One clock of Morocco for Python, SQL and the browser, whatever zone files the machine has."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import tzdata
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from campaigns.agenda import listing
from campaigns.public import month_sheet
from centers.models import Session
from centers.overview import incidents as centre_month
from centers.sessions import planning
from config.celery import beside_the_right_database
from donors.clock import zone_offsets, zones
from donors.clock.calendar import local_day, midnight
from tests.support import attack, blood, booking
from tests.support.owner import granted, owner

ROOT = Path(__file__).parents[2]
OURS = [ROOT / name for name in ("bench", "campaigns", "centers", "config", "donors")]
SAYS = """
import json, logging, time
from datetime import datetime
import config
from config.logs import WithoutRows
from django.conf import settings
settings.USE_TZ
from django.utils import timezone
from donors.clock.calendar import quiet_until
at = datetime.fromisoformat("2026-11-27T07:30:00+00:00")
record = logging.makeLogRecord({"created": at.timestamp()})
print(json.dumps([
    timezone.localtime(at).isoformat(),
    timezone.make_aware(datetime(2026, 11, 27, 8, 30)).isoformat(),
    quiet_until(datetime.fromisoformat("2026-11-27T20:30:00+00:00"), (21, 8)),
    quiet_until(at, (21, 8)).isoformat(),
    time.strftime("%H:%M %z", time.localtime(at.timestamp())),
    WithoutRows("{asctime}", style="{").formatTime(record),
]))
"""


@pytest.fixture
def old(tmp_path) -> Path:
    """Zone files from before 2026c, as far as autumn 2026: Morocco one hour ahead of UTC."""
    (tmp_path / "Africa").mkdir()
    for name in ("Africa/Casablanca", "UTC"):
        of = "Etc/GMT-1" if name.startswith("Africa") else name
        (tmp_path / name).write_bytes((files(tzdata) / "zoneinfo" / of).read_bytes())
    return tmp_path


def run(code: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"} | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("machine", ["as it is", "old", "current", "none"])
def test_the_machines_own_zone_files_change_nothing(machine, old, tmp_path_factory):
    current = str(files(tzdata) / "zoneinfo")
    paths = {"old": str(old), "current": current, "none": str(tmp_path_factory.mktemp("empty"))}
    path = paths.get(machine)
    said = run(SAYS, **({"PYTHONTZPATH": path, "TZDIR": path} if path else {}))
    assert json.loads(said.stdout or said.stderr) == [
        "2026-11-27T07:30:00+00:00",
        "2026-11-27T08:30:00+00:00",
        None,
        "2026-11-27T08:00:00+00:00",
        "07:30 +0000",
        "2026-11-27 07:30:00.000+00:00",
    ]


def package(folder: Path, *, version: str, casablanca: str) -> str:
    """A folder with another ``tzdata``, found before the pinned one."""
    made = folder / "tzdata"
    shutil.copytree(Path(tzdata.__file__).parent, made)
    (made / "__init__.py").write_text(f'IANA_VERSION = "{version}"\n')
    data = (made / "zoneinfo" / casablanca).read_bytes()
    (made / "zoneinfo" / "Africa" / "Casablanca").write_bytes(data)
    return str(folder)


@pytest.mark.parametrize(
    ("version", "casablanca", "starts"),
    [
        ("2025b", "Etc/GMT-1", False),
        ("2026b", "Africa/Casablanca", False),
        ("2027a", "Etc/GMT-1", False),
        ("2026c", "Africa/Casablanca", True),
        ("2027a", "Africa/Casablanca", True),
    ],
)
def test_the_start_refuses_zone_data_that_are_too_old(tmp_path, version, casablanca, starts):
    folder = package(tmp_path, version=version, casablanca=casablanca)
    said = run("import config", PYTHONPATH=folder)
    assert (said.returncode == 0) is starts
    refusal = (
        f"The zone data here ({version}) have Morocco's clock an hour wrong: install the tzdata"
    )
    assert (refusal in said.stderr) is not starts


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2023-09-08T23:11:00+01:00", "2023-09-08T22:11:00+00:00"),
        ("2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00+00:00"),  # in Ramadan
        ("2026-09-20T01:59:59+01:00", "2026-09-20T00:59:59+00:00"),
        ("2026-09-20T01:00:00+00:00", "2026-09-20T01:00:00+00:00"),
        ("2026-11-27T09:00:00+00:00", "2026-11-27T09:00:00+00:00"),
    ],
)
def test_an_instant_keeps_the_difference_of_its_time(local, utc):
    assert datetime.fromisoformat(utc).astimezone(zones.MOROCCO).isoformat() == local


def sql(expression: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}", values)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_last_hour_of_the_day_is_of_one_day():
    late = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    assert sql("morocco_day(%s)", late) == local_day(late) == date(2026, 11, 27)
    before = datetime(2026, 9, 18, 23, 30, tzinfo=UTC)
    assert sql("morocco_day(%s)", before) == local_day(before) == date(2026, 9, 19)


@pytest.mark.django_db
@given(st.datetimes(datetime(1890, 1, 1), datetime(2099, 12, 30), timezones=st.just(UTC)))
def test_sql_and_python_have_the_same_days(at):
    assert sql("morocco_day(%s)", at) == local_day(at)
    day = local_day(at)
    assert sql("morocco_midnight(%s)", day) == midnight(day).astimezone(UTC)


@pytest.mark.django_db
def test_sql_and_python_agree_around_every_change():
    for offset in zones.offsets()[1:]:
        for hours in range(-26, 27):
            at = datetime.fromtimestamp(offset.since, UTC) + timedelta(hours=hours)
            assert sql("morocco_day(%s)", at) == local_day(at)
            day = local_day(at)
            # For Python a midnight skipped by a clock change is unequal to every other instant.
            assert sql("morocco_midnight(%s)", day) == midnight(day).astimezone(UTC)


@pytest.mark.django_db
def test_no_function_of_the_database_reads_a_zone_file():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
            r" AND prosrc ~* 'time\s+zone|timezone|casablanca|current_date|localtime|date_trunc'"
        )
        assert cursor.fetchall() == []


def test_no_query_of_ours_asks_the_database_for_a_local_time():
    """These make Django write AT TIME ZONE, which reads the zone files of the database server."""
    parts = (
        "date|time|year|iso_year|month|day|week|week_day|iso_week_day|quarter|hour|minute|second"
    )
    asks = re.compile(
        rf"__({parts})(__(gt|gte|lt|lte|in|range))?\b *[=\"']|\b(Trunc|Extract)[A-Z]?\w*\(|\.datetimes\(|date_hierarchy"
        r"|AT TIME ZONE|::date\b.*_at\b|_at\)?::date"
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in OURS
        for path in folder.rglob("*.py")
        if path.parent.name != "migrations"
        for line in path.read_text().splitlines()
        if asks.search(line)
    ]
    assert found == []


def test_no_module_but_one_names_the_zone_or_reads_the_machines():
    asks = re.compile(r"ZoneInfo\(|Africa/Casablanca|date\.today\(|datetime\.now\(\)|utcnow\(")
    found = [
        str(path.relative_to(ROOT))
        for folder in OURS
        for path in folder.rglob("*.py")
        if path.parent.name != "migrations" and asks.search(path.read_text())
    ]
    assert found == ["donors/clock/zones.py"]


def test_pages_of_days_send_no_zone_to_the_database(reference, now):
    campaign = booking.campaign()
    session = campaign.sessions.get()
    first = local_day(session.starts_at).replace(day=1)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        weeks = month_sheet.sheet(listing.coming(now), first).weeks
        centre_month.counts(session.center, now=now)
        list(planning.today(Session.objects.all(), now))
    assert "TIME ZONE" not in " ".join(query["sql"] for query in asked.captured_queries)
    counted = {day.on: day.campaigns for week in weeks for day in week if day.campaigns}
    assert counted == {local_day(session.starts_at): 1}


@pytest.mark.parametrize(
    ("starts_at", "on"),
    [
        (datetime(2027, 3, 31, 23, 30, tzinfo=zones.MOROCCO), date(2027, 3, 31)),
        (datetime(2027, 4, 1, 0, 0, tzinfo=zones.MOROCCO), date(2027, 4, 1)),
    ],
)
def test_a_late_session_counts_on_its_day_of_the_month(reference, starts_at, on):
    now = datetime(2027, 3, 1, tzinfo=UTC)
    campaign = booking.campaign()
    campaign.sessions.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    for first in (date(2027, 3, 1), date(2027, 4, 1)):
        weeks = month_sheet.sheet(listing.coming(now), first).weeks
        counted = [day.on for week in weeks for day in week if day.campaigns]
        assert counted == ([on] if on.month == first.month else [])
    assert listing.on_day(listing.coming(now), on).stops.exists()
    assert not listing.on_day(listing.coming(now), on - timedelta(days=1)).stops.exists()


@pytest.mark.django_db
def test_a_bag_keeps_until_the_end_of_its_last_day(reference, today):
    bag = blood.give().bags.get()
    assert sql("bag_keeps_until(b) FROM centers_bag b WHERE id = %s", bag.pk) == midnight(
        today + timedelta(days=22)
    )


@pytest.fixture
def stale(db):
    """The rows of a database that was migrated with older zone data."""
    with owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM donors_zoneoffset WHERE since = 1789866000")
        assert cursor.rowcount == 1


def test_a_start_beside_another_clock_is_refused_until_migrate_renews_it(stale, client):
    with pytest.raises(ImproperlyConfigured, match="another clock of Morocco.*bin/manage migrate"):
        zone_offsets.require()
    with pytest.raises(SystemExit, match="another clock of Morocco"):
        beside_the_right_database()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["clock"]) == (503, "wrong")
    with owner():
        zone_offsets.after_migrating(using="default")
    zone_offsets.require()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["clock"]) == (200, "right")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE donors_zoneoffset SET seconds = 3600",
        "DELETE FROM donors_zoneoffset",
        "TRUNCATE donors_zoneoffset",
        "INSERT INTO donors_zoneoffset VALUES (1, 1, 0)",
    ],
)
def test_the_rows_change_with_a_release_only(statement):
    assert "permission denied" in attack.denied(statement)
    if not statement.startswith("TRUNCATE"):
        with granted("donors_zoneoffset"):
            assert "the clock of Morocco changes with a release only" in attack.denied(statement)

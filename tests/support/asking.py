"""Operations, memos and campaigns, created through the product's own rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from campaigns.models import Campaign, Memo, Operation
from campaigns.operations import operations
from campaigns.organising import drives, memos
from centers.models import Center
from donors.clock.calendar import MOROCCO
from donors.models import Province, Unit, User

from . import factories


def now() -> datetime:
    return timezone.now()


def operation(by: User | None = None) -> Operation:
    return operations.begin(
        name_ar="زلزال الحوز",
        name_fr="Séisme d’Al Haouz",
        name_en="Al Haouz earthquake",
        kind="earthquake",
        began_on=date(2023, 9, 8),
        provinces=Province.objects.filter(code="MA-HAO"),
        by=by or factories.administrator(),
        now=timezone.now(),
    )


def memo(*units: str, **fields) -> Memo:
    """Issued by the directorate to the units of these codes."""
    by = factories.administrator()
    now = timezone.now()
    said = {
        "reference": f"DGSN/{next(factories.numbers)}",
        "issuer": factories.unit("DGSN"),
        "subject_ar": "حملة استعجالية للتبرع بالدم",
        "body_ar": "التبرع طوعي.",
        "deadline_at": now + timedelta(days=2),
        "addressed": Unit.objects.filter(code__in=units),
    } | fields
    if "operation" not in said and said.get("kind") != Memo.Kind.DRILL:
        said["operation"] = operation(by)
    return memos.issue(**{"by": by, "now": now, "operation": None} | said)


def draft(unit: str = "SR-TAZ", center: Center | None = None, *, days: int = 3) -> Campaign:
    """A unit's proposal that its centre has not decided."""
    organiser = factories.unit(unit)
    return drives.propose(
        unit=organiser,
        center=center or factories.center(),
        planned_on=timezone.localdate() + timedelta(days=days),
        target=60,
        by=factories.officer(organiser),
        now=timezone.now(),
    )


def confirmed(unit: str = "SR-TAZ", center: Center | None = None, *, days: int = 3) -> Campaign:
    """A public campaign of one day with 28 places."""
    return confirm(draft(unit, center, days=days))


def confirm(campaign: Campaign) -> Campaign:
    day = datetime.combine(campaign.planned_on, datetime.min.time(), MOROCCO)
    drives.confirm(
        campaign=campaign,
        place_ar="قاعة الاجتماعات",
        place_fr="Salle de réunion",
        place_en="Meeting room",
        kind="mobile",
        starts_at=day + timedelta(hours=9),
        ends_at=day + timedelta(hours=16),
        beds=2,
        slot_minutes=30,
        by=factories.staff(campaign.center, "manager"),
        now=timezone.now(),
    )
    campaign.refresh_from_db()
    return campaign

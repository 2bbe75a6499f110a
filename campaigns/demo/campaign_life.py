"""Campaigns of the units at other points of their life: a draft, one agreed, what is prepared, an end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.checklists import items
from campaigns.models import Campaign
from campaigns.organising import drives
from campaigns.preparing import ending, pictures
from campaigns.public.pictures import icon
from centers.models import Center, Session
from donors.models import Unit, User

from .places import moment
from .staff import Crew

PARTNERS = {
    "partners_ar": "جماعة تازة، وجمعية المتبرعين بالدم بتازة",
    "partners_fr": "Commune de Taza, association des donneurs de sang de Taza",
    "partners_en": "Commune of Taza, blood donors' association of Taza",
}
DROP = {
    "alt_ar": "قطرة دم حمراء، شارة الحملة",
    "alt_fr": "Une goutte rouge, le signe de la campagne",
    "alt_en": "A red drop, the sign of the campaign",
}
WRONG = "نفدت الأماكن قبل الظهر في اليوم الأول، وانتظر بعض الحاضرين أكثر من ساعة."
NEXT = "نضيف موعدا مسائيا، ونعلق لوحة بعدد الأماكن المتبقية عند الباب."


def tell(
    *, centers: dict[str, Center], crew: Crew, officers: dict[str, User], now: datetime
) -> None:
    _draft("PP-MEK", centers["CRTS-MEK"], officers["PP-MEK"], now)
    _agreed("PP-FES", centers["CRTS-FES"], crew, officers["PP-FES"], now)
    public = Campaign.objects.get(unit__code="SR-TAZ", state__in=Campaign.OPEN)
    drives.aim(campaign=public, target=public.target, cap=public.cap, **PARTNERS)
    _prepare(public, ("room", "texts", "poster", "meal", "ready"), officers["SR-TAZ"], now)
    over = Campaign.objects.filter(unit__code="PP-CAS", state=Campaign.State.CLOSED).latest("pk")
    _prepare(over, ("room", "texts", "poster", "duty", "meal"), officers["PP-CAS"], now)
    for campaign in (public, over):
        file = SimpleUploadedFile("drop.png", icon(640))
        by = officers[campaign.unit.code]
        pictures.add(campaign=campaign, file=file, by=by, now=now, **DROP)
    ending.report(
        campaign=over,
        turned_away=30,
        went_wrong=WRONG,
        next_time=NEXT,
        by=officers["PP-CAS"],
        now=now,
    )
    drives.begin_due(now=now)


def _draft(code: str, center: Center, by: User, now: datetime) -> None:
    campaign = drives.propose(
        unit=Unit.objects.get(code=code),
        center=center,
        planned_on=timezone.localdate(now) + timedelta(days=70),
        target=90,
        by=by,
        now=now - timedelta(days=2),
        ask=False,
    )
    _prepare(campaign, ("deputy",), by, now)


def _agreed(code: str, center: Center, crew: Crew, by: User, now: datetime) -> None:
    asked_at = now - timedelta(days=20)
    day = timezone.localdate(now) + timedelta(days=36)
    unit = Unit.objects.get(code=code)
    campaign = drives.propose(
        unit=unit, center=center, planned_on=day, target=80, by=by, now=asked_at
    )
    drives.confirm(
        campaign=campaign,
        place_ar=unit.name_ar,
        place_fr=unit.name_fr,
        place_en=unit.name_en,
        kind=Session.Kind.MOBILE,
        starts_at=moment(day, 9),
        ends_at=moment(day, 15),
        beds=6,
        slot_minutes=30,
        by=crew[center.code]["manager"],
        now=asked_at + timedelta(days=1),
        publish=False,
    )
    _prepare(campaign, ("deputy", "room"), by, now)


def _prepare(campaign: Campaign, codes: tuple[str, ...], by: User, now: datetime) -> None:
    for code in codes:
        items.tick(campaign=campaign, item=code, by=by, now=now - timedelta(days=1))
    Campaign.objects.filter(pk=campaign.pk).update(coordinator=by)

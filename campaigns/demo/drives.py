"""Campaigns that grew from the answers: a dozen described in full, the others at the units'
premises."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from campaigns.models import Addressee, Campaign, Memo
from centers.models import Center, Session, Slot
from donors.models import Unit, User
from donors.reference import rows

from .places import Calendar, moment, opening, slots
from .staff import Crew

FILE = Path(__file__).parents[1] / "data" / "demo_campaigns.csv"
EVENING, SMALL = 3, 5  # of eight campaigns at a unit's premises
SMALL_BEDS = 2
CANCELLED = "تعذر توفير القاعة في التاريخ المحدد"
TEXTS = {
    "ar": ("حملة {unit}", "حملة للتبرع بالدم تنظمها {unit} مع {center}. التبرع تطوعي ومجاني."),
    "fr": (
        "Don de sang, {unit}",
        "Campagne organisée par {unit} avec {center}. Le don est volontaire et gratuit.",
    ),
    "en": (
        "Blood drive, {unit}",
        "A drive organised by {unit} with {center}. Giving is voluntary and unpaid.",
    ),
}


def planned(today: date) -> dict[str, date]:
    """The first day of each campaign of the file, by unit."""
    offsets = {r["unit"]: int((r["days"] or "3").split()[0]) for r in rows(FILE)}
    return {unit: today + timedelta(days=offset) for unit, offset in offsets.items()}


class Drives:
    """Writes campaigns with their sessions; ``crew`` gives the manager who decided."""

    def __init__(
        self,
        *,
        memo: Memo,
        centers: dict[str, Center],
        crew: Crew,
        officers: dict[str, User],
        now: datetime,
    ) -> None:
        self.memo, self.centers, self.crew, self.officers = memo, centers, crew, officers
        self.now, self.today = now, timezone.localdate(now)

    def described(self, *, fixed: Calendar, mobile: list[Session]) -> dict[str, Campaign]:
        """The campaigns described in the file, by unit."""
        made = {}
        addressees = {a.unit.code: a for a in self.memo.addressees.select_related("unit")}
        for row in rows(FILE):
            addressee = addressees[row["unit"]]
            days = [self.today + timedelta(days=int(d)) for d in row["days"].split()]
            sessions = [fixed[row["center"], d] for d in days if (row["center"], d) in fixed]
            sessions += [mobile[int(m)] for m in row["mobile"].split()]
            fields = {k: row[k] for k in row if k.startswith(("name_", "story_", "afterword_"))}
            campaign = self._campaign(
                addressee, self.centers[row["center"]], row["state"], **fields
            )
            campaign.target, campaign.cap = int(row["target"]), int(row["cap"])
            campaign.save(force_insert=True)
            if row["state"] in (Campaign.State.CONFIRMED, Campaign.State.CLOSED):
                campaign.sessions.set(sessions)
            made[row["unit"]] = campaign
        return made

    def at_home(self) -> None:
        """Every other unit that will organise: one day on its premises, with the nearest centre."""
        will = self.memo.addressees.filter(answer=Addressee.Answer.WILL, campaigns=None)
        for number, addressee in enumerate(will.select_related("unit__province").order_by("pk")):
            center = self._nearest(addressee.unit)
            session = self._house_session(addressee, center, number)
            over = session.state == Session.State.CLOSED
            state = Campaign.State.CLOSED if over else Campaign.State.CONFIRMED
            fields = {}
            for language, (name, story) in TEXTS.items():
                unit = getattr(addressee.unit, f"name_{language}")
                values = {"unit": unit, "center": getattr(center, f"name_{language}")}
                fields[f"name_{language}"] = name.format(**values)
                fields[f"story_{language}"] = story.format(**values)
            campaign = self._campaign(addressee, center, state, **fields)
            campaign.save(force_insert=True)
            campaign.sessions.add(session)

    def _campaign(self, addressee: Addressee, center: Center, state: str, **fields) -> Campaign:
        asked = state == Campaign.State.ASKED
        planned_on, donors = addressee.planned_on, addressee.expected_donors
        answered_at = addressee.answered_at
        assert planned_on and donors and answered_at  # of a unit that will organise
        return Campaign(
            operation=self.memo.operation,
            addressee=addressee,
            unit=addressee.unit,
            center=center,
            planned_on=planned_on,
            target=donors,
            cap=donors + 20,
            state=state,
            drafted_at=answered_at,
            drafted_by=self.officers[addressee.unit.code],
            decided_at=None if asked else answered_at + timedelta(hours=5),
            decided_by=None if asked else self.crew[center.code]["manager"],
            because=CANCELLED if state == Campaign.State.CANCELLED else "",
            **fields,
        )

    def _house_session(self, addressee: Addressee, center: Center, number: int) -> Session:
        """One in eight is in the evening, and one in eight has few places, which are taken soon."""
        unit, day = addressee.unit, addressee.planned_on
        assert day  # of a unit that will organise
        starts, ends, state = opening(day, self.now)
        beds = 4
        if state == Session.State.PLANNED and number % 8 == EVENING:
            starts, ends = moment(day, 18), moment(day, 23)
        if state == Session.State.PLANNED and number % 8 == SMALL:
            ends, beds = starts + timedelta(hours=1), SMALL_BEDS
        session = Session.objects.create(
            center=center,
            kind=Session.Kind.MOBILE,
            state=state,
            name_ar=unit.name_ar,
            name_fr=unit.name_fr,
            name_en=unit.name_en,
            province=unit.province,
            latitude=unit.province.latitude,
            longitude=unit.province.longitude,
            starts_at=starts,
            ends_at=ends,
            beds=beds,
        )
        if state in Session.LIVE:
            Slot.objects.bulk_create(slots(session))
        return session

    def _nearest(self, unit: Unit) -> Center:
        """By chief town, accurate enough for a demonstration."""
        here = unit.province

        def distance(center: Center) -> float:
            north, east = center.latitude - here.latitude, center.longitude - here.longitude
            return north**2 + (east * 0.85) ** 2

        return min(self.centers.values(), key=distance)

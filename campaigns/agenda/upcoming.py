"""Upcoming campaigns, read in the order of their sessions, so that their number does not slow a
page.

A stop is a campaign in one of its sessions. A list reads the index of sessions in order and stops
at the end of its page; nothing is counted or summed for a campaign that is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.lookups import IsNull

from campaigns.models import Campaign
from centers.models import Session, Slot
from donors.clock.calendar import local_day
from donors.models import Province

Stop = Campaign.sessions.through
if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from campaigns.models.campaign import Campaign_sessions

    ListedCampaign = WithAnnotations[Campaign, "Ahead"]
IN_TIME = ("session__starts_at", "session_id", "campaign_id")


class Ahead(TypedDict):
    """Annotations of each campaign; places over the times to come."""

    next_session: Session | None
    cancelled_days: list[Session]
    places: int
    free: int


@dataclass(frozen=True)
class Coming:
    """Confirmed campaigns by their first matching session, then those that are cancelled, as a whole
    or on every matching day, by day.

    Counting stops at ``counted``; ``sessions`` filters the stops, ``cancelled`` the campaigns that
    have none.
    """

    now: datetime
    counted: int
    sessions: Q = Q()
    cancelled: Q = Q()
    free: bool = False

    @property
    def _fits(self) -> Q:
        return self.sessions & Q(session__state__in=Session.LIVE, session__ends_at__gt=self.now)

    @property
    def every_stop(self) -> QuerySet[Campaign_sessions]:
        """All matching stops, several for one campaign too."""
        rows = Stop.objects.filter(self._fits, campaign__state__in=Campaign.OPEN)
        return rows.filter(IsNull(self._first_place(), False)) if self.free else rows

    @property
    def stops(self) -> QuerySet[Campaign_sessions]:
        """One stop for each campaign, unordered."""
        at = OuterRef("session__starts_at")
        sooner = Q(session__starts_at__lt=at)
        sooner |= Q(session__starts_at=at, session_id__lt=OuterRef("session_id"))
        before = Stop.objects.filter(self._fits, sooner, campaign=OuterRef("campaign"))
        return self.every_stop.filter(~Exists(before))

    def _first_place(self) -> Subquery:
        """A slot with a free place. Not ``Exists``, which Postgres may turn into a join of all slots
        with all campaigns; this it looks up for one campaign at a time, until the page is full."""
        slots = Slot.objects.filter(
            session__campaigns=OuterRef("campaign"),
            session__state__in=Session.LIVE,
            starts_at__gt=self.now,
            taken__lt=F("places"),
        )
        return Subquery(slots.order_by().values("pk")[:1])

    @property
    def cancelled_stops(self) -> QuerySet[Campaign_sessions]:
        """Cancelled days to come of campaigns that the public knows."""
        return Stop.objects.filter(
            self.sessions,
            session__state=Session.State.CANCELLED,
            session__ends_at__gt=self.now,
            campaign__state__in=[*Campaign.OPEN, Campaign.State.CANCELLED],
        )

    @property
    def called_off(self) -> QuerySet[Campaign]:
        live = Stop.objects.filter(
            self._fits, campaign=OuterRef("pk"), campaign__state__in=Campaign.OPEN
        )
        on_no_day = Q(pk__in=self.cancelled_stops.values("campaign")) & ~Exists(live)
        as_a_whole = self.cancelled & Q(
            state=Campaign.State.CANCELLED, planned_on__gte=local_day(self.now)
        )
        rows = Campaign.objects.filter(on_no_day | as_a_whole)
        return rows.none() if self.free else rows

    @cached_property
    def _count(self) -> int:
        most = self.counted + 1
        stops = self.stops.order_by().values("campaign_id")[:most]
        both = stops.union(self.called_off.order_by().values("pk")[:most], all=True)
        return min(both.count(), most)

    def count(self) -> int:
        return self._count

    @property
    def more(self) -> bool:
        """Whether there are further campaigns after the counted ones."""
        return self._count > self.counted

    def exists(self) -> bool:
        return self.stops.exists() or self.called_off.exists()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ListedCampaign]:
        return iter(self[: self._count])

    def __getitem__(self, part: slice) -> list[ListedCampaign]:
        start = part.start or 0
        rows = self.read(self.stops.order_by(*IN_TIME).values("pk")[part])
        wanted = min(part.stop, self._count) - start
        if len(rows) < wanted:
            # Cancelled campaigns follow the last stop: subtract the stops from the offset.
            stops = start + len(rows) if rows else self.stops.order_by().count()
            skipped = max(0, start - stops)
            cancelled = self.called_off.order_by("planned_on", "pk")
            cancelled = cancelled.select_related("unit", "center")
            rows += self._annotated(cancelled[skipped : skipped + wanted - len(rows)], {})
        return rows

    def read(self, keys: Iterable[int] | QuerySet[Campaign_sessions, Any]) -> list[ListedCampaign]:
        """The campaigns of these stops, each with its session and the places on all its days."""
        rows = Stop.objects.filter(pk__in=keys).order_by(*IN_TIME)
        found = list(rows.select_related("session", "campaign__unit", "campaign__center"))
        sessions = {stop.campaign_id: stop.session for stop in found}
        return self._annotated([stop.campaign for stop in found], sessions)

    def _annotated(
        self, campaigns: Iterable[Campaign], sessions: dict[int, Session]
    ) -> list[ListedCampaign]:
        rows = cast("list[ListedCampaign]", list(campaigns))
        keys = [row.pk for row in rows]
        places, cancelled = self._places(keys), self._cancelled_days(keys)
        for row in rows:
            row.cancelled_days = cancelled.get(row.pk, [])
            row.next_session = sessions.get(row.pk) or next(iter(row.cancelled_days), None)
            row.places, row.free = places.get(row.pk, (0, 0))
        return rows

    def _cancelled_days(self, campaigns: list[int]) -> dict[int, list[Session]]:
        found: dict[int, list[Session]] = {}
        rows = self.cancelled_stops.filter(campaign__in=campaigns)
        for stop in rows.select_related("session").order_by(*IN_TIME):
            found.setdefault(stop.campaign_id, []).append(stop.session)
        return found

    def _places(self, campaigns: list[int]) -> dict[int, tuple[int, int]]:
        """Places and free places of the times to come."""
        if not campaigns:
            return {}
        slots = Stop.objects.filter(
            campaign__in=campaigns,
            session__state__in=Session.LIVE,
            session__slots__starts_at__gt=self.now,
        )
        places, taken = F("session__slots__places"), F("session__slots__taken")
        by_campaign = slots.order_by().values("campaign")
        sums = by_campaign.annotate(total=Sum(places), free=Sum(places - taken))
        return {row["campaign"]: (row["total"], row["free"]) for row in sums}

    def by_province(self, most: int) -> list[tuple[Province, list[int]]]:
        """Each province with the keys of its first stops, soonest first."""
        there = self.stops.filter(session__province=OuterRef("pk")).order_by(*IN_TIME)
        rows = Province.objects.annotate(ahead=ArraySubquery(there.values("pk")[:most]))
        return [(row, row.ahead) for row in rows]

"""Random days of two needs of one centre, with everything that people do; what must always hold.

The clock is the test's own. Every step is an act of the product's rules and a beat of the planner.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest

from campaigns.appeals import appeals, responses, waves
from campaigns.messaging import hindrances
from campaigns.models import Appeal, Notification, Wave
from campaigns.planner import Policy, room
from campaigns.planner.columns import BOOKING_CLOSES
from campaigns.planner.response import remaining
from campaigns.planning import rates, snapshots, ticks
from centers.inventory import stock_levels
from centers.models import Appointment, Component, Session, Slot
from centers.sessions import booking
from donors.clock.calendar import MOROCCO, local_day, quiet_until
from donors.errors import Refused
from tests.support import appealing, factories, shelves
from tests.support.crowd import crowd
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GROUPS = ("O+", "A+")
STEPS = 10
STAND_DOWN, INVITATION = "appeal_stand_down", "appeal_invitation"


class Days:
    def __init__(self, seed: int, now: datetime) -> None:
        self.random = random.Random(seed)
        morning = now.astimezone(MOROCCO).replace(hour=10, minute=0, second=0, microsecond=0)
        self.clock = morning + DAY
        self.by = factories.administrator()
        self.center = factories.center()
        self.stocked = dict.fromkeys(GROUPS, 0)
        self.days: set = set()
        self.told = 0  # the last message that was looked at
        self.done: Counter[str] = Counter()
        self.sessions()
        for group in GROUPS:
            crowd(250, now=now, group=group)
            stock_levels.set_floor(
                center=self.center,
                component=Component.objects.get(code=appealing.RED_CELLS),
                blood_group=group,
                routine=3,
                relief=0,
                ceiling=6,
                now=self.clock,
            )
            shelves.stocked(self.center.code, group, self.clock, bags=0)

    def sessions(self) -> None:
        """One a day for three days ahead, each with two slots of six places."""
        for ahead in range(3):
            day = local_day(self.clock) + ahead * DAY
            if day in self.days:
                continue
            self.days.add(day)
            starts = datetime.combine(day, datetime.min.time(), MOROCCO) + 9 * HOUR
            made = Session.objects.create(
                center=self.center,
                kind="fixed",
                state="planned",
                name_ar="قاعة",
                name_fr="Salle",
                name_en="Room",
                province=self.center.province,
                latitude=self.center.latitude,
                longitude=self.center.longitude,
                starts_at=starts,
                ends_at=starts + 8 * HOUR,
                beds=4,
            )
            for later in (2, 6):
                Slot.objects.create(session=made, starts_at=starts + later * HOUR, places=6)

    # What people do.

    def approve(self) -> None:
        for wave in Wave.objects.filter(state=Wave.State.PROPOSED):
            hold = self.random.choice([0, 90])
            waves.approve(wave=wave, by=self.by, hold=timedelta(seconds=hold), now=self.clock)

    def refuse(self) -> None:
        self._no(waves.refuse, Wave.State.PROPOSED)

    def undo(self) -> None:
        self.approve()
        self._no(waves.undo, Wave.State.HELD)

    def _no(self, act, state: str) -> None:
        wave = Wave.objects.filter(state=state).first()
        if wave:
            until = self.clock + self.random.choice([HOUR, 12 * HOUR])
            act(wave=wave, by=self.by, because="x", until=until, now=self.clock)

    def stop(self) -> None:
        appeal = Appeal.objects.filter(state__in=Appeal.OPEN).order_by("?").first()
        if appeal:
            until = self.random.choice([None, self.clock + 6 * HOUR])
            appeals.stop(appeal=appeal, by=self.by, because="x", now=self.clock, resumes_at=until)

    def lift(self) -> None:
        for appeal in Appeal.objects.filter(resumes_at__gt=self.clock):
            appeals.lift(appeal=appeal, now=self.clock)

    def answer(self) -> None:
        """Some of those asked say yes, some no; one in ten of those with a place gives it back."""
        asked = Notification.objects.filter(kind=INVITATION, state=Notification.State.SENT)
        rows = list(asked.select_related("wave__appeal", "donor").order_by("pk"))
        for row in self.random.sample(rows, min(len(rows), 6)):
            slot = responses.slots(row.wave.appeal, self.clock).first()
            try:
                if slot and self.random.random() < 0.6:
                    responses.accept(
                        appeal=row.wave.appeal, donor=row.donor, slot=slot, now=self.clock
                    )
                else:
                    responses.decline(appeal=row.wave.appeal, donor=row.donor, now=self.clock)
            except Refused:
                self.done["refused"] += 1

    def withdraw(self) -> None:
        place = Appointment.objects.live().order_by("pk").first()
        if place:
            booking.cancel(appointment=place, now=self.clock)

    def arrive(self) -> None:
        self._stock(self.random.choice(GROUPS), 6)

    def issue(self) -> None:
        self._stock(self.random.choice(GROUPS), 0)

    def _stock(self, group: str, bags: int) -> None:
        self.stocked[group] = bags
        shelves.stocked(self.center.code, group, self.clock, bags=bags)

    def hours(self) -> None:
        self.clock += self.random.choice([HOUR / 2, 2 * HOUR])

    def night(self) -> None:
        """A beat in the night; in the morning those who did not come have missed their place."""
        self.clock = self.clock.replace(hour=23, minute=30)
        self.beat()
        self.clock = (self.clock + DAY).replace(hour=8, minute=5)
        booking.settle_missed(now=self.clock)
        self.sessions()

    def fortnight(self) -> None:
        self.clock += 14 * DAY + HOUR / 2
        booking.settle_missed(now=self.clock)
        self.sessions()

    def beat(self) -> None:
        self.clock += timedelta(minutes=2)
        for group in GROUPS:  # the shelf is looked at, or nobody would be asked
            shelves.stocked(self.center.code, group, self.clock, bags=self.stocked[group])
        ticks.tick(now=self.clock)
        self.deliver()
        self.look()

    def deliver(self) -> None:
        """What ``outbox.deliver`` does; that one reads the clock of the database."""
        rows = Notification.objects.filter(state=Notification.State.PENDING)
        batch = list(rows.select_related("donor", "contact", "wave__appeal", "user", "request"))
        against = hindrances.hindrances(batch, self.clock)
        skipped = [pk for pk, reason in against.items() if isinstance(reason, str)]
        sent = [row.pk for row in batch if row.pk not in against]
        with past_the_guards():
            for state, found in (("sent", sent), ("skipped", skipped)):
                Notification.objects.filter(pk__in=found).update(state=state, settled_at=self.clock)

    def step(self, act: str) -> None:
        getattr(self, act)()
        self.done[act] += 1
        self.beat()

    # What holds after every step.

    def look(self) -> None:
        self._ends()
        self._allowance()
        self._stopped()
        self._places()
        self._thanks()
        self.told = max(Notification.objects.values_list("pk", flat=True), default=0)

    def _ends(self) -> None:
        over = Appeal.objects.filter(state=Appeal.State.MET, alert__closed_at=None)
        assert not over.exclude(alert=None).exists(), "met while its alert is open"
        for wave in Wave.objects.all():
            asked = Notification.objects.filter(wave=wave, kind=INVITATION).count()
            assert asked == wave.size <= wave.size_wanted, wave.state

    def _allowance(self) -> None:
        causes: Counter[tuple[int, str]] = Counter()
        asked: dict[int, list[datetime]] = defaultdict(list)
        for row in Notification.objects.filter(kind=INVITATION).order_by("made_at"):
            causes[row.donor_id, row.cause] += 1
            assert quiet_until(row.made_at) is None, "made at night"
            if row.state not in ("skipped", "failed"):
                asked[row.donor_id].append(row.made_at)
        assert set(causes.values()) <= {1}
        for times in asked.values():
            assert all(b - a >= 14 * DAY for a, b in zip(times, times[1:], strict=False))
            assert all(c - a >= 30 * DAY for a, c in zip(times, times[2:], strict=False))

    def _stopped(self) -> None:
        """Between the no of a person and its end nothing is made for the need."""
        for appeal in Appeal.objects.filter(resumes_at__gt=self.clock):
            said = appeal.waves.exclude(ended_by=None).order_by("-ended_at").first()
            since = appeal.settled_at or (said and said.ended_at)
            assert since
            made = Notification.objects.filter(
                kind=INVITATION,
                made_at__gt=since,
                wave__appeal__center=appeal.center_id,
                wave__appeal__component=appeal.component_id,
                wave__appeal__blood_group=appeal.blood_group,
            )
            assert not made.exists(), "somebody was asked for a stopped need"

    def _places(self) -> None:
        for slot in Slot.objects.all():
            held = Appointment.objects.live().filter(slot=slot).count()
            assert slot.taken == held <= slot.places
        waiting = Wave.objects.filter(state__in=Wave.OPEN)
        if not waiting:
            return
        policy = Policy()
        now = snapshots.read(rates=rates.learnt(now=self.clock), policy=policy, now=self.clock)
        expected: Counter[str] = Counter()
        for wave in waiting:
            expected[f"s{wave.session_id}"] += wave.yeses
        cohorts = {cohort.id: cohort for cohort in now.cohorts}
        starts = {session.id: session.starts for session in now.sessions}
        for open_one in now.invitations:
            rate = cohorts[open_one.cohort].rate * now.response.factor
            horizon = max(starts[open_one.session] - BOOKING_CLOSES, 0.0)
            for hours, people in open_one.asked:
                still = remaining(rate=rate, hours=hours, horizon=horizon, curve=policy.curve)
                expected[open_one.session] += people * still
        limits = dict(zip(starts, room.expected_yeses(now, policy), strict=True))
        for session in {f"s{wave.session_id}" for wave in waiting}:
            assert expected[session] <= limits[session] + 0.1, (session, limits[session])

    def _thanks(self) -> None:
        for row in Notification.objects.filter(kind=STAND_DOWN, pk__gt=self.told):
            asked = Notification.objects.get(
                kind=INVITATION, subject_id=row.subject_id, donor=row.donor
            )
            assert asked.made_at <= row.made_at and asked.state not in ("skipped", "failed")
            assert not Appointment.objects.live().filter(donor=row.donor).exists()


USUAL = ["approve", "answer", "hours", "night", "stop", "lift", "refuse", "undo"]
RARE = ["withdraw", "arrive", "issue"]


@pytest.mark.parametrize("seed", [1, 2])
def test_random_days(reference, now, settings, seed):
    settings.QUIET_HOURS = (21, 8)
    days = Days(seed, now)
    days.beat()
    for act in ("approve", "hours", "answer"):  # so that every run asks somebody
        days.step(act)
    for number in range(STEPS):
        weights = [6, 4, 3, 3, 1, 2, 1, 1, 1, 2, 2]
        (act,) = days.random.choices(USUAL + RARE, weights)
        days.step("fortnight" if number == STEPS // 2 else act)
    assert Notification.objects.filter(kind=INVITATION, state="sent").exists(), days.done

"""The country's planner: who sends blood, and how many people are asked to give, where and when.

Pure: no database, no clock, no Django. The database side and the simulator use it alike::

    from campaigns.planner import Policy, Snapshot, plan

    decisions = plan(snapshot, Policy())

Making a snapshot (``snapshot``): all times are hours from now, all ids strings of the caller's.

- ``needs``: one ``Need`` for each centre × component × group, also those that are well stocked (they
  may send). ``use`` is the forecast of issues by day, operations included; ``forecast.seen`` and
  ``forecast.suggestion`` turn a history into spread, floor and ceiling. A figure is rolled forward by
  its age: give ``used`` and ``arrived`` where more is known than the forecast.
- ``sessions``: of the next ten days or so, also full ones (their walk-ins and appointments will be
  bags). ``free`` is what nobody has booked; do not take off what open invitations may need.
- ``cohorts``: counts of who may be asked *now*; ``rate`` is of bookings, not of donations.
- ``reach``: for each area the sessions in order of preference (nearest first).
- ``invitations``: everything sent and not answered, until it is stood down or its session is over.
- ``quiet``: the coming quiet hours; an invitation's ``hours`` is never inside them.

Carrying decisions out: send what has ``hours == 0`` now. A later one is a forecast of what will be
sent: make nothing of it yet, the next plan decides again. Transfers are proposals for two people.
``confirm`` is the only thing that follows from a stale figure. ``stand_downs`` says how many silent
people of which cohort and session are no longer needed. Keep ``digest``, ``words``, ``forecasts`` and
``cost`` with what was done.

Property to rely on: no limit is ever broken, people are never counted twice, and more stock, more
places or one more promise never make the plan dearer (``bound``; whole people and bags cost a
little more than fractions).
"""

from __future__ import annotations

from .decisions import Decisions, Forecast, Invitation, StandDown, Transfer, Uncovered
from .plan import plan
from .policy import Policy, Shortage
from .snapshot import (
    GROUPS,
    MOROCCAN_FREQUENCIES,
    Appointment,
    Center,
    Cohort,
    InTransit,
    Need,
    OpenInvitation,
    Quarantined,
    Response,
    Room,
    Session,
    Snapshot,
    Undetermined,
)

__all__ = [
    "GROUPS",
    "MOROCCAN_FREQUENCIES",
    "Appointment",
    "Center",
    "Cohort",
    "Decisions",
    "Forecast",
    "InTransit",
    "Invitation",
    "Need",
    "OpenInvitation",
    "Policy",
    "Quarantined",
    "Response",
    "Room",
    "Session",
    "Shortage",
    "Snapshot",
    "StandDown",
    "Transfer",
    "Uncovered",
    "Undetermined",
    "plan",
]

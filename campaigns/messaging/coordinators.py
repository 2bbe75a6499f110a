"""Who is reminded of a campaign's preparation, and of what."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from campaigns.checklists import items
from campaigns.checklists.items import Line
from campaigns.models import Campaign
from donors.clock.calendar import local_day
from donors.models import User

from . import recipients

Due = list[tuple[Campaign, list[Line]]]


def due(now: datetime) -> dict[User, Due]:
    """Items that are due or late, by the coordinator; where none is in office and within reach, by
    each officer of the unit."""
    today = local_day(now)
    late = [
        (campaign, [line for line in lines if line.due_on <= today])
        for campaign, lines in items.open_lines(items.at_work(now))
    ]
    late = [(campaign, lines) for campaign, lines in late if lines]
    officers = recipients.officers_by_unit({campaign.unit_id for campaign, _lines in late}, now)
    found: dict[User, Due] = defaultdict(list)
    for campaign, lines in late:
        people = [user for user in officers.get(campaign.unit_id, []) if user.email]
        chosen = [user for user in people if user.pk == campaign.coordinator_id]
        for user in chosen or people:
            found[user].append((campaign, lines))
    return found


def due_of(user: User, now: datetime) -> Due:
    return due(now).get(user, [])

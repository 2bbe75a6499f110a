"""Messages about bags whose alarm was answered, or whose bag moved on, before they were sent."""

from __future__ import annotations

from campaigns.models import Notification
from centers.models import BagAlarm

from . import alarm_facts

ABOUT = {"bag_alarm", "bag_unanswered", "bag_recalled", "bag_news"}


def over(batch: list[Notification]) -> set[int]:
    about = [n for n in batch if n.kind in ABOUT]
    firsts = BagAlarm.objects.in_bulk([n.subject_id for n in about])
    return {n.pk for n in about if not alarm_facts.of_group(firsts[n.subject_id]).exists()}

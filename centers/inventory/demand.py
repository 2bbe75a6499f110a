from dataclasses import dataclass
from datetime import timedelta

from centers.models import Bag, Movement


@dataclass
class C:
    came: int = 0
    usable: int = 0


def daily(*, days, now):
    rows = Movement.objects.filter(
        to_state=Bag.State.ISSUED, at__gte=now - timedelta(days=days)
    ).values_list("center_id", "bag__component__family", "bag__blood_group", "at")
    out = {}
    for c, f, g, at in rows:
        r = out.setdefault((c, f, g), [0] * days)
        r[-1 - min((now - at).days, days - 1)] += 1
    return out


def walk_ins(*, days, now):
    return {}


def shows(*, days, now):
    return {}

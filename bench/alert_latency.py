"""Seconds from a committed movement to the first appeal at a mail sink, without the hold.

With a worker and its beat. The shortest hold that an order may have is taken off the measured time.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

from config import env  # noqa: E402
from config.machine import embedded  # noqa: E402

from . import ground  # noqa: E402

CENTER = "CRTS-CAS"
# The beats of config/celery.py: the plan every 3 s, the delivery every 2 s.
BEATS = 5.0
HOLD = 30
PATIENCE = 120


class Sink:
    """Counts arrivals; ``first`` waits for the next one."""

    def __init__(self) -> None:
        self.arrived = threading.Event()

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - a name of aiosmtpd
        self.arrived.set()
        return "250 kept"


@contextlib.contextmanager
def worker():
    """One worker of two processes with its own beat."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--beat"]
    command += ["--concurrency", "2", "--loglevel", "ERROR"]
    command += ["--schedule", str(env.VAR / "bench-beat")]
    process = subprocess.Popen(command, preexec_fn=embedded.end_with_parent)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def open_needs(count: int) -> int:
    """Needs under their floor all over the country, which nobody has approved to ask for."""
    from django.utils import timezone

    from centers.models import Center, Component, Floor

    now = timezone.now()
    made = 0
    for code in ("RBC-SAGM", "PLT-STD", "FFP"):
        component = Component.objects.get(code=code)
        for center in Center.objects.collecting().exclude(code=CENTER).order_by("code"):
            for group in ("O+", "O-", "A+", "A-", "B+", "B-", "AB+", "AB-"):
                if made >= count:
                    return made
                key = {"center": center, "component": component, "blood_group": group}
                if not Floor.objects.filter(**key).exists():
                    lower(**key, routine=1, ceiling=4, now=now)
                    made += 1
    return made


def lower(**floor) -> None:
    from centers.inventory import stock_levels

    stock_levels.set_floor(relief=0, **floor)


def by_itself() -> None:
    """Two administrators let the appeals of the centre's province go by themselves."""
    from django.utils import timezone

    from campaigns.models import Approval, StandingOrder
    from campaigns.operations import operations, orders
    from centers.models import Center
    from donors.models import User

    now = timezone.now()
    first = User.objects.get(username="demo-administrator")
    second = User.objects.create_user("bench-administrator", is_administrator=True)
    center = Center.objects.get(code=CENTER)
    operation = operations.begin(
        name_ar="قياس",
        name_fr="Mesure",
        name_en="Bench",
        kind="accident",
        began_on=timezone.localdate(now),
        provinces=[center.province],
        by=first,
        now=now,
    )
    order = orders.give(
        operation=operation,
        approval=Approval.NOBODY,
        people_limit=100_000,
        hold_seconds=HOLD,
        every_center=False,
        reserve_level=StandingOrder.Level.LOW,
        valid_until=now + timedelta(days=1),
        because="bench",
        by=first,
        now=now,
    )
    orders.confirm(order=order, by=second, now=now)


def fall(group: str) -> float:
    """A movement takes the group under its floor; the moment of the commit."""
    from django.db import transaction
    from django.utils import timezone

    from centers.inventory import stock, stock_levels
    from centers.models import Bag, Center, Component, StockLevel

    key = {
        "center": Center.objects.get(code=CENTER),
        "component": Component.objects.get(code="RBC-SAGM"),
        "blood_group": group,
    }
    level = StockLevel.objects.get(**key).available
    now = timezone.now()
    lower(**key, routine=level, ceiling=level + 12, now=now)
    bag = Bag.objects.filter(**key, state="available").first()
    with transaction.atomic():
        stock.move(bag=bag, to="discarded", by=None, reason="damaged")
        stock_levels.review(**key, now=now)
    return time.monotonic()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=30_000)
    parser.add_argument("--needs", type=int, default=300)
    parser.add_argument("--alerts", type=int, default=8)
    options = parser.parse_args()
    port = embedded.free_port(2700)
    os.environ["BENCH_SMTP_PORT"] = str(port)
    with ground.site(donors=options.donors):
        from aiosmtpd.controller import Controller

        needs = open_needs(options.needs)
        by_itself()
        sink = Sink()
        controller = Controller(sink, hostname="127.0.0.1", port=port)
        controller.start()
        with worker():
            taken = [one(sink, group) for group in groups(options.alerts)]
        controller.stop()
    taken.sort()
    ground.report(
        "alert_latency",
        value=taken[min(int(0.95 * len(taken)), len(taken) - 1)],
        unit="s",
        floor=BEATS,
        size={"donors": options.donors, "needs": needs, "alerts": len(taken)},
        more={"median": round(ground.middle(taken), 2)},
    )


def groups(count: int) -> list[str]:
    """Common groups first: they have people near."""
    return ["O+", "A+", "B+", "O-", "A-", "AB+", "B-", "AB-"][:count]


def one(sink: Sink, group: str) -> float:
    """Seconds until the first mail after the group fell, once what went before is quiet."""
    quiet = 0.0
    while quiet < 8:  # the hold of an earlier alert is over by then
        sink.arrived.clear()
        quiet = 0.0 if sink.arrived.wait(8) else 8.0
    began = fall(group)
    if not sink.arrived.wait(PATIENCE):
        raise SystemExit(f"nothing left for {group} in {PATIENCE} s")
    seconds = time.monotonic() - began - HOLD
    print(f"{group}: {seconds:.1f} s", flush=True)
    return seconds


if __name__ == "__main__":
    main()

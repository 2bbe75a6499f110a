"""Who waits for whom: an order of two acts that does not depend on the speed of the machine."""

from __future__ import annotations

import time

from django.db import connection


def until_waiting(sessions: int) -> None:
    """Return when so many sessions of this database wait for a lock, so that the order in which
    the acts came to it is known on a slow machine too."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        with connection.cursor() as cursor:
            # Inside a transaction the view shows its first picture for ever unless it is cleared.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0] >= sessions:
                return
        time.sleep(0.02)
    raise AssertionError(f"{sessions} sessions should wait for a lock")

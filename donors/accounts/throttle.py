"""The sign-in counters (``CACHES["default"]``) are in a table, so that they work without Redis."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def forget(*, now: datetime) -> int:
    """Delete expired counters: each sign-in attempt counts the rows of the table, so it must stay
    small."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM donors_throttle WHERE expires <= %s", [now])
        count: int = cursor.rowcount
    return count

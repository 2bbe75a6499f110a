"""The counters of the sign-in (``CACHES["default"]``) lie in a table, so that they hold without Redis."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def forget(*, now: datetime) -> int:
    """Counters that have run out; each attempt counts the rows, so few may stay."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM donors_throttle WHERE expires <= %s", [now])
        count: int = cursor.rowcount
    return count

"""Raw SQL against what the database itself refuses."""

import pytest
from django.db import DatabaseError, connection, transaction

from donors.errors import constraint

MOVE = (
    "INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)"
    " SELECT id, 0, state, %s, center_id, now(), %s, '' FROM centers_bag WHERE id = %s"
)


def refused(sql: str, *values) -> str:
    """What the database said when it refused the statement; fails when it did not, or when no
    constraint of a name did."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check of the set-up left pending
        cursor.execute(sql, values)
    assert constraint(error.value), str(error.value)
    return f"{constraint(error.value)}: {error.value}"

"""Raw SQL against the database's guards."""

import pytest
from django.db import DatabaseError, connection, transaction

from donors.errors import constraint

MOVE = (
    "INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)"
    " SELECT id, 0, state, %s, center_id, now(), %s, '' FROM centers_bag WHERE id = %s"
)


def refused(sql: str, *values) -> str:
    """The database's message when it refuses the statement. Fails if it did not refuse, or if no
    named constraint did."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check of the set-up left pending
        cursor.execute(sql, values)
    assert constraint(error.value), str(error.value)
    return f"{constraint(error.value)}: {error.value}"

"""Raw SQL against the database's guards."""

import pytest
from django.db import DatabaseError, connection, transaction

from donors.errors import constraint

from .owner import owner

MOVE = (
    "INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)"
    " SELECT id, 0, state, %s, center_id, now(), %s, '' FROM centers_bag WHERE id = %s"
)


def denied(sql: str, *values) -> str:
    """What the database said when it refused the statement to the program's role."""
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        _run(sql, values)
    return str(error.value)


def refused(sql: str, *values) -> str:
    """What the guard said when it refused the statement; fails when it did not, or when
    no constraint of a name did.

    Where the program's role lacks the right already, the guard is the second wall: then it has to hold
    for the owner of the tables too.
    """
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        _run(sql, values)
    if "permission denied" in str(error.value):
        with pytest.raises(DatabaseError) as error, owner():
            _run(sql, values)
    assert constraint(error.value), str(error.value)
    return f"{constraint(error.value)}: {error.value}"


def _run(sql: str, values: tuple) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check of the set-up left pending
        cursor.execute(sql, values)

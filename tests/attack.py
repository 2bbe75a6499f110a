import pytest
from django.db import DatabaseError, connection, transaction


def refused(sql: str, *values) -> str:
    """What the database said when it refused the statement; fails when it did not."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check of the set-up left pending
        cursor.execute(sql, values)
    return str(error.value)

"""Rows that other processes see are committed, and taken away again past the append-only guards."""

import pytest
from django.db import connection


@pytest.fixture
def _guards_return():
    yield
    connection.close()  # the next session has its guards


@pytest.fixture
def committed(_guards_return, transactional_db, reference):
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")

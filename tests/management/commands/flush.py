"""Empties the database after a test that commits, in milliseconds instead of seconds.

Django truncates every table (a new file for each table and index) and recreates content types and
permissions. Here only tables with rows are emptied, and the initial rows are restored from
``tests/support/pristine.py``.
"""

from django.core.management.commands import flush
from django.db import connections

from tests.support import pristine


class Command(flush.Command):
    def handle(self, *, database: str, **options) -> None:
        pristine.restore(connections[database])

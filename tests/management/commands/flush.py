"""What Django does after a test that commits, in milliseconds in the place of seconds.

Django empties every table by TRUNCATE, a new file for each and its indexes, and makes the content types
and permissions again. Here only tables that hold rows are emptied, and those of the start are put back
from ``tests/support/pristine.py``.
"""

from django.core.management.commands import flush
from django.db import connections

from tests.support import pristine


class Command(flush.Command):
    def handle(self, *, database: str, **options) -> None:
        pristine.restore(connections[database])

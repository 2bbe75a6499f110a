"""What goes into the log: Postgres tells the refused row, whole, in the detail of its errors."""

import logging
import re
from datetime import datetime

from donors.clock.zones import MOROCCO

# A value of the row may hold line breaks: the detail ends where the context or an empty line begins.
DETAIL = re.compile(r"^DETAIL:.*?(?=^CONTEXT:|^$|\Z)", re.MULTILINE | re.DOTALL)


class WithoutRows(logging.Formatter):
    """Leaves out what a database error says of a row: it may be somebody's. Times are Moroccan, with
    their difference to UTC, whatever zone files the machine has."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return datetime.fromtimestamp(record.created, MOROCCO).isoformat(" ", "milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        return DETAIL.sub("", super().format(record))

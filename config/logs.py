"""Log filters: the detail of a Postgres error contains the whole refused row and must not be
logged."""

import logging
import re
from datetime import datetime

from donors.clock.zones import MOROCCO

# A value may contain line breaks: the detail ends where the context or an empty line begins.
DETAIL = re.compile(r"^DETAIL:.*?(?=^CONTEXT:|^$|\Z)", re.MULTILINE | re.DOTALL)


class WithoutRows(logging.Formatter):
    """Removes row values from database errors: they may be personal. Times are written in Moroccan
    time with the UTC offset, whatever zone files the machine has."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return datetime.fromtimestamp(record.created, MOROCCO).isoformat(" ", "milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        return DETAIL.sub("", super().format(record))

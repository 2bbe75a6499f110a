"""What refuses the start is read by an operator: its sentences alone, not the way through the program."""

from __future__ import annotations

import sys
from types import TracebackType

from django.core.exceptions import ImproperlyConfigured


def tell(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Takes the place of ``sys.excepthook``; the interpreter then ends with code 1, as after any error."""
    if issubclass(kind, ImproperlyConfigured):
        print(error, file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, traceback)

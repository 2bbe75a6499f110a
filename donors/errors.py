"""Refusals of rules and of the database, as sentences for the user."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from donors.models import Donor

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

DEADLOCK, LOCK_TIMEOUT = "40P01", "55P03"  # SQLSTATE
TURNS = 4


class Refused(Exception):
    """A rule refused; the message is written for the user.

    ``field`` names the form field to correct, if there is one.
    """

    def __init__(self, message: str, field: str | None = None):
        super().__init__(message)
        self.field = field


class AlreadyRegistered(Refused):
    """The identity document belongs to ``donor``, who is registered already."""

    def __init__(self, message: str, donor: Donor) -> None:
        super().__init__(message)
        self.donor = donor


# By the exact name of the constraint; each app registers its own (`<app>/guards/sentences.py`).
SENTENCES: dict[str, str] = {}
FIELDS: dict[str, str] = {}
CROSSINGS: set[str] = set()


def register(
    sentences: Mapping[str, str],
    fields: Mapping[str, str] | None = None,
    crossings: frozenset[str] = frozenset(),
) -> None:
    """``fields``: constraint to form field to correct. ``crossings``: constraints that only fail
    because of a concurrent act, so that a retry makes sense."""
    SENTENCES.update(sentences)
    FIELDS.update(fields or {})
    CROSSINGS.update(crossings)


def constraint(error: BaseException | None) -> str:
    """The name of the violated constraint; empty if the error has none."""
    diagnostics = getattr(error and error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


def _sqlstate(error: BaseException | None) -> str:
    return getattr(error and error.__cause__, "pgcode", None) or ""


def _sentence(error: IntegrityError | OperationalError) -> str:
    if _sqlstate(error) in (DEADLOCK, LOCK_TIMEOUT):
        return _("Somebody else is working on this just now. Try again.")
    known = SENTENCES.get(constraint(error))
    return _(known) if known else ""


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """A transaction in which a database refusal becomes ``Refused``; the only place that
    translates."""
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, OperationalError) as error:
        sentence = _sentence(error)
        if sentence:
            raise Refused(sentence, FIELDS.get(constraint(error))) from error
        if isinstance(error, OperationalError):
            raise
        log.exception("The database refused and nobody has a sentence for it")
        raise Refused(
            _("As the records stand now, this cannot be done. Open the page again and look.")
        ) from error


def retried_on_conflict(rule: Callable[P, T]) -> Callable[P, T]:
    """Retry an act that brings bad news when it lost against a concurrent one: bad news is never
    refused."""

    @functools.wraps(rule)
    def retrying(*args: P.args, **said: P.kwargs) -> T:
        for _turn in range(TURNS - 1):
            try:
                return rule(*args, **said)
            except Refused as refused:
                error = refused.__cause__
                crossed = _sqlstate(error) == DEADLOCK or constraint(error) in CROSSINGS
                if connection.in_atomic_block or not crossed:
                    raise
        return rule(*args, **said)

    return retrying

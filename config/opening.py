"""Before a process serves or works: its keys, its guards and its clock of Morocco must be its
database's, the last check of its data must have found nothing serious, and in production its role
must own nothing."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

log = logging.getLogger(__name__)


def require() -> None:
    """Raises ``ImproperlyConfigured`` with the sentence for the operator."""
    from donors import data_checks, guards
    from donors.clock import zone_offsets
    from donors.guards import rights

    zone_offsets.require()
    guards.require()
    if settings.PRODUCTION:
        rights.require()
    refuse_wrong_keys()
    data_checks.require()


def refuse_wrong_keys() -> None:
    """Raises ``ImproperlyConfigured``. Skipped when the database is unreachable: nothing can be
    compared or damaged then, and the health page compares again."""
    from donors import keys

    try:
        keys.check()
    except keys.WrongKeys as wrong:
        raise ImproperlyConfigured(str(wrong)) from None
    except DatabaseError as error:
        log.warning("The keys are not compared: %s", type(error).__name__)

"""Two administrators direct one operation at the same moment."""

from functools import partial

import pytest
from django.utils import timezone

from campaigns.operations import operations
from tests.support import asking, factories, operating

from .test_blood import sentences, together

pytestmark = pytest.mark.xdist_group("concurrency")


def test_of_two_who_begin_the_response_one_is_refused(committed):
    operation = asking.operation()
    now = timezone.now()
    acts = [
        partial(
            operations.enter,
            operation=operation,
            phase="response",
            by=factories.administrator(),
            now=now,
        )
        for _one in range(4)
    ]
    refused = sentences(together(*acts))
    assert len(refused) == 3 and set(refused) == {
        "The operation is in another phase by now. Look at it again."
    }
    assert [row.phase for row in operation.phases.all()] == ["alert", "response"]


def test_estimates_made_at_once_are_versions_one_after_the_other(committed):
    operation = asking.operation()
    now = timezone.now()
    acts = [partial(operating.estimate, operation, now, counted=count) for count in (10, 20, 30)]
    assert not sentences(together(*acts))
    assert [row.number for row in operation.estimates.all()] == [1, 2, 3]

"""One message through a transport."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from campaigns.messaging.transports import Turn


def one(hand_over, message) -> str:
    """The provider's id of one message, or its error raised."""
    turn = Turn(timezone.now() + timedelta(seconds=60))
    (outcome,) = [said for said in hand_over([message], turn) if said]
    if outcome.error:
        raise outcome.error
    return outcome.provider_id

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from .contact import Contact


class Proof(models.Model):
    """A code sent to an address, to sign in or to prove a new address.

    Without a ``contact`` no donor with this address and date of birth is known: nothing is sent,
    and the page is the same. The row is deleted a day later.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in"
        ADDRESS = "address"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=8, choices=Purpose)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="proofs"
    )
    address = models.CharField(max_length=254)
    sender = models.CharField(max_length=32, blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="proof_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(contact__isnull=False), name="proof_of_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["address", "asked_at"], name="proof_of_address"),
            models.Index(fields=["sender", "asked_at"], name="proof_of_sender"),
        ]

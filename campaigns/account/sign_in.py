"""Donors' sign-in: a code sent to a known address opens the donor's own pages."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.messaging import outbox
from donors.clock.partial_dates import PartialDate
from donors.contact import verification
from donors.errors import Refused
from donors.models import Contact, Donor, Proof


@transaction.atomic
def ask(*, address: str, born: PartialDate, sender: str, now: datetime) -> Proof:
    """Send a code. The answer is the same whether the address is known or not; only the message
    differs."""
    try:
        proof = verification.ask_to_sign_in(address=address, born=born, sender=sender, now=now)
    except Refused as refused:
        raise Refused(str(refused), "address") from refused
    _send(proof, now)
    return proof


@transaction.atomic
def add_address(*, donor: Donor, typed: str, sender: str, now: datetime) -> Proof:
    try:
        proof = verification.add_address(donor=donor, typed=typed, sender=sender, now=now)
    except Refused as refused:
        raise Refused(str(refused), "address") from refused
    _send(proof, now)
    return proof


def _send(proof: Proof, now: datetime) -> None:
    if proof.contact is None:
        return
    outbox.enqueue(
        kind="proof_code",
        cause=f"proof:{proof.pk}",
        subject_id=proof.pk,
        donor=proof.contact.donor,
        contact=proof.contact,
        urgent=True,
        now=now,
    )


def prove(*, proof: Proof, code: str, now: datetime, given_name: str = "") -> Contact:
    """Check the code. The transaction commits after a wrong one too, or the attempt would not be
    counted."""
    refusal = None
    with transaction.atomic():
        try:
            contact = verification.prove(proof=proof, code=code, given_name=given_name, now=now)
        except Refused as refused:
            refusal = refused
    if refusal:
        raise Refused(str(refusal), refusal.field or "code") from refusal
    return contact

"""What the rules and the database refuse, in sentences for the person who reads them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from donors.errors import Refused as DonorsRefused
from donors.models import Donor


class Refused(Exception):
    """A rule said no; the message is written for the person who reads the page.

    ``field`` names the value that has to be put right, where it is one.
    """

    def __init__(self, message: str, field: str | None = None):
        super().__init__(message)
        self.field = field


class AlreadyKnown(Refused):
    """Whoever is being registered may be one of ``donors``, who are registered already."""

    def __init__(self, message: str, donors: list[Donor], field: str | None = None):
        super().__init__(message, field)
        self.donors = donors


# The name of a constraint, or words of a trigger's message, and what it means to a person.
SENTENCES = {
    "donation_number_is_used_once": gettext_noop("This donation number was already used."),
    "donation_number_has_its_check_character": gettext_noop(
        "The donation number and its check character do not belong together. Scan it again."
    ),
    "donor_has_one_live_appointment": gettext_noop("This person has a place booked already."),
    "slot_never_over_its_places": gettext_noop("This time is full. Choose another one."),
    "donor_arrives_once_a_session": gettext_noop("This donor has already arrived at this session."),
    "result_entered_once_an_entry": gettext_noop("This entry has already been made."),
    "both entries of a result": gettext_noop(
        "You made the first entry; the second one belongs to somebody else."
    ),
    "donor under 18": gettext_noop("The donor is under 18."),
    "donor deferred": gettext_noop("A deferral of this donor is running today."),
    "interval not over": gettext_noop("The interval since the last donation is not over."),
    "yearly limit reached": gettext_noop("The number of donations in a year has been reached."),
    "visit not accepted": gettext_noop("The donor has not been accepted for giving today."),
    "the bag has expired": gettext_noop("This bag has expired."),
    "the releaser entered": gettext_noop(
        "Whoever entered a result of this donation cannot release it."
    ),
    "bag not released": gettext_noop("This donation is not ready to be released."),
    "no compatible issue": gettext_noop("This group does not fit the patient's group."),
    "the bag is": gettext_noop("Somebody else has just moved this bag. Look at its state again."),
    "a bag does not go": gettext_noop("In its present state this bag cannot go there."),
    "centers_issue_bag_id": gettext_noop("This bag has been issued already."),
    "centers_donation_submission_id": gettext_noop(
        "This form was already sent with other values. Open the visit again."
    ),
    "centers_donation_visit_id": gettext_noop("This donor has given already."),
    "questionnaire of the day": gettext_noop(
        "The questions of today have not been answered. Ask them first."
    ),
    "a doctor has to look": gettext_noop(
        "An answer speaks against giving. The doctor has to look at it first."
    ),
    "the donor was joined": gettext_noop(
        "This record was joined to another one. Search for the person again."
    ),
    "lock timeout": gettext_noop("Somebody else is working on this just now. Try again."),
    "deadlock detected": gettext_noop("Somebody else is working on this just now. Try again."),
}
FIELDS = {"donation_number_is_used_once": "number"}


@contextlib.contextmanager
def in_one_piece() -> Iterator[None]:
    """A transaction whose refusal by the database becomes a sentence, in this one place."""
    try:
        with transaction.atomic():
            yield
    except DonorsRefused as refused:
        raise Refused(str(refused)) from refused
    except (IntegrityError, OperationalError) as error:
        key = next((key for key in SENTENCES if key in str(error)), None)
        if key is None:
            raise
        raise Refused(_(SENTENCES[key]), FIELDS.get(key)) from error

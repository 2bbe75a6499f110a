"""What the rules and the database refuse, in sentences for the person who reads them."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
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


class Foreign(Refused):
    """The number is of a ``facility`` that the session does not use, until somebody confirms it."""

    def __init__(self, message: str, facility: str):
        super().__init__(message, "number")
        self.facility = facility


log = logging.getLogger(__name__)
TURNS = 4
CROSSED = ("deadlock detected", "the closing sheet of this session is signed")
# The name of a constraint, or words of a trigger's message, and what it means to a person.
SENTENCES = {
    "donation_number_is_used_once": gettext_noop("This donation number was already used."),
    "centers_bleeding_din": gettext_noop("This donation number was already used."),
    "donation_number_has_its_check_character": gettext_noop(
        "The donation number and its check character do not belong together. Scan it again."
    ),
    "donor_has_one_live_appointment": gettext_noop("This person has a place booked already."),
    "on duty without the job": gettext_noop(
        "Somebody of these does not hold that job at this centre on that day."
    ),
    "slot_never_over_its_places": gettext_noop("This time is full. Choose another one."),
    "donor_arrives_once_a_session": gettext_noop("This donor has already arrived at this session."),
    "the group of the donor is in doubt": gettext_noop(
        "The group of this donor is in doubt: all their bags are held until the doctor has settled it."
    ),
    "a doubt about a group is ended by": gettext_noop(
        "A new sample decides: have the whole group read again from one, by two people, and come back."
    ),
    "who read a group does not settle": gettext_noop(
        "You read this group yourself; another doctor settles the doubt by it."
    ),
    "a held bag is relabelled by": gettext_noop(
        "What was read of this bag itself does not prove that group, or you read it. Have its group "
        "read again, or discard it."
    ),
    "a group is corrected by a new sample": gettext_noop(
        "A new sample decides: have the whole group read again from one, by two people, and come back."
    ),
    "who read a group": gettext_noop(
        "You read this group yourself; another doctor corrects the record by it."
    ),
    "two reactive readings are final": gettext_noop(
        "Reactive twice: that is final. The doctor follows it up."
    ),
    "a repeat follows two readings": gettext_noop(
        "This test has not been read twice yet. A repeat comes after both entries."
    ),
    "repeat_opens_a_version_once": gettext_noop("Somebody else has just asked for this repeat."),
    "by a correction only": gettext_noop(
        "The group differs from the one this donor is known by. Take a new sample."
    ),
    "high titre stays": gettext_noop(
        "This bag of group O has haemolysins, or was not tested for them: it is for group O alone."
    ),
    "analyser_file_is_applied_once": gettext_noop("This file was applied already."),
    "a file is applied or dropped once": gettext_noop("This file was applied or dropped already."),
    "analyser_stands_once": gettext_noop("An analyser of this name stands in the list already."),
    "result_entered_once_an_entry": gettext_noop("This entry has already been made."),
    "both entries of a result": gettext_noop(
        "You made the first entry; the second one belongs to somebody else."
    ),
    "donor under 18": gettext_noop("The donor is under 18."),
    "donor deferred": gettext_noop("A deferral of this donor is running today."),
    "interval not over": gettext_noop("The interval since the last donation is not over."),
    "yearly limit reached": gettext_noop("The number of donations in a year has been reached."),
    "visit not accepted": gettext_noop("The donor has not been accepted for giving today."),
    "the donation is recalled": gettext_noop(
        "This donation is recalled: nothing of it leaves until the recall is closed."
    ),
    "from quarantine only": gettext_noop(
        "This bag is in quarantine. Only an emergency release by a doctor and a second person lets "
        "it go."
    ),
    "reserved for another": gettext_noop("This bag is reserved for another request."),
    "bag_has_one_live_reservation": gettext_noop("This bag is reserved already."),
    "donation_has_one_open_recall": gettext_noop("This donation is recalled already."),
    "request_is_entered_once": gettext_noop("This request was entered already."),
    "hospital_stands_once": gettext_noop("This hospital stands in the list already."),
    "a bag of the recall is not": gettext_noop("A bag of this donation is not blocked yet."),
    "a bag of the recall has": gettext_noop(
        "Say of every bag that had left how it ended, then close."
    ),
    "an earlier donation was not": gettext_noop(
        "Every earlier donation of the last year is recalled and closed first."
    ),
    "emergency_once_a_request": gettext_noop("An emergency release of this bag is noted already."),
    "bag_is_in_one_box": gettext_noop("This bag is in another box already."),
    "bag_is_packed_once": gettext_noop("This bag is in the box already."),
    "bag_is_counted_once": gettext_noop("This bag was counted already."),
    "one_count_of_a_product": gettext_noop("A count of this product is going on already."),
    "cold_chain_breaks": gettext_noop(
        "More than 30 minutes out of the cold: the bag cannot come back to the shelf."
    ),
    "the box of the bag is not": gettext_noop(
        "The temperature of its box is not noted yet. Finish receiving the box first."
    ),
    "the bag is in a box": gettext_noop(
        "This bag is in a box. Take it out, or release it where the box arrives."
    ),
    "what blocked the bag": gettext_noop("What blocked this bag does not clear up. Discard it."),
    "the bag has expired": gettext_noop("This bag has expired."),
    "the releaser entered": gettext_noop(
        "Whoever entered a result of this donation cannot release it."
    ),
    "bag not released": gettext_noop("This donation is not ready to be released."),
    "no compatible issue": gettext_noop("This group does not fit the patient's group."),
    "a second person puts back": gettext_noop(
        "You took this bag back yourself; a second person puts it on the shelf."
    ),
    "no return with its cold chain": gettext_noop(
        "This bag was at a hospital and its cold chain is not known to be kept. Discard it."
    ),
    "the request is closed": gettext_noop("This request is closed."),
    "the bag does not fit the request": gettext_noop(
        "The request asks for another product or group than this bag's."
    ),
    "who released a bag reads": gettext_noop(
        "You released a bag of this donation; somebody else reads its tests."
    ),
    "one of the past comes from paper": gettext_noop(
        "This bleeding lies too far back. Enter it from its paper."
    ),
    "a donation is of a day": gettext_noop("The day is none of this session's."),
    "the label is the group": gettext_noop(
        "The label does not bear the group that was determined."
    ),
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
    "the number was voided": gettext_noop("This number was voided. Take another label."),
    "the number was given": gettext_noop(
        "This number belongs to another session. Take a label of this one."
    ),
    "the facility is not of this session": gettext_noop(
        "This number is of a facility that this session does not use. Scan it again."
    ),
    "numbers_are_given_out_once": gettext_noop("Some of these numbers were given out already."),
    "the bag bears another number": gettext_noop(
        "This is not the number with which the bleeding began. Check whose bag it is."
    ),
    "centers_bleeding_visit_id": gettext_noop("The bleeding of this donor has begun already."),
    "centers_voidednumber_din": gettext_noop("This number was voided already."),
    "the needle is in elsewhere": gettext_noop(
        "This donor is giving in another chair just now. Look at the board."
    ),
    "a hard bound is broken": gettext_noop(
        "A measure is outside of a bound that nobody overrides. This donor cannot give today."
    ),
    "the needle was in": gettext_noop("The bleeding of this donor has begun already."),
    "the closing sheet of this session": gettext_noop(
        "The closing sheet of this session is signed: nobody is received any more."
    ),
    "paper_is_entered_once": gettext_noop("This paper is being entered already."),
    "typed by two people": gettext_noop("Two people have to type a paper before it counts."),
    "no recipe makes": gettext_noop("No recipe makes this product from that bag."),
    "lock timeout": gettext_noop("Somebody else is working on this just now. Try again."),
    "deadlock detected": gettext_noop("Somebody else is working on this just now. Try again."),
}
FIELDS = dict.fromkeys(
    (
        "donation_number_is_used_once",
        "centers_bleeding_din",
        "the number was voided",
        "the number was given",
        "the facility is not of this session",
        "the bag bears another number",
    ),
    "number",
)


P = ParamSpec("P")
T = TypeVar("T")


def insisting(rule: Callable[P, T]) -> Callable[P, T]:
    """Bad news is never refused: where it crossed another act and lost, it is told again."""

    @functools.wraps(rule)
    def told(*args: P.args, **said: P.kwargs) -> T:
        for _turn in range(TURNS - 1):
            try:
                return rule(*args, **said)
            except Refused as refused:
                crossed = any(words in str(refused.__cause__) for words in CROSSED)
                if connection.in_atomic_block or not crossed:
                    raise
        return rule(*args, **said)

    return told


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
        if key:
            raise Refused(_(SENTENCES[key]), FIELDS.get(key)) from error
        if isinstance(error, OperationalError):
            raise
        log.exception("The database refused and nobody has a sentence for it")
        raise Refused(
            _("As the records stand now, this cannot be done. Open the page again and look.")
        ) from error

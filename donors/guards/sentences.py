"""Sentences for the database's refusals about people, by the exact name of the constraint."""

from django.utils.translation import gettext_noop

SENTENCES = {
    "sex_and_birth_are_corrected_by_two": gettext_noop(
        "You proposed it yourself; another person has to compare the document."
    ),
    "one_correction_waits_for_its_second_person": gettext_noop(
        "A correction of this waits for a second person already."
    ),
    "record_correction_is_decided_once": gettext_noop("This has been decided already."),
    "record_follows_its_corrections": gettext_noop(
        "A record is changed by a correction of its own alone. Take this one back, and propose it anew."
    ),
}

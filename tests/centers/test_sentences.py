"""Every refusal a page can meet has a sentence, and every sentence a constraint of exactly its
name."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from centers.laboratory import release
from donors import errors, guards
from donors.errors import Refused, refusing
from tests.support import factories

NAMED = re.compile(r"CONSTRAINT = '(\w+)'")
# Functions that return the name of a reason; their caller raises it.
REASON = re.compile(r"(?:why := |THEN\s+|RETURN )'(\w+_\w+)'")
# The rules check before they write: these constraints fail only when a program bypasses the rules,
# or two acts cross within moments; then the general sentence is right ("as the records stand now").
WITHOUT_A_SENTENCE = {
    "placement_only_ends",
    "addressee_keeps_what_was_said",
    "alarm_begins_unanswered",
    "alarm_is_answered_by_an_answer",
    "alarm_is_answered_once",
    "analyser_file_keeps_what_was_handed_in",
    "appointment_is_never_moved",
    "approved_invitation_stands",
    "asked_question_is_changed_by_a_new_version",
    "bag_begins_closed",
    "bag_begins_in_stock_only_from_one_in_stock",
    "bag_begins_without_a_state",
    "bag_changes_by_a_movement_only",
    "bag_changes_its_place_by_a_transfer_only",
    "bag_expires_no_later_than_it_keeps",
    "bag_has_not_expired",
    "bag_is_counted_by_a_level",
    "bag_is_made_into_each_product_once",
    "bag_keeps_what_it_is",
    "bag_was_made_by_now",
    "bleeding_is_ended_once",
    "clock_of_morocco_changes_with_a_release_only",
    "clock_of_morocco_is_loaded",
    "closed_unit_gets_no_new_people",
    "closed_unit_is_empty",
    "command_is_founded",
    "command_is_over_for_good",
    "criterion_keeps_its_subject",
    "deferral_is_overridden_by_a_doctor",
    "deferral_keeps_what_was_recorded",
    "donation_fills_one_bag",
    "donation_keeps_what_was_recorded",
    "donor_is_joined_in_one_step",
    "donor_is_known_by_the_corrected_group",
    "early_warning_closes_once",
    "group_doubt_begins_open",
    "group_doubt_is_ended_once",
    "group_reading_names_technique_and_lot",
    "held_reading_becomes_the_same",
    "invitation_begins_open",
    "label_shows_the_expiry",
    "label_tells_what_the_bag_is",
    "level_keeps_what_it_counts",
    "look_back_begins_open",
    "look_back_is_ended_once",
    "look_is_timed_by_the_clock",
    "lot_is_recalled_once",
    "memo_begins_with_a_version",
    "memo_changes_by_a_version_only",
    "memo_version_follows_the_last",
    "merge_keeps_what_was_recorded",
    "merge_stands_until_it_is_undone",
    "message_begins_waiting",
    "message_is_kept_two_years",
    "message_keeps_its_receiver",
    "message_state_follows_its_path",
    "movement_has_no_reservation",
    "movement_has_no_return",
    "movement_has_no_transfer",
    "national_rights_are_given_by_the_owner",
    "new_version_begins_on_a_day_to_come",
    "no_of_the_doctor_stands",
    "no_open_unit_stands_under_a_closed_one",
    "nobody_approves_their_own_command",
    "number_range_is_of_one_facility",
    "number_range_only_comes_back",
    "online_entry_is_of_today",
    "open_day_is_withdrawn_once",
    "operation_begins_in_alert",
    "outcome_is_one_of_the_marker",
    "override_names_the_measurer",
    "packed_bag_is_ended_where_the_box_is",
    "paper_is_ended_once",
    "paper_is_followed_by_a_movement",
    "permanent_deferral_is_lifted_by_two",
    "places_are_counted_from_appointments",
    "plan_that_changed_something_is_kept",
    "recall_begins_open",
    "reference_row_comes_with_a_release",
    "reservation_still_stands",
    "row_is_append_only",
    "row_is_ended_once",
    "row_is_never_deleted",
    "row_keeps_what_was_written",
    "second_signature_is_under_what_the_first_saw",
    "session_is_of_the_same_centre",
    "session_keeps_its_centre",
    "signed_closing_sheet_is_never_changed",
    "stop_keeps_what_happened",
    "team_day_is_released_once",
    "transfer_begins_as_a_proposal",
    "transfer_goes_its_way_once",
    "unit_path_is_its_chain",
    "version_is_ended_never_changed",
    "version_of_a_result_is_open",
    "visit_is_of_the_same_donor_and_session",
    "visit_keeps_what_was_recorded",
    "wave_goes_its_way",
    "wave_keeps_its_parts",
    "wish_ends_once",
}


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def named() -> set[str]:
    texts = [statement.text for statement in guards.written().values()]
    return {name for text in texts for found in (NAMED, REASON) for name in found.findall(text)}


def test_every_refusal_names_its_rule():
    for guard, statement in guards.written().items():
        raised = statement.text.count("RAISE EXCEPTION")
        refused = re.findall(
            r"USING ERRCODE = 'integrity_constraint_violation',\s+CONSTRAINT = ('\w+'|why);",
            statement.text,
        )
        assert raised == len(refused), guard


def test_every_refusal_has_a_sentence_or_is_met_past_the_rules_only():
    assert named() - set(errors.SENTENCES) == WITHOUT_A_SENTENCE


def test_every_reason_against_a_release_is_shown_in_words():
    """``release.hindrances`` looks up what the function returns."""
    function = guards.written()[guards.Guard("", "bag_release_hindrance")]
    assert set(re.findall(r"RETURN '(\w+)'", function.body)) == set(release.HINDRANCES)


@pytest.mark.django_db
def test_every_sentence_is_of_a_constraint_that_exists():
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class")
        existing = {name for (name,) in cursor}
    assert set(errors.SENTENCES) - named() - existing == set()
    assert set(errors.FIELDS) <= set(errors.SENTENCES)
    assert set(errors.SENTENCES) >= errors.CROSSINGS
    assert all(len(name) <= 63 for name in errors.SENTENCES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raised", "sentence", "field"),
    [
        ("CONSTRAINT = 'number_was_not_voided'", "This number was voided", "number"),
        ("CONSTRAINT = 'bag_has_expired'", "This bag has expired", None),
        # The text of a message, or a longer name, has no effect.
        ("CONSTRAINT = 'bag_has_expired_long_ago'", "As the records stand now", None),
        ("MESSAGE = 'bag_has_expired'", "As the records stand now", None),
    ],
)
def test_the_exact_name_decides_what_is_said(raised, sentence, field):
    raised = f"DO $$BEGIN RAISE USING ERRCODE = 'integrity_constraint_violation', {raised}; END$$"
    with pytest.raises(Refused, match=sentence) as refusal, refusing():
        execute(raised)
    assert refusal.value.field == field


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["deadlock_detected", "lock_not_available"])
def test_who_waited_in_vain_is_asked_to_try_again(state):
    with pytest.raises(Refused, match="working on this just now"), refusing():
        execute(f"DO $$BEGIN RAISE 'whatever it says' USING ERRCODE = '{state}'; END$$")


@pytest.mark.django_db
def test_a_breakdown_is_no_refusal():
    with pytest.raises(OperationalError), refusing(), connection.cursor() as cursor:
        cursor.execute("DO $$BEGIN RAISE 'disk full' USING ERRCODE = 'disk_full'; END$$")


@pytest.mark.django_db
def test_constraints_of_models_are_known_by_their_name(reference):
    visit = factories.visit(
        factories.session(), factories.donor(), factories.user(), accepted=False
    )
    visit.pk, visit.public_id = None, uuid.uuid4()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        visit.save(force_insert=True)
    assert errors.constraint(error.value) == "donor_arrives_once_a_session"

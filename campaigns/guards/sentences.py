"""Sentences for the database's refusals about operations, by the exact name of the constraint."""

from django.utils.translation import gettext_noop

SENTENCES = {
    "call_is_settled_once": gettext_noop("What was said in this call is noted already."),
    "operation_is_open": gettext_noop("This operation is closed already."),
    "operation_goes_its_way": gettext_noop(
        "The operation is in another phase by now. Look at it again."
    ),
    "second_shock_has_a_reason": gettext_noop("Write why the operation goes back to the response."),
    "closing_has_a_reason": gettext_noop(
        "Say why the operation is closed, for those who read the log later."
    ),
    "stopped_appeal_says_why": gettext_noop("Say why, for those who read the decisions later."),
    "phase_begins_after_the_last": gettext_noop("A phase cannot begin before the last one did."),
    "administrator_directs_an_operation": gettext_noop(
        "Only an administrator directs an operation."
    ),
    "revision_has_a_reason": gettext_noop("Write why this is changed."),
    "estimate_curve_rises_to_everything": gettext_noop(
        "The shares of the days have to be positive and make 100 % together."
    ),
    "estimate_names_its_centres": gettext_noop("Give at least one centre a share of the patients."),
    "estimate_of_admissions_is_between_low_and_high": gettext_noop(
        "The expected admissions have to lie between the low and the high figure."
    ),
    "estimate_of_red_cells_is_between_low_and_high": gettext_noop(
        "The expected red cells have to lie between the low and the high figure."
    ),
    "estimate_of_platelets_is_between_low_and_high": gettext_noop(
        "The expected platelets have to lie between the low and the high figure."
    ),
    "estimate_of_plasma_is_between_low_and_high": gettext_noop(
        "The expected plasma has to lie between the low and the high figure."
    ),
    "estimate_is_of_one_country": gettext_noop("More than a million admissions: check the figure."),
    "order_is_confirmed_by_another": gettext_noop(
        "Another administrator than the one who gave it confirms this order."
    ),
    "order_waits_to_be_confirmed": gettext_noop("This order no longer waits to be confirmed."),
    "campaigns_orderconfirmation_order_id_key": gettext_noop("This order was confirmed already."),
    "order_holds_what_leaves": gettext_noop("The hold lasts from 30 seconds to an hour."),
    "order_limits_the_people": gettext_noop("The limit is from 1 to 100,000 people."),
    "order_has_a_reason": gettext_noop("Write why this order is given."),
    "order_ends_after_it_was_given": gettext_noop("The order has to end in the future."),
    "agreed_answer_stands": gettext_noop(
        "The campaign of this answer is agreed. Speak with the centre to change it."
    ),
    "silent_unit_is_reminded_once_a_day": gettext_noop("This unit was reminded today already."),
    "memo_addresses_a_unit_once": gettext_noop("The memo is addressed to this unit already."),
    "memo_answer_has_one_living_campaign": gettext_noop(
        "This answer has a campaign already. Look at it again."
    ),
    "team_is_bound_once_a_day": gettext_noop(
        "Another unit has just taken this team on this day. Choose another day."
    ),
    "campaign_binds_one_team": gettext_noop("This campaign has a team and a day already."),
    "team_day_fits_its_campaign": gettext_noop(
        "The campaign has another centre or day by now. Look at it again."
    ),
    "offer_ends_once": gettext_noop("This offer is no longer open. Look at the new ones."),
    "open_day_once_a_center": gettext_noop("This day is published already."),
    "open_day_has_teams_beds_and_hours": gettext_noop(
        "An open day has 1 to 20 teams, 1 to 50 beds, and an end that is not its beginning."
    ),
    "memo_is_in_force": gettext_noop("This memo was withdrawn."),
    "memo_version_has_a_reason": gettext_noop("Write why the memo is changed."),
    "memo_deadline_follows_its_issue": gettext_noop("The deadline has to lie ahead."),
    "memo_has_an_arabic_text": gettext_noop("The memo needs an Arabic subject and text."),
    "memo_language_is_complete": gettext_noop(
        "A language of the memo needs both its subject and its text."
    ),
    "memo_is_read_by_another": gettext_noop(
        "Another administrator has to have read this text before it is issued."
    ),
    "memo_draft_was_changed_meanwhile": gettext_noop("Somebody else changed this draft meanwhile."),
    "memo_file_is_at_most_5_mb": gettext_noop("The file is larger than 5 MB."),
    "memo_draft_is_over": gettext_noop("This draft was issued or discarded already."),
    "administrator_writes_a_memo": gettext_noop("Only an administrator issues and changes a memo."),
    "drill_makes_no_campaign": gettext_noop(
        "An exercise, or a memo to be ready, leads to no campaign."
    ),
    "campaigns_memo_reference_key": gettext_noop(
        "A memo with this reference has been issued already."
    ),
    "campaign_goes_its_way": gettext_noop(
        "The campaign is in another state by now. Look at it again."
    ),
    "checklist_item_is_ticked_once": gettext_noop("This was ticked already."),
    "tick_is_undone_once": gettext_noop("This tick was taken back already."),
    "picture_is_removed_once": gettext_noop("This picture was removed already."),
}

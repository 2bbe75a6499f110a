"""Sentences for the database's refusals about blood, by the exact name of the constraint."""

from django.utils.translation import gettext_noop

SENTENCES = {
    "request_names_the_patient": gettext_noop("Say for which patient the blood is."),
    "issue_is_for_a_request": gettext_noop(
        "A bag leaves for a request only. Enter the request, then scan the bag there."
    ),
    "sample_is_of_one_patient": gettext_noop(
        "This sample number is of another patient. Compare the tube with its paper."
    ),
    "reading_is_of_the_patients_sample": gettext_noop(
        "This sample number is of another patient. Compare the tube with its paper."
    ),
    "group_of_the_patient_is_in_doubt": gettext_noop(
        "The determinations of the patient's group, or the request, contradict each other. Take a new sample."
    ),
    "group_of_the_patient_is_read_twice": gettext_noop(
        "The patient's group has been determined once only: until the second time, red cells of group O "
        "and plasma of group AB."
    ),
    "sample_of_the_patient_is_valid": gettext_noop(
        "No sample of the patient is valid any more. Ask the hospital for a new one."
    ),
    "antibodies_are_screened": gettext_noop(
        "The antibody screen of the valid sample is not recorded yet."
    ),
    "crossmatch_was_incompatible": gettext_noop(
        "The crossmatch of this bag with this patient was incompatible: it never goes to this patient."
    ),
    "bag_lacks_the_antigen": gettext_noop(
        "This bag is not known to lack an antigen that the patient must not get."
    ),
    "phenotype_of_the_patient_is_known": gettext_noop(
        "The patient needs blood of their phenotype, and it has not been read yet (C, c, E, e, K)."
    ),
    "bag_has_the_phenotype": gettext_noop(
        "This bag is not known to have the patient's phenotype (C, c, E, e, K)."
    ),
    "bag_is_irradiated": gettext_noop("The patient needs an irradiated bag."),
    "bag_is_cmv_negative": gettext_noop(
        "The patient needs a CMV negative bag, and this one is not known to be."
    ),
    "bag_is_crossmatched": gettext_noop(
        "The crossmatch of this bag with the patient's valid sample is missing."
    ),
    "bag_has_the_antigen_of_an_antibody": gettext_noop(
        "This bag has the antigen of an antibody of the patient: no emergency waives that."
    ),
    "bag_is_picked_by_its_number_and_group": gettext_noop(
        "Scan the number and the group bar of the bag first; then it is looked at a second time."
    ),
    "second_person_looks_at_the_bag": gettext_noop(
        "You scanned this bag first yourself; a second person looks at it before it leaves."
    ),
    "group_bar_is_that_of_the_bag": gettext_noop(
        "The group bar is not that of this bag. Stop: compare the label with the record."
    ),
    "reserve_is_opened_by_name": gettext_noop(
        "This bag is of the reserve for disasters. The manager may take it, with a reason."
    ),
    "reserve_is_opened_by_its_manager": gettext_noop(
        "This bag is of the reserve for disasters. The manager may take it, with a reason."
    ),
    "bag_is_picked_for_one_request": gettext_noop("This bag waits for its second look already."),
    "diagnosis_is_a_code": gettext_noop("Write the ICD-10 code like D56.1."),
    "requirement_is_ended_by_a_second_person": gettext_noop(
        "You entered this yourself; another doctor ends it."
    ),
    "extended_test_is_read_once_a_reader": gettext_noop(
        "You have read this already; the second reading belongs to somebody else."
    ),
    "shelf_check_is_answered_once": gettext_noop("Somebody has answered this already."),
    "transfer_keeps_the_reserve": gettext_noop(
        "The sending centre would keep less than its floor or its reserve for disasters. One person says why it is "
        "sent all the same, a second one agrees."
    ),
    "box_keeps_the_reserve": gettext_noop(
        "Since the approval the stock has fallen: with this bag the centre would keep less than its floor or its "
        "reserve. The manager says why it is sent all the same, a second person agrees."
    ),
    "two_people_go_below_the_reserve": gettext_noop(
        "You asked for it yourself; a second person agrees, or does not."
    ),
    "reserve_is_opened_by_managers": gettext_noop(
        "Only a manager of the sending centre or an administrator opens the reserve."
    ),
    "planners_transfer_is_refused_with_a_reason": gettext_noop("Say why."),
    "analyser_file_ends_once": gettext_noop("This file was applied or dropped already."),
    "bag_lies_where_it_keeps": gettext_noop("This bag is not kept at this temperature."),
    "equipment_has_an_open_alarm": gettext_noop(
        "It was too warm or too cold in it. Decide about what lay there first."
    ),
    "equipment_is_fit": gettext_noop(
        "This equipment is out of service, or its check failed or is overdue. Record the check, or use another."
    ),
    "temperature_alarm_is_decided_once": gettext_noop("Somebody has decided this already."),
    "temperature_alarm_is_decided_by_its_deciders": gettext_noop(
        "A doctor or a manager of the centre decides about it."
    ),
    "doctor_settles_a_reactive_reading": gettext_noop("A doctor decides about a reactive result."),
    "box_keeps_its_number": gettext_noop("This box has carried bags: it keeps its number."),
    "temperature_holds_the_bag": gettext_noop(
        "It lay where it was too warm or too cold. A doctor or the manager decides about it first."
    ),
    "equipment_stands_once": gettext_noop("Equipment of this kind and name is listed already."),
    "run_is_one_reading": gettext_noop(
        "The first reading came from this run already. The second needs another run, or a person's own reading."
    ),
    "held_reading_is_settled_once": gettext_noop("Somebody has decided this already."),
    "sender_is_of_one_analyser": gettext_noop("Another analyser calls itself so already."),
    "product_is_made_by_a_recipe": gettext_noop("No recipe makes this product from that bag."),
    "label_is_the_determined_group": gettext_noop(
        "The label does not show the group that was determined."
    ),
    "bag_is_not_in_that_state": gettext_noop(
        "Somebody else has just moved this bag. Look at its state again."
    ),
    "bag_goes_into_a_box_from_the_shelf": gettext_noop(
        "In its present state this bag cannot go there."
    ),
    "box_was_measured": gettext_noop(
        "The temperature of its box is not noted yet. Finish receiving the box first."
    ),
    "bag_bears_the_number_of_its_bleeding": gettext_noop(
        "This is not the number with which the bleeding began. Check whose bag it is."
    ),
    "donor_stands_for_a_person": gettext_noop(
        "This record was joined to another one. Search for the person again."
    ),
    "facility_is_of_the_session": gettext_noop(
        "This number is of a facility that this session does not use. Scan it again."
    ),
    "group_is_corrected_by_a_new_sample": gettext_noop(
        "A new sample decides: have the whole group read again from one, by two people, and come back."
    ),
    "reader_of_a_group_does_not_correct_the_record": gettext_noop(
        "You read this group yourself; another doctor corrects the record by it."
    ),
    "high_titre_stays_in_its_group": gettext_noop(
        "This bag of group O has haemolysins, or was not tested for them: it is for group O alone."
    ),
    "lot_is_no_barcode": gettext_noop(
        "This is the barcode of the number. Scan the one of the lot."
    ),
    "known_group_changes_by_a_correction_only": gettext_noop(
        "The group differs from the one this donor is known by. Take a new sample."
    ),
    "donation_is_of_a_day_of_its_session": gettext_noop("The day is none of this session's."),
    "earlier_donations_are_followed_to_their_end": gettext_noop(
        "Every earlier donation of the last year is recalled and closed first."
    ),
    "look_back_has_its_confirmatory_test": gettext_noop(
        "Note the result of the confirmatory test first, or why there is none."
    ),
    "donor_of_the_look_back_is_told": gettext_noop(
        "Note first when a doctor told the donor, or how they were looked for in vain."
    ),
    "hospital_of_each_bag_is_told": gettext_noop(
        "Of a bag that had left it is not noted that its hospital was told. Note it in its recall."
    ),
    "number_was_not_voided": gettext_noop("This number was voided. Take another label."),
    "donation_number_is_used_once": gettext_noop("This donation number was already used."),
    "number_was_given_to_no_other_session": gettext_noop(
        "This number belongs to another session. Take a label of this one."
    ),
    "accepted_by_whom_the_centre_names": gettext_noop(
        "A doctor of this centre accepts its donors."
    ),
    "strange_times_are_confirmed": gettext_noop(
        "These times can hardly be. Compare them with the clock, then tick the box."
    ),
    "serious_reaction_is_declared": gettext_noop(
        "A serious reaction is declared to haemovigilance before it is closed."
    ),
    "reaction_is_open": gettext_noop("This reaction is closed."),
    "reaction_is_closed_once": gettext_noop("This reaction is closed."),
    "reaction_is_declared_with_its_number": gettext_noop("Write the number of the declaration."),
    "reaction_step_says_something": gettext_noop(
        "Say why in a few words that a colleague understands later."
    ),
    "acceptance_changes_for_a_reason": gettext_noop(
        "Say why in a few words that a colleague understands later."
    ),
    "issue_rules_change_for_a_reason": gettext_noop(
        "Say why in a few words that a colleague understands later."
    ),
    "visit_is_cleared_for_a_reason_that_says_something": gettext_noop(
        "Say why in a few words that a colleague understands later."
    ),
    "override_has_a_reason_that_says_something": gettext_noop(
        "Say why in a few words that a colleague understands later."
    ),
    "deferral_ends_for_a_reason_that_says_something": gettext_noop(
        "Say why in a few words that a colleague understands later."
    ),
    "lift_is_asked_for_a_reason_that_says_something": gettext_noop(
        "Say why in a few words that a colleague understands later."
    ),
    "on_duty_holds_the_job": gettext_noop(
        "One of these people does not have that job at this centre on that day."
    ),
    "paper_donation_was_typed_by_two": gettext_noop(
        "Two people have to type a paper before it counts."
    ),
    "paper_is_typed_by_two": gettext_noop("Two people have to type a paper before it counts."),
    "every_bag_of_the_recall_is_blocked": gettext_noop(
        "A bag of this donation is not blocked yet."
    ),
    "every_bag_of_the_recall_has_its_end": gettext_noop(
        "Say of every bag that had left how it ended, then close."
    ),
    "group_of_the_donor_is_in_doubt": gettext_noop(
        "The group of this donor is in doubt: all their bags are held until the doctor has settled it."
    ),
    "use_waits_for_the_group": gettext_noop(
        "The group of this donor is in doubt: the bags can be said to be usable only once the doctor has settled it."
    ),
    "held_bag_is_relabelled_by_its_own_readings": gettext_noop(
        "What was read of this bag itself does not prove that group, or you read it. Have its group "
        "read again, or discard it."
    ),
    "two_reactive_readings_are_final": gettext_noop(
        "Reactive twice: that is final. The doctor follows it up."
    ),
    "repeat_follows_two_readings": gettext_noop(
        "This test has not been read twice yet. A repeat comes after both entries."
    ),
    "entries_of_a_result_are_by_two_people": gettext_noop(
        "You made the first entry; the second one belongs to somebody else."
    ),
    "releaser_reads_nothing_afterwards": gettext_noop(
        "You released a bag of this donation; somebody else reads its tests."
    ),
    "returned_bag_was_issued": gettext_noop(
        "Somebody else has just moved this bag. Look at its state again."
    ),
    "closing_sheet_is_not_signed": gettext_noop(
        "The closing sheet of this session is signed: nobody is received any more."
    ),
    "needle_was_not_in_yet": gettext_noop("The bleeding of this donor has begun already."),
    "questionnaire_of_the_day_is_there": gettext_noop(
        "The questions of today have not been answered. Ask them first."
    ),
    "doctor_looked_at_the_answers": gettext_noop(
        "An answer speaks against giving. The doctor has to look at it first."
    ),
    "hard_bound_is_broken": gettext_noop(
        "A measure is outside of a bound that nobody overrides. This donor cannot give today."
    ),
    "donor_under_18": gettext_noop("The donor is under 18."),
    "donor_deferred": gettext_noop("A deferral of this donor is running today."),
    "interval_not_over": gettext_noop("The interval since the last donation is not over."),
    "yearly_limit_reached": gettext_noop("The number of donations in a year has been reached."),
    "visit_not_accepted": gettext_noop("The donor has not been accepted for giving today."),
    "past_bleeding_comes_from_paper": gettext_noop(
        "This bleeding lies too far back. Enter it from its paper."
    ),
    "needle_is_in_elsewhere": gettext_noop(
        "This donor is giving in another chair just now. Look at the board."
    ),
    "donation_conflicts_with_a_rule": gettext_noop("This donation is not ready to be released."),
    "marker_is_not_negative_twice": gettext_noop("This donation is not ready to be released."),
    "group_is_not_determined_twice": gettext_noop("This donation is not ready to be released."),
    "group_differs_from_the_known_one": gettext_noop("This donation is not ready to be released."),
    "label_is_not_the_determined_group": gettext_noop("This donation is not ready to be released."),
    "haemolysins_are_not_read_twice": gettext_noop("This donation is not ready to be released."),
    "first_tube_was_not_of_this_donor": gettext_noop("This donation is not ready to be released."),
    "donation_is_too_small": gettext_noop("This donation is not ready to be released."),
    "look_back_on_the_donor_is_open": gettext_noop("This donation is not ready to be released."),
    "deferral_of_the_donor_covers_the_day": gettext_noop(
        "This donation is not ready to be released."
    ),
    "recall_ended_against_using_it": gettext_noop("This donation is not ready to be released."),
    "donation_is_recalled": gettext_noop(
        "This donation is recalled: nothing of it leaves until the recall is closed."
    ),
    "bag_has_no_return_with_its_cold_chain": gettext_noop(
        "This bag was at a hospital and its cold chain is not known to be kept. Discard it."
    ),
    "movement_has_no_compatible_issue": gettext_noop(
        "This group does not fit the patient's group."
    ),
    "bag_is_in_a_box": gettext_noop(
        "This bag is in a box. Take it out, or release it where the box arrives."
    ),
    "bag_has_expired": gettext_noop("This bag has expired."),
    "from_quarantine_only_an_emergency_release": gettext_noop(
        "This bag is in quarantine. Only an emergency release by a doctor and a second person lets it go."
    ),
    "bag_is_reserved_for_another_request": gettext_noop(
        "This bag is reserved for another request."
    ),
    "releaser_entered_a_result_of_the_donation": gettext_noop(
        "A person who entered a result of this donation cannot release it."
    ),
    "second_person_puts_back_what_one_took_in": gettext_noop(
        "You took this bag back yourself; a second person puts it on the shelf."
    ),
    "what_blocked_the_bag_does_not_clear_up": gettext_noop(
        "What blocked this bag does not clear up. Discard it."
    ),
    "bag_is_issued_already": gettext_noop("This bag has been issued already."),
    "request_is_closed": gettext_noop("This request is closed."),
    "bag_does_not_fit_the_request": gettext_noop(
        "The request asks for another product or group than this bag's."
    ),
    "doubt_is_ended_by_a_new_sample": gettext_noop(
        "A new sample decides: have the whole group read again from one, by two people, and come back."
    ),
    "reader_of_a_group_does_not_settle_its_doubt": gettext_noop(
        "You read this group yourself; another doctor settles the doubt by it."
    ),
    "label_is_not_read_back": gettext_noop(
        "The label of this bag was not read back. Print it and scan it first."
    ),
    "label_is_of_a_released_bag": gettext_noop(
        "A label is printed for a bag that is released, or asked for in an emergency."
    ),
    "second_label_has_a_reason": gettext_noop(
        "This label was printed already. Say why it is printed again."
    ),
    "label_was_not_replaced": gettext_noop(
        "Another label of this bag was printed since. Read that one back."
    ),
    "lot_has_expired": gettext_noop("This lot is past its date. Take another one."),
    "lot_is_recalled": gettext_noop("This lot is recalled. Take another one."),
    "lot_is_entered_once": gettext_noop("This lot is in the list already."),
    "pool_part_fits": gettext_noop("Platelets of one group only are pooled."),
    "product_was_used": gettext_noop(
        "A product of it was labelled, opened or used: the separation cannot be undone."
    ),
    "reaction_is_of_a_bag_that_left": gettext_noop(
        "By the records this bag never left. Compare the number."
    ),
    "only_a_lost_bag_is_found": gettext_noop(
        "Only a bag that was declared lost can be found. This one ended otherwise."
    ),
    "bag_does_not_go_there": gettext_noop("In its present state this bag cannot go there."),
    "analyser_file_is_applied_once": gettext_noop("This file was applied already."),
    "analyser_stands_once": gettext_noop("An analyser of this name is in the list already."),
    "bag_has_one_live_reservation": gettext_noop("This bag is reserved already."),
    "bag_is_counted_once": gettext_noop("This bag was counted already."),
    "bag_is_in_one_box": gettext_noop("This bag is in another box already."),
    "bag_is_packed_once_a_box": gettext_noop("This bag is in the box already."),
    "centers_bleeding_din_key": gettext_noop("This donation number was already used."),
    "centers_bleeding_visit_id_key": gettext_noop("The bleeding of this donor has begun already."),
    "centers_donation_submission_id_key": gettext_noop(
        "This form was already sent with other values. Open the visit again."
    ),
    "centers_donation_visit_id_key": gettext_noop("This donor has given already."),
    "centers_voidednumber_din_key": gettext_noop("This number was voided already."),
    "cold_chain_breaks_after_half_an_hour": gettext_noop(
        "More than 30 minutes out of the cold: the bag cannot come back to the shelf."
    ),
    "donation_has_one_open_recall": gettext_noop("This donation is recalled already."),
    "donation_number_has_its_check_character": gettext_noop(
        "The donation number and its check character do not belong together. Scan it again."
    ),
    "donor_arrives_once_a_session": gettext_noop("This donor has already arrived at this session."),
    "donor_has_one_live_appointment": gettext_noop("This person has a place booked already."),
    "emergency_once_a_request": gettext_noop("An emergency release of this bag is noted already."),
    "hospital_stands_once": gettext_noop("This hospital is in the list already."),
    "numbers_are_given_out_once": gettext_noop("Some of these numbers were given out already."),
    "one_count_of_a_product_at_a_time": gettext_noop(
        "A count of this product is going on already."
    ),
    "paper_is_entered_once": gettext_noop("This paper is being entered already."),
    "repeat_opens_a_version_once": gettext_noop("Somebody else has just asked for this repeat."),
    "request_is_entered_once": gettext_noop("This request was entered already."),
    "result_entered_once_an_entry": gettext_noop("This entry has already been made."),
    "slot_never_over_its_places": gettext_noop("This time is full. Choose another one."),
}
FIELDS = {
    "lot_has_expired": "lot",
    "lot_is_recalled": "lot",
    "strange_times_are_confirmed": "times_sure",
    "reaction_is_declared_with_its_number": "reference",
    "group_bar_is_that_of_the_bag": "group_bar",
    "sample_is_of_one_patient": "sample_number",
    "diagnosis_is_a_code": "diagnosis",
    "reserve_is_opened_by_name": "reserve_because",
    "reserve_is_opened_by_its_manager": "reserve_because",
    "bag_bears_the_number_of_its_bleeding": "number",
    "facility_is_of_the_session": "number",
    "number_was_not_voided": "number",
    "donation_number_is_used_once": "number",
    "number_was_given_to_no_other_session": "number",
    "centers_bleeding_din_key": "number",
    "use_waits_for_the_group": "verdict",
    "planners_transfer_is_refused_with_a_reason": "because",
}
# The sheet may be signed while the arrival is being written: a retry then sees the signature.
CROSSINGS = frozenset({"closing_sheet_is_not_signed"})

"""A memo after its issue: new text, new deadline, withdrawal; and what a drill never leads to."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone, translation

from campaigns.messaging.catalogue import render
from campaigns.messaging.hindrances import hindrances
from campaigns.models import Campaign, Notification
from campaigns.offers import renewal
from campaigns.operations import operations
from campaigns.organising import (
    addressee_answers,
    handing_over,
    ladder,
    memo_answers,
    memo_files,
    memo_versions,
    officer_links,
    reopening,
    unit_steps,
)
from donors.errors import Refused
from tests.support import asking, factories
from tests.support.attack import refused
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
TEXT = {"subject_ar": "حملة", "body_ar": "نص جديد؛ التبرع طوعي."}


@pytest.fixture(autouse=True)
def by_day(settings):
    settings.QUIET_HOURS = (24, 0)


@pytest.fixture
def memo(reference):
    return asking.memo("SR-TAZ", "PP-OUJ")


def amend(memo, **said):
    said = TEXT | {"deadline_at": memo.deadline_at, "because": "خطأ في النص"} | said
    return memo_versions.amend(memo=memo, by=memo.issued_by, now=timezone.now(), **said)


def withdraw(memo):
    said = {"because": "انتهت الحاجة", "by": memo.issued_by, "now": timezone.now()}
    return memo_versions.withdraw(memo=memo, **said)


def will(memo, code="SR-TAZ", **said):
    row = memo.addressees.get(unit__code=code)
    day = timezone.localdate() + timedelta(days=3)
    said = {"planned_on": day, "expected_donors": 60, "center": factories.center()} | said
    said |= {"by": factories.officer(row.unit), "now": timezone.now()}
    addressee_answers.answer_will(addressee=row, **said)
    row.refresh_from_db()
    return row


def test_each_change_is_a_version_and_the_older_text_stays(memo):
    later = memo.deadline_at + timedelta(days=1)
    amend(memo)
    memo_versions.move_deadline(
        memo=memo, deadline_at=later, because="طلب", by=memo.issued_by, now=timezone.now()
    )
    withdraw(memo)
    kinds = list(memo.versions.values_list("number", "kind", "body_ar", "deadline_at"))
    before = memo.versions.first().deadline_at
    assert kinds == [
        (1, "issued", "التبرع طوعي.", before),
        (2, "amended", TEXT["body_ar"], before),
        (3, "deadline", TEXT["body_ar"], later),
        (4, "ended", TEXT["body_ar"], later),
    ]
    assert (memo.version, memo.body_ar, memo.deadline_at) == (4, TEXT["body_ar"], later)
    assert (memo.state, memo.changed_at) == ("withdrawn", memo.versions.get(number=2).at)
    with pytest.raises(Refused, match="withdrawn"):
        amend(memo)


def test_officers_of_addressed_units_are_told_once_of_each_version(memo):
    officer = factories.officer(factories.unit("SR-TAZ"))
    factories.officer(factories.unit("PP-FES"))
    version = amend(memo)
    message = Notification.objects.get(kind="memo_changed")
    assert (message.user, message.subject_id) == (officer, version.pk)
    with translation.override("fr"):
        said = render(message)
    assert "خطأ في النص" in said.text and memo.reference in said.subject
    withdraw(memo)
    assert Notification.objects.filter(kind="memo_changed", user=officer).count() == 2


def test_answer_given_before_a_new_text_stays_and_is_seen_as_such(memo):
    row = will(memo)
    amend(memo)
    assert row.answer == "will"
    will(memo, "PP-OUJ")
    lines = memo_answers.lines(memo, memo.addressees.all(), timezone.now())
    assert {line.code: line.older for line in lines} == {"SR-TAZ": True, "PP-OUJ": False}
    steps = unit_steps.steps(row)
    assert [s.note for s in steps if s.text == "Answered"][0].endswith("Given to an older text")
    assert [s.note for s in steps if s.text == "The memo has a new text"] == ["خطأ في النص"]
    head, *rows = memo_files.answers(memo_answers.Tree(lines, timezone.now()))
    column = head.index("Given to an older text")
    assert sorted(row[column] for row in rows) == ["", "Yes"]


def test_change_needs_a_reason_that_obliges_nobody(memo):
    with pytest.raises(Refused, match="why"):
        amend(memo, because=" ")
    with pytest.raises(Refused, match="oblige"):
        amend(memo, because="يجب على الجميع التبرع")
    assert memo.versions.count() == 1


@pytest.mark.parametrize("over", ["withdrawn", "closed"])
def test_nobody_is_reminded_or_escalated_for_a_memo_that_is_over(memo, over):
    factories.officer(factories.unit("DGSN"))
    factories.officer(factories.unit("SR-TAZ"))
    if over == "withdrawn":
        withdraw(memo)
    else:
        said = {"by": memo.issued_by, "now": timezone.now(), "because": "x"}
        operations.close(operation=memo.operation, **said)
    for hours in (-20, 1, 7, 48):
        assert ladder.tend(now=memo.deadline_at + timedelta(hours=hours)) == 0
    row = memo.addressees.get(unit__code="SR-TAZ")
    with pytest.raises(Refused, match="owes no answer"):
        addressee_answers.remind(addressee=row, by=memo.issued_by, now=timezone.now())
    assert not Notification.objects.exclude(kind__in=["memo_issued", "memo_changed"]).exists()


def test_officer_who_comes_after_the_withdrawal_is_told_nothing(memo):
    withdraw(memo)
    newcomer = factories.officer(factories.unit("SR-TAZ"))
    assert handing_over.tend(now=timezone.now()) == 0
    assert not Notification.objects.filter(user=newcomer).exists()


def test_ladder_begins_anew_when_the_deadline_moves(memo):
    officer = factories.officer(factories.unit("SR-TAZ"))
    factories.officer(factories.unit("DGSN"))
    first = memo.deadline_at
    ladder.tend(now=first + timedelta(hours=7))
    later = first + timedelta(days=4)
    moved = {"because": "طلب", "by": memo.issued_by, "now": timezone.now()}
    memo_versions.move_deadline(memo=memo, deadline_at=later, **moved)
    assert ladder.tend(now=first + timedelta(hours=30)) == 0, "the old deadline counts no more"
    for hours in (-23, 1, 7):
        assert ladder.tend(now=later + timedelta(hours=hours)) > 0
    of_officer = Notification.objects.filter(user=officer)
    assert of_officer.filter(kind="memo_late").count() == 2
    assert of_officer.filter(kind="memo_reminder").count() == 1


def test_messages_of_a_withdrawn_memo_that_wait_are_not_sent(reference):
    factories.officer(factories.unit("DGSN"))
    factories.officer(factories.unit("SR-TAZ"))
    memo = asking.memo("SR-TAZ")
    amend(memo)
    ladder.tend(now=memo.deadline_at + timedelta(hours=1))
    ladder.tend(now=memo.deadline_at + timedelta(hours=7))
    kinds = ["memo_issued", "memo_changed", "memo_late", "memo_escalated"]
    waiting = list(Notification.objects.filter(kind__in=kinds, cause__startswith=f"memo:{memo.pk}"))
    assert sorted({n.kind for n in waiting}) == sorted(kinds)
    assert not hindrances(waiting, memo.deadline_at + timedelta(hours=8))
    withdraw(memo)
    assert hindrances(waiting, timezone.now()) == {n.pk: "memo answered or over" for n in waiting}
    told = Notification.objects.filter(kind="memo_changed").latest("pk")
    assert not hindrances([told], timezone.now()), "the withdrawal itself is told"


def test_withdrawn_memo_is_not_answered(reference):
    officer = factories.officer(factories.unit("SR-TAZ"))
    memo = asking.memo("SR-TAZ")
    link = Notification.objects.get(kind="memo_issued", user=officer)
    assert officer_links.opened(link, timezone.now()).memo == memo
    withdraw(memo)
    for act in (lambda: will(memo), lambda: officer_links.opened(link, timezone.now())):
        with pytest.raises(Refused, match="withdrawn"):
            act()
    lines = memo_answers.lines(memo, memo.addressees.all(), memo.deadline_at + timedelta(days=1))
    assert [line.state for line in lines] == ["over"]


def test_centre_that_declines_after_the_withdrawal_reopens_nothing(memo):
    row = will(memo)
    withdraw(memo)
    again = {"why": "declined", "because": "x", "now": timezone.now()}
    assert not reopening.reopen(addressee_id=row.pk, **again)
    assert memo.addressees.get(pk=row.pk).answer == "will"


def test_link_in_the_notice_of_a_change_opens_the_answer(memo):
    officer = factories.officer(factories.unit("SR-TAZ"))
    amend(memo)
    notice = Notification.objects.get(kind="memo_changed", user=officer)
    assert officer_links.opened(notice, timezone.now()).rows[0].unit.code == "SR-TAZ"


@pytest.mark.parametrize("kind", ["drill", "ready"])
def test_units_of_a_drill_get_no_offers(reference, kind):
    memo = asking.memo("SR-TAZ", kind=kind)
    assert renewal.renew(now=timezone.now()) == 0
    withdraw(asking.memo("PP-OUJ"))
    assert renewal.renew(now=timezone.now()) == 0
    assert memo.addressees.get().unit.offers.count() == 0


def test_versions_are_kept_by_the_database(memo):
    version = amend(memo)
    for change in ("body_ar = 'x'", "because = 'x'", "at = now()"):
        refused(f"UPDATE campaigns_memoversion SET {change} WHERE id = %s", version.pk)
    refused("DELETE FROM campaigns_memoversion WHERE id = %s", version.pk)
    add = """INSERT INTO campaigns_memoversion (memo_id, number, kind, at, by_id, because, urgency,
        subject_ar, subject_fr, subject_en, body_ar, body_fr, body_en, slogan, reports, deadline_at, must_be_read)
        VALUES (%s, 9, %s, clock_timestamp(), %s, %s, 'urgent', 'ا', '', '', 'ا', '', '', '', '{}', %s, false)"""
    ahead = memo.deadline_at
    nobody = factories.user().pk
    by = memo.issued_by_id
    assert "administrator" in refused(add, memo.pk, "amended", nobody, "x", ahead)
    assert "has_a_reason" in refused(add, memo.pk, "amended", by, "", ahead)
    assert "begins_with" in refused(add, memo.pk, "issued", by, "", ahead)
    past = timezone.now() - timedelta(days=1)
    assert "deadline" in refused(add, memo.pk, "deadline", by, "x", past)
    withdraw(memo)
    assert "in_force" in refused(add, memo.pk, "amended", by, "x", ahead)


def test_memo_with_words_that_oblige_is_refused_by_the_database_too(memo):
    add = """INSERT INTO campaigns_memoversion (memo_id, number, kind, at, by_id, because, urgency,
        subject_ar, subject_fr, subject_en, body_ar, body_fr, body_en, slogan, reports, deadline_at, must_be_read)
        VALUES (%s, 9, 'amended', clock_timestamp(), %s, 'x', 'urgent', 'ا', '', '', 'ا', '', '', '', '{}', %s, true)"""
    said = refused(add, memo.pk, memo.issued_by_id, memo.deadline_at)
    assert "memo_is_read_by_another" in said


def test_half_a_language_is_refused(reference):
    with pytest.raises(Refused, match="both"):
        asking.memo("SR-TAZ", subject_fr="Campagne")
    with pytest.raises(Refused, match="Arabic"):
        asking.memo("SR-TAZ", body_ar="")


def test_reader_gets_the_own_language_and_arabic_always(reference):
    memo = asking.memo("SR-TAZ", subject_fr="Campagne", body_fr="Le don est volontaire.")
    with translation.override("fr"):
        assert memo.subject == "Campagne" and [t[0] for t in memo.texts] == ["fr", "ar"]
    with translation.override("en"):
        assert memo.language == "ar" and [t[0] for t in memo.texts] == ["ar", "fr"]


def test_drill_is_marked_measured_and_leads_to_nothing(reference):
    officer = factories.officer(factories.unit("SR-TAZ"))
    memo = asking.memo("SR-TAZ", kind="drill")
    message = Notification.objects.get(kind="memo_issued", user=officer)
    for language in ("ar", "fr", "en"):
        officer.language = message.user.language = language
        said = render(message)
        assert "تمرين" in said.subject and "EXERCISE" in said.subject
    row = will(memo, center=None)
    assert row.answer == "will" and row.answered_at and not Campaign.objects.exists()
    donors = Notification.objects.exclude(donor=None)
    assert not donors.exists()
    with owner():
        said = refused(
            """INSERT INTO campaigns_campaign (public_id, name_ar, name_fr, name_en, addressee_id, unit_id,
            center_id, story_ar, story_fr, story_en, afterword_ar, afterword_fr, afterword_en, planned_on, target,
            cap, state, drafted_at, drafted_by_id, because) SELECT gen_random_uuid(), '', '', '', %s, unit_id, %s,
            '', '', '', '', '', '', current_date, 9, 9, 'draft', now(), %s, '' FROM campaigns_addressee
            WHERE id = %s""",
            row.pk, factories.center().pk, officer.pk, row.pk,
        )  # fmt: skip
    assert "drill_makes_no_campaign" in said


def test_drill_belongs_to_no_operation_and_others_do(reference):
    with pytest.raises(Refused):
        asking.memo("SR-TAZ", kind="drill", operation=asking.operation())
    with pytest.raises(Refused):
        asking.memo("SR-TAZ", operation=None)


def test_drill_that_nobody_answers_climbs_like_a_real_memo(reference):
    above = factories.officer(factories.unit("DGSN"))
    memo = asking.memo("SR-TAZ", kind="drill")
    officer = factories.officer(factories.unit("SR-TAZ"))
    handing_over.tend(now=timezone.now())
    for hours in (-23, 1, 7, 25):
        ladder.tend(now=memo.deadline_at + timedelta(hours=hours))
    ladder_kinds = {"memo_handed", "memo_reminder", "memo_late", "memo_escalated", "memo_silent"}
    rows = Notification.objects.filter(kind__in=ladder_kinds)
    assert set(rows.values_list("kind", flat=True)) == ladder_kinds
    assert set(rows.values_list("user", flat=True)) >= {above.pk, officer.pk}
    for message in rows:
        said = render(message)
        assert "EXERCICE" in said.subject and "organisation" not in said.text


def test_every_message_of_a_memo_marks_an_exercise():
    found = []
    for path in Path(settings.TEMPLATES[0]["DIRS"][0]).glob("messages/memo_*/*.txt"):
        text = path.read_text()
        found.append(path)
        assert "messages/_exercise" in text, path
    assert len(found) > 15

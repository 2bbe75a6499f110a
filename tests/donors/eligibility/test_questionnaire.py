import csv
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.account import own_data
from donors import reference
from donors.clock.calendar import add_months
from donors.contact import verification
from donors.eligibility import questionnaire
from donors.eligibility.questionnaire import Answer
from donors.errors import Refused
from donors.models import DeferralReason, Question, Sheet
from donors.people import duplicates
from tests.support import factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db
FILE = reference.DATA / "questionnaire.csv"


def test_every_question_stands_in_three_languages_and_names_a_reason(reference):
    with FILE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 30
    codes = set(DeferralReason.objects.filter(in_use=True).values_list("code", flat=True))
    for row in rows:
        assert row["reason"] in codes, row["code"]
        assert row["text_ar"].rstrip().endswith("؟") and row["text_fr"].endswith(" ?")
        assert row["text_en"].endswith("?") and row["source"]
        assert row["part"] in Question.Part.values


def test_men_are_not_asked_what_only_women_can_answer(reference):
    men = {q.code for q in questionnaire.questions(sex="M")}
    women = {q.code for q in questionnaire.questions(sex="F")}
    assert women - men == {"PREGNANT", "CHILDBIRTH", "MISCARRIAGE", "NURSING"}


def test_answers_are_sealed_and_open_only_on_their_own_sheet(reference):
    one = factories.sheet(factories.donor(), DIABETES=None)
    other = factories.sheet(factories.donor())
    assert b"DIABETES" not in bytes(Sheet.objects.get(pk=one.pk).answers)
    assert [row.question.code for row in questionnaire.raised(one)] == ["DIABETES"]
    other.answers = one.answers
    with pytest.raises(Exception):  # noqa: B017 - whatever the library calls it, it must not open
        questionnaire.answers(other)


def test_a_time_that_is_over_raises_nothing(reference, today):
    old = factories.sheet(factories.donor(), SURGERY=add_months(today, -3))
    assert old.raised_count == 0
    fresh = factories.sheet(factories.donor(), SURGERY=add_months(today, -3) + timedelta(days=2))
    (row,) = questionnaire.raised(fresh)
    assert today < row.until <= today + timedelta(days=3)


def test_a_question_without_an_answer_is_refused(reference, now):
    donor = factories.donor()
    with pytest.raises(Refused, match="no answer yet"):
        questionnaire.fill(
            donor=donor, answers={"DIABETES": Answer(False)}, language="ar",
            by=factories.user(), by_donor=True, now=now,
        )  # fmt: skip


def test_the_last_sheet_of_the_day_counts_and_tomorrow_none(reference, now):
    donor = factories.donor()
    factories.sheet(donor)
    last = factories.sheet(donor, DIABETES=None)
    assert questionnaire.of_today(donor, now) == last
    assert questionnaire.of_today(donor, now + timedelta(days=1)) is None


def test_a_sheet_of_a_joined_row_is_the_persons(reference, now):
    kept, gone = factories.donor(), factories.donor()
    filled = factories.sheet(gone)
    duplicates.merge(kept=kept, gone=gone, by=factories.user(), because="same card", now=now)
    assert questionnaire.of_today(kept, now) == filled


@settings(max_examples=30)
@given(data=st.data())
def test_every_yes_without_an_end_is_raised(reference, today, data):
    asked = questionnaire.questions(sex="F")
    yes = data.draw(st.sets(st.sampled_from([q.code for q in asked])))
    ago = data.draw(st.integers(0, 3000))
    sheet = factories.sheet(
        factories.donor(sex="F"),
        **{
            q.code: today - timedelta(days=ago) if q.asks_when else None
            for q in asked
            if q.code in yes
        },
    )
    raised = questionnaire.raised(sheet)
    assert sheet.raised_count == len(raised)
    assert {q.code for q in asked if q.code in yes and not q.asks_when} <= {
        row.question.code for row in raised
    }
    assert all(row.until is None or row.until > today for row in raised)


def test_the_database_changes_no_sheet_and_no_question_that_was_asked(reference):
    factories.sheet(factories.donor())
    for sql in ("UPDATE donors_sheet SET raised_count = 0", "DELETE FROM donors_sheet"):
        assert "append-only" in refused(sql)
    assert "new version" in refused("UPDATE donors_question SET text_fr = 'x' WHERE code = 'HEART'")
    assert "never deleted" in refused("DELETE FROM donors_question")


def test_the_database_accepts_nobody_unasked_or_unread(reference, now):
    visit = factories.visit(
        factories.session(), factories.donor(), factories.user(), accepted=False
    )
    sql = (
        "UPDATE centers_visit SET outcome = 'accepted', decided_at = now(), decided_by_id = %s, "
        "haemoglobin = 140, systolic = 120, diastolic = 80, weight = 70, temperature = 37 "
        "WHERE id = %s"
    )
    values = (visit.arrived_by_id, visit.pk)
    assert "questionnaire of the day" in refused(sql, *values)
    factories.sheet(visit.donor, DIABETES=None)
    assert "doctor has to look" in refused(sql, *values)


@pytest.fixture
def me(client, reference):
    donor = factories.donor(sex="F")
    client.force_login(verification.account_of(donor=donor))
    return donor


def said(donor, **yes) -> dict:
    codes = [q.code for q in questionnaire.questions(sex=donor.sex)]
    return {code: "yes" if code in yes else "no" for code in codes} | {
        f"{code}_on": on for code, on in yes.items() if on
    }


def test_the_donor_answers_on_the_phone(client, me, now):
    address = reverse("campaigns:me-questions")
    page = client.get(address)
    assert "honest answer protects" in page.text and "no-store" in page["Cache-Control"]
    answers = said(me, TATTOO="")
    assert "about is enough" in client.post(address, answers).text
    assert "has not been yet" in client.post(address, said(me, TATTOO="01/01/2999")).text
    missing = {k: v for k, v in said(me).items() if k != "HEART"}
    text = client.post(address, missing).text
    assert "Answer with yes or no" in text and "checked" in text
    assert not Sheet.objects.exists()
    response = client.post(address, said(me, TATTOO=f"{now:%d/%m/%Y}"), follow=True)
    assert "Kept for today" in response.text
    sheet = Sheet.objects.get()
    assert (sheet.donor, sheet.by_donor, sheet.raised_count) == (me, True, 1)
    assert "You have answered today" in client.get(address).text


def test_the_donor_takes_the_answers_along(client, me, now):
    factories.sheet(me, HEART=None)
    kept = own_data.everything(me, now)["answers_before_giving"]
    assert kept[0]["answers"]["HEART"] == "yes" and kept[0]["answers"]["CANCER"] == "no"
    exported = json.loads(client.get(reverse("campaigns:me-export")).text)
    assert exported["answers_before_giving"][0]["answers"]["HEART"] == "yes"


def test_only_the_doctor_reads_which_answer(client, reference, settings):
    settings.DEMO = True
    donor = factories.donor()
    factories.sheet(donor, CANCER=None)
    visit = factories.visit(factories.session(), donor, factories.user(), accepted=False)
    address = reverse("centers:visit-detail", args=[visit.public_id])
    for job, sees in (
        ("reception", False),
        ("collection", False),
        ("manager", False),
        ("doctor", True),
    ):
        client.force_login(factories.staff(factories.center(), job))
        text = client.get(address).text
        assert ("ever had cancer" in text) is sees, job
        assert "doctor has to look" in text
        assert "haemoglobin" not in text  # the measures wait


def test_the_doctor_clears_at_the_visit(client, reference, settings):
    settings.DEMO = True
    donor = factories.donor()
    factories.sheet(donor, ULCER=None)
    visit = factories.visit(factories.session(), donor, factories.user(), accepted=False)
    client.force_login(factories.staff(factories.center(), "doctor"))
    address = reverse("centers:visit-clear", args=[visit.public_id])
    assert "Say why" in client.post(address, {"because": ""}, follow=True).text
    said = {"ground": "healed", "because": "healed ten years ago"}
    text = client.post(address, said, follow=True).text
    assert "healed ten years ago" in text and 'name="haemoglobin"' in text


def test_reception_asks_aloud_and_says_that_all_was_asked(client, reference, settings):
    settings.DEMO = True
    visit = factories.visit(
        factories.session(), factories.donor(), factories.user(), accepted=False
    )
    client.force_login(factories.staff(factories.center(), "reception"))
    address = reverse("centers:visit-ask", args=[visit.public_id])
    assert "Ask every question" in client.post(address, {"ASTHMA": "yes"}).text
    client.post(address, {"ASTHMA": "yes", "all_asked": "on"})
    sheet = Sheet.objects.get()
    assert (sheet.by_donor, [r.question.code for r in questionnaire.raised(sheet)]) == (
        False,
        ["ASTHMA"],
    )

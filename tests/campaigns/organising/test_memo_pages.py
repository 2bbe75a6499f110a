"""Writing, reading and answering a memo, and who has no access."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Addressee, Campaign, Memo
from campaigns.organising import addressee_answers
from tests.support import asking, factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture
def memo(reference):
    return asking.memo("SR-TAZ", "PP-OUJ", "CP-GUF")


@pytest.fixture
def taza(memo):
    return factories.officer(factories.unit("SR-TAZ"))


def typed(**fields) -> dict:
    day = timezone.localdate() + timedelta(days=2)
    return {
        "issuer": factories.unit("DGSN").pk,
        "reference": "DGSN/2026/17",
        "language": "ar",
        "subject": "حملة استعجالية",
        "body": "التبرع طوعي",
        "deadline_on": day.isoformat(),
        "deadline_time": "18:00",
        "scope": "whole",
    } | fields


def page(memo, name="memo-detail", *more) -> str:
    return reverse(f"campaigns:{name}", args=[memo.public_id, *more])


def results(memo) -> list[str]:
    """The pages and files of answers and account."""
    files = [page(memo, f"memo-{n}sheet", e) for n in ("", "account-") for e in ("csv", "xlsx")]
    return [page(memo, f"memo-{name}") for name in ("answers", "answers-live", "account")] + files


def test_memo_is_seen_once_more_before_it_leaves(client, reference):
    operation = asking.operation()
    client.force_login(operation.opened_by)
    url = reverse("campaigns:memo-write", args=[operation.public_id])
    form = client.get(url).context["form"]
    assert "طوعي" in client.get(f"{url}?text=ar").context["form"].initial["body"]
    assert form.initial["subject"] and not Memo.objects.exists()
    shown = client.post(url, typed())
    assert shown.templates[0].name == "campaigns/memos/preview.html"
    assert not Memo.objects.exists() and "DGSN/2026/17" in shown.content.decode()
    back = client.post(url, typed(change="1"))
    assert back.context["form"]["body"].value() == "التبرع طوعي"
    sent = client.post(reverse("campaigns:memo-issue", args=[operation.public_id]), typed())
    memo = Memo.objects.get()
    assert sent.url == page(memo) and memo.addressees.count() > 80


def test_memo_goes_to_a_subtree_or_to_chosen_units(client, reference):
    operation = asking.operation()
    client.force_login(operation.opened_by)
    url = reverse("campaigns:memo-issue", args=[operation.public_id])
    oujda, taza = factories.unit("PP-OUJ"), factories.unit("SR-TAZ")
    client.post(url, typed(scope="subtree", subtree=oujda.pk))
    below = {a.unit.code for a in Memo.objects.get().addressees.select_related("unit")}
    assert {"PP-OUJ", "CP-GUF"} <= below and "SR-TAZ" not in below
    client.post(url, typed(reference="second", scope="list", units=[taza.pk, oujda.pk]))
    assert Memo.objects.get(reference="second").addressees.count() == 2


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"reference": ""}, "reference", "Enter the reference"),
        ({"subject": ""}, "subject", "what the memo is about"),
        ({"body": ""}, "body", "Write the text"),
        ({"deadline_on": ""}, "deadline_on", "Enter the day"),
        ({"deadline_on": "32/13/2026"}, "deadline_on", "day, month and year"),
        ({"deadline_on": "2020-01-01"}, "deadline_on", "lie ahead"),
        ({"deadline_time": ""}, "deadline_time", "Enter the time"),
        ({"deadline_time": "25:99"}, "deadline_time", "hours and minutes"),
        ({"scope": "subtree"}, "subtree", "at least one unit"),
        ({"scope": "list"}, "units", "at least one unit"),
    ],
)
def test_wrong_memo_gets_its_sentence_and_keeps_what_was_typed(
    client, reference, wrong, field, words
):
    operation = asking.operation()
    client.force_login(operation.opened_by)
    url = reverse("campaigns:memo-write", args=[operation.public_id])
    answer = client.post(url, typed(**wrong))
    assert words in " ".join(answer.context["form"].errors[field])
    assert "التبرع طوعي" in answer.content.decode() or "body" in wrong
    assert "error-summary" in answer.content.decode()


def test_reference_used_before_is_told_beside_its_field(client, memo):
    client.force_login(memo.issued_by)
    url = reverse("campaigns:memo-issue", args=[memo.operation.public_id])
    answer = client.post(url, typed(reference=memo.reference))
    assert "reference" in answer.context["form"].errors and Memo.objects.count() == 1
    assert "التبرع طوعي" in answer.content.decode()


def test_officer_reads_acknowledges_and_answers(client, memo, taza):
    client.force_login(taza)
    assert "Your answer is owed" in client.get(reverse("campaigns:memo-list")).content.decode()
    client.get(page(memo))
    row = memo.addressees.get(unit__code="SR-TAZ")
    assert row.seen_at and not row.acknowledged_at
    client.post(page(memo, "memo-acknowledge", "SR-TAZ"))
    day = (timezone.localdate() + timedelta(days=4)).isoformat()
    said = {f"will-{row.pk}-planned_on": day, f"will-{row.pk}-expected_donors": "80"}
    said[f"will-{row.pk}-center"] = factories.center().pk
    answer = client.post(page(memo, "memo-will", "SR-TAZ"), said)
    assert answer.url == page(memo)
    assert Campaign.objects.get(addressee=row).target == 80
    shown = client.get(page(memo)).content.decode()
    assert "about 80 donors" in shown and "Acknowledge receipt" not in shown


def test_officer_says_that_the_unit_cannot(client, memo, taza):
    client.force_login(taza)
    row = memo.addressees.get(unit__code="SR-TAZ")
    url = page(memo, "memo-cannot", "SR-TAZ")
    assert "Say why" in client.post(url, {f"cannot-{row.pk}-because": " "}).content.decode()
    client.post(url, {f"cannot-{row.pk}-because": "لا توجد قاعة"})
    row.refresh_from_db()
    assert (row.answer, row.because) == ("cannot", "لا توجد قاعة")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"planned_on": "yesterday"}, "planned_on"),
        ({"planned_on": "2020-01-01"}, "planned_on"),
        ({"expected_donors": "many"}, "expected_donors"),
        ({"expected_donors": "0"}, "expected_donors"),
        ({"center": "0"}, "center"),
    ],
)
def test_wrong_answer_gets_its_sentence_and_keeps_what_was_typed(client, memo, taza, wrong, field):
    client.force_login(taza)
    row = memo.addressees.get(unit__code="SR-TAZ")
    day = (timezone.localdate() + timedelta(days=4)).isoformat()
    said = {"planned_on": day, "expected_donors": "77", "center": factories.center().pk} | wrong
    data = {f"will-{row.pk}-{name}": value for name, value in said.items()}
    answer = client.post(page(memo, "memo-will", "SR-TAZ"), data)
    form = answer.context["tried"]
    assert form.errors[field] and not Campaign.objects.exists()
    assert form["expected_donors"].value() == said["expected_donors"]
    assert "error-summary" in answer.content.decode()


def test_stranger_is_asked_to_sign_in(client, memo):
    pages = [page(memo), *results(memo), reverse("campaigns:memo-list")]
    pages.append(reverse("campaigns:memo-write", args=[memo.operation.public_id]))
    for url in pages:
        assert client.get(url).url.startswith(reverse("account_login"))
    for name in ("memo-acknowledge", "memo-will", "memo-cannot"):
        assert client.post(page(memo, name, "SR-TAZ")).status_code == 302
    assert not Addressee.objects.exclude(seen_at=None).exists()


def test_neighbour_sees_and_does_nothing(client, memo):
    client.force_login(factories.officer(factories.unit("PP-FES")))
    assert memo.reference not in client.get(reverse("campaigns:memo-list")).content.decode()
    assert client.get(page(memo)).status_code == 404
    for url in results(memo):
        assert client.get(url).status_code == 404
    for name in ("memo-acknowledge", "memo-will", "memo-cannot"):
        assert client.post(page(memo, name, "SR-TAZ")).status_code == 404
    assert not Addressee.objects.exclude(acknowledged_at=None).exists()


def test_officer_sees_the_answers_of_the_own_subtree_only(client, memo):
    client.force_login(factories.officer(factories.unit("PP-OUJ")))
    for name in ("memo-answers", "memo-answers-live"):
        shown = client.get(page(memo, name)).content.decode()
        assert factories.unit("CP-GUF").name in shown and factories.unit("SR-TAZ").name not in shown
    assert client.get(page(memo)).context["account"] is None
    sheet = client.get(page(memo, "memo-sheet", "csv")).content.decode()
    assert factories.unit("CP-GUF").name in sheet and factories.unit("SR-TAZ").name not in sheet


def test_officer_above_reads_and_does_not_answer_for_the_unit(client, memo):
    client.force_login(factories.officer(factories.unit("PP-OUJ")))
    assert client.post(page(memo, "memo-acknowledge", "CP-GUF")).status_code == 404


def test_officer_of_a_unit_issues_nothing(client, memo, taza):
    client.force_login(taza)
    operation = memo.operation.public_id
    assert client.get(reverse("campaigns:memo-write", args=[operation])).status_code == 403
    assert (
        client.post(reverse("campaigns:memo-issue", args=[operation]), typed()).status_code == 403
    )


def test_former_officer_is_a_stranger(client, memo, taza):
    client.force_login(taza)
    taza.commands.update(until=timezone.localdate())
    assert client.get(page(memo)).status_code == 404


def test_issuer_sees_the_tree_of_answers(client, memo, taza):
    addressee_answers.acknowledge(
        addressee=memo.addressees.get(unit__code="SR-TAZ"), by=taza, now=timezone.now()
    )
    client.force_login(memo.issued_by)
    answer = client.get(page(memo))
    assert answer.context["account"].acknowledged == 1
    shown = answer.content.decode()
    assert "Acknowledged, no answer yet" in shown and "Not seen yet" in shown
    assert "Acknowledge receipt" not in shown


def test_list_and_page_ask_the_database_as_often_for_many_as_for_few(
    client, memo, django_assert_max_num_queries
):
    client.force_login(memo.issued_by)
    asking.memo(*[u.code for u in factories.unit("DGSN").children.all()])
    with django_assert_max_num_queries(14):
        client.get(reverse("campaigns:memo-list"))
    with django_assert_max_num_queries(16):
        client.get(page(Memo.objects.first()))

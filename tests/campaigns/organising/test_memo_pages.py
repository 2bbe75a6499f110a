"""Writing, reading and answering a memo, and who has no access."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Addressee, Campaign, Memo
from campaigns.organising import addressee_answers, memo_drafts
from tests.support import asking, factories
from tests.support.memo_pages import at, drafted, issued, page, typed

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


def results(memo) -> list[str]:
    """The pages and files of answers and account."""
    files = [page(memo, f"memo-{n}sheet", e) for n in ("", "account-") for e in ("csv", "xlsx")]
    return [page(memo, f"memo-{name}") for name in ("answers", "answers-live", "account")] + files


def test_memo_is_seen_once_more_before_it_leaves(client, reference):
    operation = asking.operation()
    client.force_login(operation.opened_by)
    url = reverse("campaigns:memo-write", args=[operation.public_id])
    form = client.get(url).context["form"]
    assert "طوعي" in form.initial["body_ar"] and "body_fr" not in form.initial
    year = timezone.localdate().year
    assert form.initial["reference"] == f"{form.initial['reference'].split('/')[0]}/{year}/0001"
    both = client.get(f"{url}?text=fr&text=en").context["form"].initial
    assert "volontaire" in both["body_fr"] and "voluntary" in both["body_en"]
    draft = drafted(client, operation)
    shown = client.get(at(draft)).content.decode()
    assert "DGSN/2026/17" in shown and not Memo.objects.exists()
    back = client.get(at(draft, "memo-draft-edit"))
    assert back.context["form"]["body_ar"].value() == "التبرع طوعي"
    issued(client, draft)
    assert Memo.objects.get().addressees.count() > 80
    assert "This draft was issued" in client.get(at(draft)).content.decode()


def test_memo_goes_to_a_subtree_to_chosen_units_to_kinds_and_provinces(client, reference):
    operation = asking.operation()
    client.force_login(operation.opened_by)
    oujda, taza = factories.unit("PP-OUJ"), factories.unit("SR-TAZ")
    issued(client, drafted(client, operation, scope="subtree", subtree=oujda.pk))
    below = {a.unit.code for a in Memo.objects.get().addressees.select_related("unit")}
    assert {"PP-OUJ", "CP-GUF"} <= below and "SR-TAZ" not in below
    chosen = [taza.pk, oujda.pk]
    issued(client, drafted(client, operation, reference="second", scope="list", units=chosen))
    assert Memo.objects.get(reference="second").addressees.count() == 2
    narrow = {"unit_kinds": ["regional_security"], "provinces": [taza.province_id]}
    issued(client, drafted(client, operation, reference="third", **narrow))
    rows = Memo.objects.get(reference="third").addressees
    assert [a.unit.code for a in rows.select_related("unit")] == ["SR-TAZ"]


def test_page_before_issuing_tells_who_cannot_be_reached_and_who_answered(client, memo, taza):
    addressee_answers.answer_cannot(
        addressee=memo.addressees.get(unit__code="SR-TAZ"),
        because="لا",
        by=taza,
        now=timezone.now(),
    )
    client.force_login(memo.issued_by)
    units = [taza.commands.get().unit_id, factories.unit("PP-OUJ").pk]
    draft = drafted(client, memo.operation, scope="list", units=units)
    survey = client.get(at(draft)).context["survey"]
    assert [u.code for u in survey.silent] == ["PP-OUJ"]
    assert [(a.unit.code, a.memo) for a in survey.answered] == [("SR-TAZ", memo)]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"reference": ""}, "reference", "Enter the reference"),
        ({"subject_ar": ""}, "subject_ar", "what the memo is about"),
        ({"body_ar": ""}, "body_ar", "Write the text"),
        ({"subject_fr": "Campagne"}, "body_fr", "both"),
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
    assert "التبرع طوعي" in answer.content.decode() or "body_ar" in wrong
    assert "error-summary" in answer.content.decode()


def test_reference_used_before_is_told_before_the_memo_leaves(client, memo):
    client.force_login(memo.issued_by)
    answer = issued(client, drafted(client, memo.operation, reference=memo.reference))
    assert "has been issued already" in answer.content.decode() and Memo.objects.count() == 1


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
    assert client.get(reverse("campaigns:memo-drill")).status_code == 403
    for name in ("memo-amend", "memo-deadline", "memo-withdraw"):
        assert client.post(page(memo, name)).status_code == 403
    draft = memo_drafts.begin_amendment(memo=memo, by=memo.issued_by, now=timezone.now())
    for name in ("memo-draft", "memo-draft-edit"):
        assert client.get(at(draft, name)).status_code == 403
    for name in ("memo-draft-read", "memo-issue", "memo-draft-discard"):
        assert client.post(at(draft, name), {"revision": 1}).status_code == 403


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

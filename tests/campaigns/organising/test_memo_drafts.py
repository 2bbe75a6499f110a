"""Drafts, versions and letters of memos on their pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Memo, MemoDraft
from campaigns.organising import memo_versions
from campaigns.organising.forms.memos import starting_text
from tests.support import asking, factories
from tests.support.attack import refused
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


def test_two_who_change_a_draft_at_once_lose_neither_text(client, reference):
    operation = asking.operation()
    client.force_login(operation.opened_by)
    draft = drafted(client, operation)
    url = at(draft, "memo-draft-edit")
    client.post(url, typed(revision=1, body_ar="نص الأول"))
    client.force_login(factories.administrator())
    late = client.post(url, typed(revision=1, body_ar="نص الثاني"))
    shown = late.content.decode()
    assert "نص الأول" in shown and "نص الثاني" in shown
    draft.refresh_from_db()
    assert (draft.revision, draft.body_ar) == (2, "نص الأول")
    again = late.context["form"]["revision"].value()
    client.post(url, typed(revision=again, body_ar="نص الاثنين"))
    draft.refresh_from_db()
    assert (draft.revision, draft.body_ar) == (3, "نص الاثنين")


def test_words_that_oblige_need_a_second_reader_of_that_very_text(client, reference):
    operation = asking.operation()
    first, second = operation.opened_by, factories.administrator()
    client.force_login(first)
    draft = drafted(client, operation, body_ar="يتعين على كل موظف أن يتبرع")
    assert "يتعين علي كل موظف" in client.get(at(draft)).content.decode()
    client.post(at(draft, "memo-draft-read"), {"revision": 1})  # the own reading does not count
    assert "Another administrator" in issued(client, draft).content.decode()
    client.force_login(second)
    client.post(at(draft, "memo-draft-read"), {"revision": 1})
    client.force_login(first)
    changed = typed(revision=1, body_ar="يجب على كل موظف أن يتبرع")
    client.post(at(draft, "memo-draft-edit"), changed)
    draft.refresh_from_db()
    issued(client, draft)  # the reading was of the text before
    assert not Memo.objects.exists()
    client.force_login(second)
    client.post(at(draft, "memo-draft-read"), {"revision": 2})
    client.force_login(first)
    issued(client, draft)
    assert Memo.objects.get().must_be_read


def test_setting_asks_for_two_persons_for_every_memo(client, reference, settings):
    settings.MEMO_TWO_PERSONS = True
    operation = asking.operation()
    client.force_login(operation.opened_by)
    draft = drafted(client, operation)
    issued(client, draft)
    assert not Memo.objects.exists()
    client.force_login(factories.administrator())
    client.post(at(draft, "memo-draft-read"), {"revision": 1})
    client.force_login(operation.opened_by)
    issued(client, draft)
    assert Memo.objects.exists()


def test_draft_that_is_over_is_changed_by_nobody(client, reference):
    operation = asking.operation()
    client.force_login(operation.opened_by)
    draft = drafted(client, operation)
    change = "UPDATE campaigns_memodraft SET body_ar = 'x' WHERE id = %s"
    assert "changed_meanwhile" in refused(change, draft.pk)
    client.post(at(draft, "memo-draft-discard"))
    assert "draft_is_over" in refused(change, draft.pk)
    refused("DELETE FROM campaigns_memodraft WHERE id = %s", draft.pk)
    issued(client, draft)
    assert not Memo.objects.exists()


def test_memo_is_amended_by_a_draft_moved_and_withdrawn(client, memo, taza):
    client.force_login(memo.issued_by)
    client.post(page(memo, "memo-amend"))
    draft = MemoDraft.objects.get()
    said = typed(revision=1, body_ar="نص مصحح", because="خطأ")
    client.post(at(draft, "memo-draft-edit"), said)
    draft.refresh_from_db()
    issued(client, draft)
    memo.refresh_from_db()
    assert (memo.version, memo.body_ar) == (2, "نص مصحح")
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    wrong = client.post(page(memo, "memo-deadline"), {"deadline_on": day, "deadline_time": "18:00"})
    assert "Write why" in wrong.content.decode()
    client.post(
        page(memo, "memo-deadline"), {"deadline_on": day, "deadline_time": "18:00", "because": "ط"}
    )
    client.post(page(memo, "memo-withdraw"), {"why": "انتهى"})
    memo.refresh_from_db()
    assert (memo.version, memo.state) == (4, "withdrawn")
    client.force_login(taza)
    shown = client.get(page(memo)).content.decode()
    assert "Withdrawn" in shown and "Acknowledge receipt" not in shown and "نص مصحح" in shown
    assert "Change or withdraw" not in shown
    assert client.post(page(memo, "memo-withdraw"), {"why": "x"}).status_code == 403


def test_letter_is_verified_by_anybody_without_its_text(client, memo):
    client.force_login(memo.issued_by)
    letter = client.get(page(memo, "memo-letter")).content.decode()
    assert letter.count("المملكة المغربية") == 1
    assert page(memo, "memo-verify").removeprefix("/en") in letter
    assert client.get(page(memo, "memo-qr"))["Content-Type"] == "image/svg+xml"
    client.logout()
    public = client.get(page(memo, "memo-verify")).content.decode()
    assert memo.reference in public and "In force" in public and memo.subject not in public
    memo_versions.withdraw(memo=memo, because="x", by=memo.issued_by, now=timezone.now())
    assert "Withdrawn" in client.get(page(memo, "memo-verify")).content.decode()
    assert client.get(page(memo, "memo-letter")).status_code == 302


def test_drill_is_written_outside_operations_and_is_no_public_matter(client, reference):
    client.force_login(factories.administrator())
    client.post(reverse("campaigns:memo-drill"), typed(kind="drill"))
    draft = MemoDraft.objects.get()
    assert "EXERCISE" in client.get(at(draft)).content.decode()
    issued(client, draft)
    memo = Memo.objects.get()
    for name in ("memo-detail", "memo-letter"):
        assert "EXERCISE" in client.get(page(memo, name)).content.decode()
    assert "EXERCISE" in client.get(reverse("campaigns:memo-list")).content.decode()
    assert client.get(page(memo, "memo-qr")).status_code == 404
    assert client.get(page(memo, "memo-verify")).status_code == 404


@pytest.mark.parametrize("kind", ["campaign", "ready", "drill"])
def test_usual_text_leaves_the_letterhead_to_the_letter(reference, kind):
    operation = None if kind == "drill" else asking.operation()
    issuer = factories.unit("DGSN")
    said = starting_text(operation, issuer, kind, ["ar", "fr", "en"])
    for language, head in (("ar", "المملكة المغربية"), ("fr", "Royaume"), ("en", "Kingdom")):
        assert head not in said[f"body_{language}"] and said[f"body_{language}"]


def test_second_reader_finds_the_draft_on_the_desk(client, reference):
    writer, reader = factories.administrator(), factories.administrator()
    client.force_login(writer)
    draft = drafted(client, asking.operation(writer), body_ar="التبرع إجباري على جميع الموظفين.")
    desk, words = reverse("campaigns:desk"), "waits for you as its second reader"
    assert words not in client.get(desk).content.decode()
    client.force_login(reader)
    assert words in client.get(desk).content.decode()
    client.post(at(draft, "memo-draft-read"), {"revision": draft.revision})
    assert words not in client.get(desk).content.decode()


def test_reason_that_obliges_is_refused_when_it_is_written(client, memo):
    client.force_login(memo.issued_by)
    client.post(page(memo, "memo-amend"))
    draft = MemoDraft.objects.get(amends=memo)
    said = typed(revision=draft.revision, because="التبرع إجباري على جميع الموظفين.")
    form = client.post(at(draft, "memo-draft-edit"), said).context["form"]
    assert "because" in form.errors and form["because"].value() == said["because"]

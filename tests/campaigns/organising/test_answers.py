"""The tree of answers to a memo: totals of branches, filter, live part and files."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from python_calamine import CalamineWorkbook

from campaigns.models import Addressee
from campaigns.organising import addressee_answers, memo_answers, memo_files
from donors.tables import workbook
from tests.support import asking, factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture
def memo(reference):
    return asking.memo("SR-TAZ", "PP-OUJ", "CP-GUF")


def answer(memo, code: str, expected: int = 60) -> None:
    row = memo.addressees.get(unit__code=code)
    day = timezone.localdate() + timedelta(days=3)
    said = {"planned_on": day, "expected_donors": expected, "center": factories.center()}
    addressee_answers.answer_will(
        addressee=row, by=factories.officer(row.unit), now=timezone.now(), **said
    )


def cannot(memo, code: str, because: str = "No room") -> None:
    row = memo.addressees.get(unit__code=code)
    addressee_answers.answer_cannot(
        addressee=row, because=because, by=factories.user(), now=timezone.now()
    )


def tree(memo, now=None) -> memo_answers.Tree:
    now = now or timezone.now()
    return memo_answers.Tree(memo_answers.lines(memo, Addressee.objects.all(), now), now)


def url(memo, name="memo-answers", *more) -> str:
    return reverse(f"campaigns:{name}", args=[memo.public_id, *more])


def test_answers_stand_as_the_tree_of_units(memo):
    answer(memo, "CP-GUF")
    oujda, taza = tree(memo).branches
    assert (oujda.head.code, taza.head.code) == ("PP-OUJ", "SR-TAZ")
    assert [(row.code, row.level) for row in oujda.below] == [("CP-GUF", 1)]
    assert (oujda.head.state, oujda.below[0].state) == ("unseen", "will")
    assert tree(memo, memo.deadline_at).branches[1].head.state == "late"


def test_a_branch_adds_up_its_units(memo):
    answer(memo, "CP-GUF", 45)
    answer(memo, "PP-OUJ", 80)
    cannot(memo, "SR-TAZ")
    found = tree(memo)
    assert found.branches[0].head.parts == {"will": 2} and found.expected == 125
    assert {text: units for text, _tone, units in found.parts if units} == {
        memo_answers.WORDS["will"][0]: 2,
        memo_answers.WORDS["cannot"][0]: 1,
    }


def test_times_to_acknowledge_are_those_of_the_rows(memo):
    after = {"SR-TAZ": 0.5, "PP-OUJ": 30}
    for code, hours in after.items():
        row = memo.addressees.get(unit__code=code)
        at = row.sent_at + timedelta(hours=hours)
        addressee_answers.acknowledge(addressee=row, by=factories.user(), now=at)
    picture = tree(memo).picture
    assert [units for _words, units, _width in picture.steps] == [1, 0, 0, 0, 1, 0]
    assert picture.waiting == 1 and picture.median == pytest.approx(30)


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"state": "cannot"}, ["SR-TAZ"]),
        ({"q": "guf"}, ["CP-GUF"]),
        ({"q": "nowhere"}, []),
        ({"state": "no such"}, ["PP-OUJ", "CP-GUF", "SR-TAZ"]),
    ],
)
def test_filter(client, memo, said, codes):
    cannot(memo, "SR-TAZ")
    client.force_login(memo.issued_by)
    shown = client.get(url(memo), said)
    assert [row.code for row in shown.context["tree"].rows] == codes
    sheet = client.get(url(memo, "memo-sheet", "csv"), said).content.decode()
    assert [line.split(",")[0] for line in sheet.splitlines()[1:]] == codes


def test_filter_by_kind_and_province_leaves_the_others_out(client, memo):
    client.force_login(memo.issued_by)
    taza = factories.unit("SR-TAZ")
    for said in ({"kind": taza.kind}, {"province": taza.province.name}):
        rows = client.get(url(memo), said).context["tree"].rows
        assert "SR-TAZ" in [row.code for row in rows] and len(rows) < 3


def test_live_part_answers_304_until_something_changed(client, memo):
    client.force_login(memo.issued_by)
    live = url(memo, "memo-answers-live")
    tag = client.get(live)["ETag"]
    assert client.get(live, headers={"If-None-Match": tag}).status_code == 304
    cannot(memo, "SR-TAZ")
    changed = client.get(live, headers={"If-None-Match": tag})
    assert changed.status_code == 200 and "No room" in changed.content.decode()


def test_page_asks_the_database_as_often_for_many_as_for_few(
    client, memo, django_assert_max_num_queries
):
    client.force_login(memo.issued_by)
    asking.memo(*[u.code for u in factories.unit("DGSN").children.all()])
    with django_assert_max_num_queries(8):
        client.get(url(memo))


def test_files_hold_no_formula_and_the_same_cells(memo):
    cannot(memo, "SR-TAZ", "=HYPERLINK(1)")
    rows = memo_files.answers(tree(memo))
    text = workbook.as_csv(rows)
    assert text.startswith("\ufeff") and "'=HYPERLINK(1)" in text
    book = CalamineWorkbook.from_object(_file(workbook.as_xlsx(rows, right_to_left=True)))
    read = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in read] == [str(row[0]) for row in rows]
    taza = next(row for row in read if row[0] == "SR-TAZ")
    assert "=HYPERLINK(1)" in taza and taza[2] == 1


def _file(content: bytes):
    import io

    return io.BytesIO(content)


def test_words_of_a_unit_are_no_markup_in_the_tree(client, memo):
    row = memo.addressees.get(unit__code="SR-TAZ")
    words = '<img src=x onerror="alert(1)">&'
    addressee_answers.answer_cannot(
        addressee=row, because=words, by=factories.officer(row.unit), now=timezone.now()
    )
    client.force_login(memo.issued_by)
    page = client.get(reverse("campaigns:memo-answers", args=[memo.public_id])).content.decode()
    assert "<img src=x" not in page and "&lt;img src=x" in page


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_kinds_of_units_are_named_in_the_readers_language(client, memo, language):
    client.force_login(memo.issued_by)
    address = url(memo).replace("/en/", f"/{language}/")
    kinds = client.get(address).context["form"].fields["kind"].choices
    with override(language):
        assert ("regional_security", gettext("Regional security")) in kinds
    sheet = client.get(address.replace("/answers/", "/answers.csv")).content.decode()
    assert "regional_security" not in sheet


def test_head_that_opens_a_branch_holds_no_link(client, memo):
    client.force_login(memo.issued_by)
    text = client.get(url(memo)).content.decode()
    heads = re.findall(r"<summary>.*?</summary>", text, re.DOTALL)
    assert heads and not [head for head in heads if "<a " in head]
    for row in memo.addressees.select_related("unit"):
        assert f'/{row.unit.code}/"' in text

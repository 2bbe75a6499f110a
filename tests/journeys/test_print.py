"""What is printed on A4 by a real browser: a poster on one page, a letter on its front and its back."""

import pypdfium2
import pytest

from campaigns.organising.forms.memos import starting_text
from tests.support import asking, factories

pytestmark = pytest.mark.browser


def pages(page, path: str) -> list[str]:
    """The text of each printed page."""
    page.goto(path)
    printed = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    return [sheet.get_textpage().get_text_range() for sheet in printed]


def test_poster_is_one_page_and_letter_two(committed, desktop, sign_in):
    campaign = asking.confirmed()
    (poster,) = pages(desktop, f"/fr/campaigns/{campaign.public_id}/poster/")
    assert "Donnez votre sang" in poster
    operation = asking.operation()
    said = starting_text(operation, factories.unit("DGSN"), "campaign", ["ar", "fr"])
    memo = asking.memo("SR-TAZ", operation=operation, reports=["contact", "donors"], **said)
    sign_in(desktop, memo.issued_by)
    front, back = pages(desktop, f"/fr/memos/{memo.public_id}/letter/")
    assert "Royaume du Maroc" in back and "Royaume du Maroc" not in front

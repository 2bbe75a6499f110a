import pytest

from tests.support import appealing, asking, blood, factories
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
TAZA = "/en/centres/BS-TAZ/"


def test_centre_tells_its_next_days_and_where_to_book(client, reference):
    campaign = asking.confirmed()
    elsewhere = asking.confirmed("PP-AGD", factories.center("CRTS-AGD"))
    page = client.get(TAZA).text
    assert "Meeting room" in page and f"/campaigns/{campaign.public_id}/book/" in page
    assert str(elsewhere.public_id) not in page and "28 of 28 places left" in page


def test_centre_tells_its_stock_and_its_calls(client, reference, now):
    blood.red_cells()
    appeal = appealing.opened(now)
    page = client.get(TAZA).text
    assert "Days of cover" in page and "just now" in page
    assert str(appeal.public_id) in page


def test_centre_without_anything_says_how_to_go_on(client, reference):
    page = client.get("/en/centres/BS-TAZ/").text
    assert "No day is planned here yet" in page and "not the building" in page


def test_draft_is_no_day_to_book(client, reference):
    draft = asking.draft()
    assert str(draft.public_id) not in client.get(TAZA).text


@pytest.mark.parametrize("code", ["AMSD", "NO-SUCH"])
def test_office_that_collects_nothing_has_no_page(client, reference, code):
    assert client.get(f"/en/centres/{code}/").status_code == 404


def test_page_may_be_kept_and_asks_little(client, reference, django_assert_max_num_queries):
    for unit in ("SR-TAZ", "PP-FES", "PP-OUJ"):
        asking.confirmed(unit)
    with django_assert_max_num_queries(9):
        answer = client.get(TAZA)
    assert answer["Cache-Control"].startswith("public") and not answer.cookies


def test_poster_of_a_day_without_a_campaign_leads_to_the_centre(client, reference, settings):
    settings.DEMO = True
    session = factories.session()
    text = client.get(f"/en/days/{session.public_id}/poster/").text
    assert session.name in text and session.center.name in text and "All our days" in text
    assert f"/centres/{session.center.code}/qr.svg" in text
    code = client.get(f"/en/centres/{session.center.code}/qr.svg")
    assert code["Content-Type"] == "image/svg+xml" and "<svg" in code.text
    client.force_login(factories.staff(session.center, "reception"))
    board = client.get(f"/en/centre/sessions/{session.public_id}/").text
    assert f"/days/{session.public_id}/poster/" in board
    session.state = "closed"
    with owner():
        session.save()
    assert client.get(f"/en/days/{session.public_id}/poster/").status_code == 404

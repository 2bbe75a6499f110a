import re

import pytest
from django.urls import reverse

from campaigns.agenda import listing, map_projection
from campaigns.organising import drives
from centers.models import Center
from donors.models import Province
from tests.support import asking, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(reference):
    return reverse("campaigns:campaign-map")


def test_every_place_lies_on_the_sheet(reference):
    for place in [*Province.objects.all(), *Center.objects.all()]:
        at = map_projection.point(place)
        assert 0 <= at.x <= map_projection.WIDTH and 0 <= at.y <= map_projection.HEIGHT, place


def test_north_is_up_and_east_is_right_in_every_language(reference):
    at = {
        c: map_projection.point(Province.objects.get(code=c))
        for c in ("MA-TAZ", "MA-AGD", "MA-RAB")
    }
    assert at["MA-TAZ"].y < at["MA-AGD"].y and at["MA-RAB"].x < at["MA-TAZ"].x


def test_towns_too_near_to_touch_apart_share_a_marker(reference):
    towns = [
        map_projection.Town(Province.objects.get(code=c)) for c in ("MA-RAB", "MA-SAL", "MA-AGD")
    ]
    made = map_projection.markers(towns)
    assert [[t.province.code for t in m.towns] for m in made] == [["MA-RAB", "MA-SAL"], ["MA-AGD"]]
    for one in made:
        for other in made:
            away = (one.at.x - other.at.x) ** 2 + (one.at.y - other.at.y) ** 2
            assert one is other or away >= map_projection.APART**2


def test_map_leads_to_the_campaigns_of_its_list(client, url):
    campaign = asking.confirmed()
    asking.confirmed("PP-AGD", factories.center("CRTS-AGD"))
    page = client.get(url).text
    anchors = re.findall(r'<a\s+href="#(place-\d+)"\s+aria-label="([^"]+)"', page)
    assert len(anchors) == 2 and all(f'id="{anchor}"' in page for anchor, _label in anchors)
    assert any("campaigns: 1" in label for _anchor, label in anchors)
    assert reverse("campaigns:campaign-detail", args=[campaign.public_id]) in page
    assert "style=" not in page


def test_map_keeps_the_filter_of_the_list(client, url):
    asking.confirmed()
    far = asking.confirmed("PP-AGD", factories.center("CRTS-AGD"))
    page = client.get(f"{url}?province=MA-AGD").text
    assert page.count('href="#place-') == 1 and str(far.public_id) in page
    assert f"{reverse('campaigns:campaign-list')}?province=MA-AGD" in page
    assert "No campaign fits" in client.get(f"{url}?on=2020-01-01").text
    assert client.get(f"{url}?on=nonsense&province=XX").status_code == 200


def test_map_shows_neither_drafts_nor_cancelled_ones(client, url):
    draft, cancelled = asking.draft(), asking.confirmed("PP-FES")
    drives.cancel(campaign=cancelled, because="x", by=cancelled.drafted_by, now=asking.now())
    page = client.get(url).text
    assert str(draft.public_id) not in page and str(cancelled.public_id) not in page


def test_map_asks_as_often_for_many_as_for_one(client, url, django_assert_max_num_queries):
    for unit in ("SR-TAZ", "PP-AGD", "PP-FES", "PP-RAB"):
        asking.confirmed(unit)
    with django_assert_max_num_queries(7):
        client.get(url)
    assert listing.MOST >= 300

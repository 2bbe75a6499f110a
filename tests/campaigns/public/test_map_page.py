import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from campaigns.agenda import listing, map_projection, outlines
from campaigns.organising import drives
from centers.models import Center
from donors.models import Province, Region
from tests.support import asking, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(reference):
    return reverse("campaigns:campaign-map")


def test_every_place_lies_on_the_sheet(reference):
    for place in [*Province.objects.all(), *Center.objects.all()]:
        at = map_projection.point(place)
        assert 0 <= at.x <= map_projection.WIDTH and 0 <= at.y <= map_projection.HEIGHT, place


def test_every_province_and_region_has_its_outline_around_its_chief_town(reference):
    found = outlines.boxes()
    assert set(found) == set(Province.objects.values_list("code", flat=True))
    for province in Province.objects.all():
        at = map_projection.point(province)
        assert found[province.code].contains(at.x, at.y), province
    drawn = Path(finders.find("img/morocco.svg")).read_text()
    assert all(f'id="{code}"' in drawn for code in Region.objects.values_list("code", flat=True))


def test_a_province_is_drawn_large_with_each_of_its_places(client, url):
    campaign = asking.confirmed()
    page = client.get(f"{url}?province=MA-TAZ").text
    country, near = map_projection.COUNTRY, map_projection.of(Province.objects.get(code="MA-TAZ"))
    assert f'viewBox="{near.view_box}"' in page and near.scale < 0.3 < country.scale
    assert campaign.sessions.get().name in page and "Al Hoceïma" in page  # a neighbour's town
    assert "Agadir" not in page.split("<svg")[1].split("</svg>")[0]
    assert f'viewBox="{country.view_box}"' in client.get(url).text


def test_north_is_up_and_east_is_right_in_every_language(reference):
    at = {
        c: map_projection.point(Province.objects.get(code=c))
        for c in ("MA-TAZ", "MA-AGD", "MA-RAB")
    }
    assert at["MA-TAZ"].y < at["MA-AGD"].y and at["MA-RAB"].x < at["MA-TAZ"].x


def test_towns_too_near_to_touch_apart_share_a_marker(reference):
    towns = [listing.Town(Province.objects.get(code=c)) for c in ("MA-RAB", "MA-SAL", "MA-AGD")]
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


def test_map_shows_no_draft_and_names_what_is_cancelled(client, url):
    draft, cancelled = asking.draft(), asking.confirmed("PP-FES")
    drives.cancel(campaign=cancelled, because="x", by=cancelled.drafted_by, now=asking.now())
    page = client.get(url).text
    assert str(draft.public_id) not in page and 'href="#place-' not in page
    assert str(cancelled.public_id) in page and "Cancelled" in page


def test_map_asks_as_often_for_many_as_for_one(client, url, django_assert_max_num_queries):
    for unit in ("SR-TAZ", "PP-AGD", "PP-FES", "PP-RAB"):
        asking.confirmed(unit)
    with django_assert_max_num_queries(9):
        client.get(url)
    assert listing.MOST >= 300

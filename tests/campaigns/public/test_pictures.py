import struct

import pytest
from django.urls import reverse

from campaigns.public import pictures
from tests.support import booking as steps

pytestmark = pytest.mark.django_db


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


def share(campaign) -> str:
    return reverse("campaigns:campaign-picture", args=[campaign.public_id])


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_shared_campaign_has_a_picture_in_the_language_of_its_page(client, reference, language):
    campaign = steps.campaign()
    path = share(campaign).replace("/en/", f"/{language}/")
    response = client.get(path)
    assert response["Content-Type"] == "image/png" and "public" in response["Cache-Control"]
    assert size(response.content) == (pictures.WIDTH, pictures.HEIGHT)
    page = client.get(path.replace("share.png", "")).text
    assert f'property="og:image" content="http://testserver{path}"' in page or path in page


def test_pictures_tell_names_and_states_apart(client, reference):
    first = client.get(share(steps.campaign())).content
    cancelled = steps.campaign(state="cancelled", because="Snow")
    assert first != client.get(share(cancelled)).content


def test_name_with_signs_of_markup_is_drawn_as_it_is(client, reference):
    campaign = steps.campaign(name_en="<b>A & B</b>" + "long " * 30)
    assert size(client.get(share(campaign)).content) == (pictures.WIDTH, pictures.HEIGHT)


def test_draft_has_no_picture(client, reference):
    assert client.get(share(steps.campaign(state="asked"))).status_code == 404


def test_other_pages_share_the_sign_of_the_site(client, reference):
    path = reverse("campaigns:site-picture")
    assert path in client.get(reverse("campaigns:home")).text
    assert size(client.get(path).content) == (pictures.WIDTH, pictures.HEIGHT)


@pytest.mark.parametrize(("asked", "status"), [(192, 200), (512, 200), (7, 404), (99999, 404)])
def test_icons_come_in_the_sizes_of_the_manifest_only(client, db, asked, status):
    response = client.get(reverse("icon", args=[asked]))
    assert response.status_code == status
    if status == 200:
        assert size(response.content) == (asked, asked)

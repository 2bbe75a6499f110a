from pathlib import Path

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_gallery_shows_every_component(client, settings, language):
    settings.DEMO = True
    page = client.get(f"/{language}/components/").content.decode()
    names = [part.stem for part in Path("templates/components").glob("*.html")]
    assert len(names) > 10
    assert not [name for name in names if f"<bdi>{name}</bdi>" not in page]


def test_gallery_is_not_there_for_the_public(client):
    assert client.get(reverse("donors:component-gallery")).status_code == 404

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fr", "ltr")])
def test_manifest_is_in_the_language_of_the_page(client, language, direction):
    path = reverse("campaigns:manifest").replace("/en/", f"/{language}/")
    response = client.get(path)
    content = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert (content["lang"], content["dir"]) == (language, direction)
    assert content["start_url"] == f"/{language}/"
    for icon in content["icons"]:
        assert client.get(icon["src"]).status_code == 200


def test_worker_is_served_from_the_root_without_a_session(client):
    response = client.get("/worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert "fetch" in response.text and not response.cookies

"""Pictures of a page: looked into, made small, without metadata, and seen by whom they concern."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from campaigns.preparing import pictures
from donors.errors import Refused
from tests.support import asking, attack, factories

pytestmark = pytest.mark.django_db
ALT = {"alt_ar": "القاعة", "alt_fr": "La salle", "alt_en": "The room"}


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


def photo(kind="JPEG", size=(2400, 1200), **save) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#9b1c2c").save(out, kind, **save)
    return out.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "Secret of the camera"
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    return photo(exif=exif, comment=b"Secret of the camera")


def added(campaign, content: bytes, name="a.jpg"):
    file = SimpleUploadedFile(name, content)
    return pictures.add(campaign=campaign, file=file, **ALT, **factories.acts())


def address(campaign, picture, name="campaign-photo", size="large") -> str:
    return reverse(f"campaigns:{name}", args=[campaign.public_id, picture.public_id, size])


def test_unit_adds_a_picture_and_the_page_serves_it_small_and_clean(client, reference):
    campaign = asking.confirmed()
    client.force_login(factories.officer(campaign.unit))
    page = reverse("campaigns:drive-pictures", args=[campaign.public_id])
    file = SimpleUploadedFile("a.jpg", with_place(), content_type="image/jpeg")
    assert client.post(page, ALT | {"file": file, "agreed": "on"}).status_code == 302
    picture = campaign.pictures.get()
    client.logout()
    shown = client.get(reverse("campaigns:campaign-detail", args=[campaign.public_id])).text
    assert address(campaign, picture) in shown and 'alt="The room"' in shown
    served = client.get(address(campaign, picture))
    assert served["Content-Type"] == "image/webp" and served["X-Content-Type-Options"] == "nosniff"
    assert b"Secret" not in served.content and b"EXIF" not in served.content
    image = Image.open(BytesIO(served.content))
    assert image.size == (640, 1280) == (picture.width, picture.height)
    small = Image.open(BytesIO(client.get(address(campaign, picture, size="small")).content))
    assert max(small.size) == 480


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "no picture"),
        (b"%PDF-1.4", "no picture"),
        (photo()[:2000], "no picture"),
        (photo("GIF"), "no picture"),
        (photo(size=(200, 800)), "smaller than 300"),
        (photo("PNG", (9000, 6000)), "too many pixels"),
        (photo() + bytes(10_000_001), "larger than 10 MB"),
    ],
)
def test_what_is_no_fit_picture_is_refused_with_a_sentence(reference, content, words):
    with pytest.raises(Refused, match=words):
        added(asking.confirmed(), content)


def test_removed_picture_is_gone_with_its_bytes_and_once(client, reference):
    campaign = asking.confirmed()
    picture = added(campaign, photo())
    pictures.remove(picture=picture, **factories.acts())
    assert client.get(address(campaign, picture)).status_code == 404
    picture.refresh_from_db()
    assert (picture.large, picture.small) == (None, None)
    with pytest.raises(Refused, match="already"):
        pictures.remove(picture=picture, **factories.acts())
    back = "UPDATE campaigns_campaignpicture SET large = 'x', small = 'x', removed_at = NULL WHERE id = %s"
    assert "picture_is_removed_once" in attack.refused(back, picture.pk)


def test_page_has_at_most_six(reference):
    campaign = asking.confirmed()
    for _number in range(6):
        added(campaign, photo(size=(300, 300)))
    with pytest.raises(Refused, match="six"):
        added(campaign, photo())


def test_picture_of_a_page_that_is_not_public_is_seen_by_its_people_alone(client, reference):
    campaign = asking.draft()
    picture = added(campaign, photo())
    preview = address(campaign, picture, "drive-picture")
    assert client.get(address(campaign, picture)).status_code == 404
    assert client.get(preview).status_code == 302
    for user, status in (
        (factories.officer(factories.unit("PP-FES")), 404),
        (factories.staff(factories.center("CRTS-FES"), "manager"), 404),
        (factories.staff(campaign.center, "manager"), 200),
        (factories.officer(campaign.unit), 200),
    ):
        client.force_login(user)
        assert client.get(preview).status_code == status
        assert client.get(address(campaign, picture)).status_code == 404
    assert "no-store" in client.get(preview)["Cache-Control"]
    client.force_login(factories.staff(campaign.center, "manager"))
    page = reverse("campaigns:drive-pictures", args=[campaign.public_id])
    assert client.post(page, ALT).status_code == 404
    remove = reverse("campaigns:drive-picture-remove", args=[campaign.public_id, picture.public_id])
    assert client.post(remove).status_code == 404


def test_picture_needs_its_words_and_the_agreement(client, reference):
    campaign = asking.confirmed()
    client.force_login(factories.officer(campaign.unit))
    page = reverse("campaigns:drive-pictures", args=[campaign.public_id])
    file = SimpleUploadedFile("a.jpg", photo())
    shown = client.post(page, ALT | {"alt_fr": "", "file": file}).text
    assert "who cannot see it" in shown and "only people who agreed" in shown
    assert not campaign.pictures.exists() and timezone.now()

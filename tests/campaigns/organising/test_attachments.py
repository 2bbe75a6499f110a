"""Files attached to memos: told by content, cleaned, kept with their text, shown to addressees only."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from campaigns.messaging import links
from campaigns.models import MemoFile, Notification
from campaigns.organising import attachments, file_cleaning, memo_drafts, memo_versions
from donors.errors import Refused
from tests.support import asking, factories
from tests.support.attack import refused
from tests.support.memo_pages import at, drafted

pytestmark = pytest.mark.django_db
AUTHOR = "Commissaire Bennani"


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


def picture(kind="JPEG", size=(40, 20)) -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x013B], exif[0x0112] = AUTHOR, 6  # artist; turned by a quarter
    Image.new("RGB", size, "red").save(out, kind, exif=exif)
    return out.getvalue()


def document(**changes) -> bytes:
    """A PDF that tells its author in every place, acts when it is opened, and holds a file."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setAuthor(AUTHOR)
    canvas.drawString(72, 720, "Plan of the hall")
    canvas.linkURL("https://example.org/?who=Bennani", (0, 0, 99, 99))
    canvas.save()
    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")
        pdf.attachments["list.txt"] = b"Bennani"
        with pdf.open_metadata() as told:
            told["dc:creator"] = [AUTHOR]
        image = pikepdf.Stream(pdf, picture())
        image.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image})
        image.update({"/Width": 40, "/Height": 20, "/BitsPerComponent": 8})
        image.update({"/ColorSpace": pikepdf.Name.DeviceRGB, "/Filter": pikepdf.Name.DCTDecode})
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(Hall=pdf.make_indirect(image))
        for _n in range(changes.pop("more_pages", 0)):
            pdf.add_blank_page()
        whole = io.BytesIO()
        pdf.save(whole, compress_streams=False, **changes)
    return whole.getvalue()


def draft_of(operation=None):
    operation = operation or asking.operation()
    said = {
        "operation": operation, "reference": f"X/{next(factories.numbers)}", "scope": "list",
        "issuer": factories.unit("DGSN"), "units": [factories.unit("SR-TAZ")],
        "subject_ar": "حملة", "body_ar": "التبرع طوعي.",
        "deadline_at": timezone.now() + timedelta(days=2),
    }  # fmt: skip
    return memo_drafts.begin(by=operation.opened_by, now=timezone.now(), **said)


def attached(draft, content=None, name="plan.pdf") -> MemoFile:
    said = {"by": draft.made_by, "now": timezone.now()}
    return attachments.add(draft=draft, name=name, content=content or document(), **said)


def issued(draft):
    draft.refresh_from_db()
    by, now = draft.made_by, timezone.now()
    return memo_drafts.issue(draft=draft, revision=draft.revision, by=by, now=now)


def test_nothing_of_a_pdf_is_left_but_its_pages():
    dirty = document()
    assert dirty.count(b"Bennani") >= 3 and b"JavaScript" in dirty and AUTHOR.encode() in dirty
    kind, cleaned = file_cleaning.clean(dirty)
    assert kind == "pdf"
    with pikepdf.open(io.BytesIO(cleaned)) as pdf:
        assert "/Info" not in pdf.trailer and set(pdf.Root.keys()) <= file_cleaning.OF_DOCUMENT
        assert "/Annots" not in pdf.pages[0] and not pdf.attachments
        everything = b"".join(
            one.read_raw_bytes() for one in pdf.objects if isinstance(one, pikepdf.Stream)
        )
        assert b"Bennani" not in everything and b"Bennani" not in cleaned
        assert b"Plan of the hall" in pdf.pages[0].Contents.read_bytes()
        hall = Image.open(io.BytesIO(pdf.pages[0].Resources.XObject.Hall.read_raw_bytes()))
        assert hall.size == (40, 20) and not hall.getexif()


@pytest.mark.parametrize(("name", "ending"), [("JPEG", "jpg"), ("PNG", "png")])
def test_picture_is_turned_upright_and_tells_nothing(name, ending):
    kind, cleaned = file_cleaning.clean(picture(name))
    shown = Image.open(io.BytesIO(cleaned))
    assert (kind, shown.format, shown.size) == (ending, name, (20, 40))
    assert not shown.getexif() and b"Bennani" not in cleaned and not shown.info.get("exif")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7" + bytes(file_cleaning.MOST_BYTES), "5 MB"),
        (b"<html><script>alert(1)</script>", "Only a PDF"),
        (b"MZ\x90\x00 a program named plan.pdf", "Only a PDF"),
        (b"%PDF-1.7\nnothing", "damaged"),
        (picture()[:60], "damaged"),
        (lambda: document(encryption=pikepdf.Encryption(owner="x", user="y")), "password"),
        (lambda: document(encryption=pikepdf.Encryption(owner="x", user="")), "password"),
        (lambda: document(more_pages=100), "100 pages"),
        (lambda: picture("PNG", (9000, 5000)), "too large"),
    ],
)
def test_what_is_no_fit_attachment_is_refused_with_its_reason(content, words):
    with pytest.raises(Refused, match=words):
        file_cleaning.clean(content if isinstance(content, bytes) else content())


def test_attachment_is_added_on_the_page_of_a_draft_and_removed(client, reference):
    operation = asking.operation()
    client.force_login(operation.opened_by)
    draft = drafted(client, operation)
    url = at(draft, "memo-draft-attach")
    bad = client.post(url, {"file": SimpleUploadedFile("plan.pdf", b"MZ no pdf")})
    assert "Only a PDF" in bad.content.decode() and not draft.files.exists()
    client.post(url, {"file": SimpleUploadedFile("../../e\u202evil.exe", document())})
    file = draft.files.get()
    assert (file.name, file.kind, file.added_by) == ("evil.pdf", "pdf", operation.opened_by)
    draft.refresh_from_db()
    assert draft.revision == 2, "what was read before is another revision"
    assert file.name in client.get(at(draft)).content.decode()
    args = [draft.public_id, file.public_id]
    got = client.get(reverse("campaigns:memo-draft-file", args=args))
    assert got["Content-Disposition"] == 'attachment; filename="evil.pdf"'
    assert got["Content-Type"] == "application/pdf" and got["X-Content-Type-Options"] == "nosniff"
    client.post(reverse("campaigns:memo-draft-detach", args=args))
    assert not MemoFile.objects.exists()


def test_attachment_is_shown_to_addressees_only(client, reference):
    officer = factories.officer(factories.unit("SR-TAZ"))
    draft = draft_of()
    file = attached(draft)
    memo = issued(draft)
    url = reverse("campaigns:memo-file", args=[memo.public_id, file.public_id])
    page = reverse("campaigns:memo-detail", args=[memo.public_id])
    for reader in (officer, memo.issued_by, factories.officer(factories.unit("DGSN"))):
        client.force_login(reader)
        assert url in client.get(page).content.decode()
        assert client.get(url).content.startswith(b"%PDF-")
    client.force_login(factories.officer(factories.unit("PP-FES")))
    assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url).url.startswith(reverse("account_login"))
    of_draft = reverse("campaigns:memo-draft-file", args=[draft.public_id, file.public_id])
    client.force_login(officer)
    assert client.get(of_draft).status_code == 403
    letter = reverse("campaigns:memo-letter", args=[memo.public_id])
    assert file.name in client.get(letter).content.decode()


def test_link_of_an_officer_opens_the_attachments_of_its_memo_alone(client, reference):
    officer = factories.officer(factories.unit("SR-TAZ"))
    draft = draft_of()
    file = attached(draft)
    memo = issued(draft)
    other = attached(draft_of())
    token = links.token(Notification.objects.get(kind="memo_issued", user=officer), links.MEMO)
    url = reverse("campaigns:memo-link-file", args=[token, file.public_id])
    shown = client.get(reverse("campaigns:memo-link", args=[token])).content.decode()
    assert url in shown and client.get(url).content == bytes(file.content)
    strange = reverse("campaigns:memo-link-file", args=[token, other.public_id])
    assert client.get(strange).status_code == 410
    said = {"because": "انتهت", "by": memo.issued_by, "now": timezone.now()}
    memo_versions.withdraw(memo=memo, **said)
    assert client.get(url).status_code == 410


def test_files_stay_with_the_text_that_they_belong_to(reference):
    draft = draft_of()
    first = attached(draft)
    memo = issued(draft)
    by, now = memo.issued_by, timezone.now()
    amendment = memo_drafts.begin_amendment(memo=memo, by=by, now=now)
    assert list(amendment.files.all()) == [first], "the next text begins with the files"
    attachments.remove(draft=amendment, file=first, by=by, now=now)
    second = attached(amendment, picture(), "map.png")
    type(amendment).objects.filter(pk=amendment.pk).update(because="خطأ", revision=4)
    issued(amendment)
    assert second.name == "map.jpg"
    assert list(MemoFile.objects.of(memo)) == [second]
    assert list(MemoFile.objects.ever_of(memo)) == [first, second]
    with pytest.raises(Refused, match="issued or discarded"):
        attachments.remove(draft=draft, file=first, by=by, now=now)
    row = "DELETE FROM campaigns_memodraft_files WHERE memodraft_id = %s"
    assert "memo_draft_is_over" in refused(row, draft.pk)
    add = "INSERT INTO campaigns_memodraft_files (memodraft_id, memofile_id) VALUES (%s, %s)"
    assert "memo_draft_is_over" in refused(add, draft.pk, second.pk)
    refused("UPDATE campaigns_memofile SET content = 'x' WHERE id = %s", first.pk)


def test_draft_takes_five_files(reference):
    draft = draft_of()
    for _n in range(attachments.MOST_FILES):
        attached(draft, picture(), "map.jpg")
    with pytest.raises(Refused, match="five"):
        attached(draft, picture(), "map.jpg")
    assert draft.files.count() == 5

import pytest
from django.urls import reverse

from campaigns.models import Operation
from tests.support import asking, factories

pytestmark = pytest.mark.django_db
LIST, BEGIN = "/en/operations/", "/en/operations/begin/"
TYPED = {
    "kind": "earthquake",
    "name_ar": "زلزال الحوز",
    "name_fr": "Séisme d’Al Haouz",
    "name_en": "Al Haouz earthquake",
    "began_on": "08/09/2023",
}


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


def page(operation, name="operation-detail") -> str:
    return reverse(f"campaigns:{name}", args=[operation.public_id])


def test_administrator_opens_an_operation_and_closes_it(client, reference):
    client.force_login(factories.administrator())
    assert "No operation" in client.get(LIST).content.decode()
    sent = client.post(BEGIN, TYPED)
    operation = Operation.objects.get()
    assert sent.url == page(operation)
    assert "Al Haouz earthquake" in client.get(LIST).content.decode()
    assert "No memo has been issued" in client.get(page(operation)).content.decode()
    refused = client.post(page(operation, "operation-close"), {"because": " "}, follow=True)
    assert "Say why the operation is closed" in refused.text
    client.post(page(operation, "operation-close"), {"because": "All are cared for"})
    operation.refresh_from_db()
    assert operation.closed_at
    assert "Write an urgent memo" not in client.get(page(operation)).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name_ar": ""}, "name_ar"),
        ({"name_fr": ""}, "name_fr"),
        ({"name_en": " "}, "name_en"),
        ({"began_on": ""}, "began_on"),
        ({"began_on": "31/02/2023"}, "began_on"),
        ({"began_on": "01/01/2099"}, "began_on"),
        ({"kind": "meteor"}, "kind"),
    ],
)
def test_wrong_operation_gets_its_sentence_and_keeps_what_was_typed(
    client, reference, wrong, field
):
    client.force_login(factories.administrator())
    answer = client.post(BEGIN, TYPED | wrong)
    form = answer.context["form"]
    assert form.errors[field] and not Operation.objects.exists()
    others = TYPED.keys() - wrong.keys()
    assert all(form[name].value() == TYPED[name] for name in others)
    assert "error-summary" in answer.content.decode()


def test_stranger_and_officer_are_kept_out(client, reference):
    operation = asking.operation()
    urls = [LIST, BEGIN, page(operation)]
    for url in urls:
        assert client.get(url).url.startswith(reverse("account_login"))
    client.force_login(factories.officer(factories.unit("DGSN")))
    for url in urls:
        assert client.get(url).status_code == 403
    assert client.post(page(operation, "operation-close")).status_code == 403
    operation.refresh_from_db()
    assert not operation.closed_at


def test_auditor_reads_and_changes_nothing(client, reference):
    operation = asking.operation()
    client.force_login(factories.with_national_rights(is_auditor=True))
    assert client.get(LIST).status_code == client.get(page(operation)).status_code == 200
    assert client.get(BEGIN).status_code == 403
    assert client.post(page(operation, "operation-close")).status_code == 403
    assert client.post(BEGIN, TYPED).status_code == 403

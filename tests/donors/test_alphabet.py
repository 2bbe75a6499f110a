"""Names in the order of a reader's dictionary, in three languages."""

import importlib
import pkgutil

import pytest
from django.utils.translation import override

from campaigns.public.forms.public import NearForm
from centers.models import Center, Hospital
from config.compiled import ROOT
from donors import alphabet
from donors.models import DeferralReason, Province
from donors.named_choices import ByName, NamedChoice

pytestmark = pytest.mark.django_db
SORTED = (Province, Center, Hospital, DeferralReason)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("fr", ["Al Hoceïma", "Aousserd", "El Hajeb", "Errachidia", "Essaouira", "Fès", "Figuig"]),
        ("fr", ["côte", "Côte", "coter", "œuf", "zèbre"]),
        ("ar", ["آسفي", "إفران", "أكادير", "تازة", "تازة العليا", "ڭلميم", "مراكش", "Taza"]),
        ("en", ["Sale", "Sefrou", "Sidi Kacem", "آسفي"]),
    ],
)
def test_the_order_of_a_reader(language, names):
    with override(language):
        others = names[::-1]
        assert sorted(others, key=alphabet.key) == names


def test_a_province_stands_under_its_own_name(reference):
    with override("ar"):
        shown = [label for _code, label in NearForm({}).fields["province"].choices][1:]
        named = [
            label for _value, label in NamedChoice(Province.objects.all(), empty_label=None).choices
        ]
    assert "تازة (إقليم)" in shown and not [
        label for label in shown if label.startswith(("إقليم", "عمالة"))
    ]
    assert shown == named == sorted(shown, key=alphabet.key)
    assert shown.index("فاس (عمالة)") < shown.index("مراكش (عمالة)")


def test_every_form_sorts_its_rows_by_name():
    """A field of rows with a name is one that sorts; those below are not shown, or nearest first."""
    own = {"CampaignQuery.province", "CampaignQuery.center", "WillForm.center"}
    wrong = []
    for module in pkgutil.walk_packages([str(ROOT)]):
        if (
            module.name.split(".")[0] in ("campaigns", "centers", "donors")
            and ".forms." in module.name
        ):
            for form in vars(importlib.import_module(module.name)).values():
                for name, field in getattr(form, "base_fields", {}).items():
                    rows = getattr(field, "queryset", None)
                    if (
                        rows is not None
                        and issubclass(rows.model, SORTED)
                        and field.iterator is not ByName
                    ):
                        wrong.append(f"{form.__name__}.{name}")
    assert {*wrong} - own == set()

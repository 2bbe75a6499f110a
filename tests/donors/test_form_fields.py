import re
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.utils import timezone

from donors.form_fields import (
    AboutDayField,
    DayField,
    HourField,
    NumberField,
    PersonNameField,
    WholeNumberField,
    field_of,
)


class Asked(forms.Form):
    kind = forms.ChoiceField(choices=[("a", "A")])


def test_field_is_given_as_its_own_class():
    form = Asked()
    field_of(form, "kind", forms.ChoiceField).choices = [("b", "B")]
    assert list(form["kind"].field.choices) == [("b", "B")]


def test_field_of_another_class_is_an_error_and_not_a_lost_setting():
    with pytest.raises(TypeError, match="kind is no ModelChoiceField"):
        field_of(Asked(), "kind", forms.ModelChoiceField)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("٠٧/٠٣/١٩٩٠", "1990-03-07"),
        ("7 مارس 1990", "1990-03-07"),
        ("يوم ٧ غشت سنة ٢٠٢٦", "2026-08-07"),
        ("7 أغسطس 2026", "2026-08-07"),
        ("1er août 2026", "2026-08-01"),
        ("March 7, 1990", "1990-03-07"),
        ("\u200f7\u200e/3/\u2066" + "1990\u2069", "1990-03-07"),
        ("7 3 1990", "1990-03-07"),
        ("1990/3/7", "1990-03-07"),
        ("07031990", "1990-03-07"),
        ("7/3/98", "1998-03-07"),
        ("31/02/1990", None),
        ("12/25/1990", None),
        ("1990", None),
        ("hier", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text, day):
    if day is None:
        with pytest.raises(forms.ValidationError, match="day, month and year"):
            DayField().clean(text)
    else:
        assert str(DayField().clean(text)) == day


def test_about_a_day_counts_from_the_end_of_its_month():
    assert str(AboutDayField().clean("02/2024")) == "2024-02-29"
    assert str(AboutDayField().clean("2023")) == "2023-12-31"
    assert AboutDayField().clean(f"{timezone.localdate():%m/%Y}") == timezone.localdate()


def test_numbers_and_hours_are_read_as_people_write_them():
    assert NumberField().clean("\u200e٦٤٫٥") == Decimal("64.5") == NumberField().clean("64,5")
    assert WholeNumberField().clean("1 000") == 1000 == WholeNumberField().clean("1.000")
    assert WholeNumberField().clean("\u202a٤٠\u202c") == 40
    assert HourField().clean("٩h٣٠") == time(9, 30) == HourField().clean("09.30")
    assert HourField().clean("14") == time(14)


@pytest.mark.parametrize("name", ["123", "Ali2", "٤٥", "-"])
def test_digits_are_no_name(name):
    with pytest.raises(forms.ValidationError, match="without digits"):
        PersonNameField().clean(name)


def test_a_name_keeps_its_letters_alone():
    assert PersonNameField().clean("\u200fبن  علي\u200e") == "بن علي"


# Forms that programs fill in: an address of the API, a hidden field.
BY_PROGRAMS = {"campaigns/public/forms/public_data.py", "donors/form_fields.py"}


def test_every_form_reads_days_and_numbers_by_these_fields():
    bare = re.compile(r"\bforms\.(Date|Time|DateTime|Integer|Decimal)Field\(")
    root = Path(__file__).parents[2]
    files = [
        f for app in ("campaigns", "centers", "donors") for f in (root / app).rglob("forms/*.py")
    ]
    found = [f for f in files if bare.search(f.read_text())]
    assert {str(f.relative_to(root)) for f in found} <= BY_PROGRAMS

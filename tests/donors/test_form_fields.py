import pytest
from django import forms

from donors.form_fields import field_of


class Asked(forms.Form):
    kind = forms.ChoiceField(choices=[("a", "A")])


def test_field_is_given_as_its_own_class():
    form = Asked()
    field_of(form, "kind", forms.ChoiceField).choices = [("b", "B")]
    assert list(form["kind"].field.choices) == [("b", "B")]


def test_field_of_another_class_is_an_error_and_not_a_lost_setting():
    with pytest.raises(TypeError, match="kind is no ModelChoiceField"):
        field_of(Asked(), "kind", forms.ModelChoiceField)

"""The volumes of what is made of a bag."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.laboratory.separation import Choice
from centers.models import Bag
from donors.form_fields import WholeNumberField


class VolumesForm(forms.Form):
    """One volume in mL for each product; a single product begins with that of its bag."""

    def __init__(self, data=None, *, bag: Bag, choice: Choice, first: bool = False):
        super().__init__(data, auto_id=f"{choice.recipe.pk}_%s")
        for place, part in enumerate(choice.parts):
            made = part.makes
            bounds = {"least": made.volume_min, "most": made.volume_max}
            words = _("Write a volume between %(least)s and %(most)s mL.") % bounds
            attributes = {"autocomplete": "off", "dir": "ltr", "inputmode": "numeric"}
            self.fields[made.pk] = WholeNumberField(
                label=_("%(product)s, mL") % {"product": made.name},
                min_value=made.volume_min,
                max_value=made.volume_max,
                initial=bag.volume if len(choice.parts) == 1 else None,
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"), words
                ),
                widget=forms.TextInput(
                    attributes | ({"autofocus": ""} if first and not place else {})
                ),
            )
        action = reverse("centers:bag-make", args=[bag.public_id, choice.recipe.pk])
        self.helper = helper(action, _("Make these"), *self.fields, data_enter_next="")

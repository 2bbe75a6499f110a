from __future__ import annotations

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.planning.suggestions import Product
from donors.form_fields import field_of


class ApplyForm(forms.Form):
    """The groups of one product whose suggested floors are applied, and why."""

    groups = forms.MultipleChoiceField(
        label=_("Groups"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one group whose floor differs."),
            "invalid_choice": _("Choose at least one group whose floor differs."),
        },
    )
    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        error_messages={"required": _("Say why, for those who read the decisions later.")},
    )

    def __init__(self, *args, product: Product, action: str, **kwargs):
        code = product.component.pk
        super().__init__(*args, **kwargs)
        # Several of these forms stand on one page.
        self.prefix, self.auto_id = code, f"id_{code}_%s"
        self.product = product
        differ = [row.blood_group for row in product.differ]
        field_of(self, "groups", forms.MultipleChoiceField).choices = [
            (group, group) for group in differ
        ]
        self.fields["groups"].initial = differ
        self.helper = FormHelper()
        self.helper.form_action = action
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(
            Field("groups", template="campaigns/planning/floor_groups.html"),
            "because",
            StrictButton(_("Apply what is chosen"), type="submit", css_class="btn-primary"),
        )

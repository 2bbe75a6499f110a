from __future__ import annotations

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.planning.suggestions import Product


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
        super().__init__(*args, prefix=code, auto_id=f"id_{code}_%s", **kwargs)
        self.product = product
        differ = [row.blood_group for row in product.differ]
        self.fields["groups"].choices = [(group, group) for group in differ]
        self.fields["groups"].initial = differ
        self.helper = FormHelper()
        self.helper.form_action = action
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(
            Field("groups", template="campaigns/planning/floor_groups.html"),
            "because",
            StrictButton(_("Apply what is chosen"), type="submit", css_class="btn-primary"),
        )

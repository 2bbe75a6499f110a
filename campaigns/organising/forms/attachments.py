from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper


class AttachmentForm(forms.Form):
    file = forms.FileField(
        label=_("File to attach"),
        max_length=200,
        help_text=_("A PDF or a picture, at most 5 MB. What it tells about its author is removed."),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("This file is empty."),
            "max_length": _("The name of the file is too long."),
        },
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, _("Attach the file"), "file")

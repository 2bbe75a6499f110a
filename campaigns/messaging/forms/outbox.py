from __future__ import annotations

from urllib.parse import urlencode

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import DeliveredCopy
from donors.models import Channel, Language

KINDS = [
    ("appeal_invitation", _("Invitation of an appeal")),
    ("appeal_stand_down", _("Thanks, an appeal is over")),
    ("second_gift", _("A place after a first gift")),
    ("early_warning", _("Early warning of falling stock")),
    ("bag_alarm", _("Alarm about bags, to the stock keepers")),
    ("bag_recalled", _("Recall, to the hospital")),
    ("bag_news", _("Bags without news, to the hospital")),
    ("bag_unanswered", _("Alarm about bags without an answer, to the manager")),
    ("booking_code", _("Code for a booking")),
    ("proof_code", _("Code to sign in or to prove an address")),
    ("blood_withheld", _("Blood that a donor does not want used")),
    ("booking_confirmed", _("Confirmation of a place")),
    ("visit_reminder", _("Reminder of a place")),
    ("waiting_joined", _("Waiting for a place")),
    ("place_offered", _("Place that has come free")),
    ("waiting_over", _("No place came free")),
    ("place_released", _("Place that fell away")),
    ("waiting_moved", _("Waiting: the session moved")),
    ("session_cancelled", _("Cancelled session")),
    ("session_moved", _("Moved session")),
    ("memo_issued", _("New memo")),
    ("memo_changed", _("Memo changed or withdrawn")),
    ("memo_handed", _("Memo handed over")),
    ("memo_reminder", _("Memo: reminder before the deadline")),
    ("memo_late", _("Memo: reminder after the deadline")),
    ("memo_reopened", _("Memo: asked again")),
    ("memo_escalated", _("Memo: silent units, to the level above")),
    ("memo_silent", _("Memo: silent units, to the issuer")),
    ("reply_answered", _("Answer to a text")),
    ("phone_code", _("Code for an officer's number")),
    ("campaign_withdrawn", _("Campaign withdrawn")),
    ("roster_invitation", _("One invitation to somebody on a list")),
    ("officer_invited", _("Invitation to command a unit")),
    ("campaign_proposed", _("Campaign that waits for its centre")),
    ("campaign_agreed", _("Agreed campaign")),
    ("campaign_checklist", _("What is to be prepared for a campaign")),
    ("campaign_invitation", _("Invitation to a campaign of the own unit")),
    ("campaign_thanks", _("Thanks after a campaign")),
    ("blood_followed", _("Where somebody's blood went")),
    ("campaign_story", _("What came of a campaign")),
    ("campaign_confirmed", _("Confirmed campaign")),
    ("campaign_moved", _("Moved campaign")),
    ("campaign_day_changed", _("Day of a campaign, moved or cancelled")),
    ("campaign_declined", _("Declined campaign")),
    ("campaign_cancelled", _("Cancelled campaign")),
]


class SentFilter(forms.Form):
    """Filter of messages; an unknown value shows all."""

    kind = forms.ChoiceField(label=_("Message"), required=False, choices=[("", _("All")), *KINDS])
    channel = forms.ChoiceField(
        label=_("Way"), required=False, choices=[("", _("All")), *Channel.choices]
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("All")), *Language.choices]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.form_class = "filters"
        show = StrictButton(_("Show"), type="submit", css_class="btn-outline-secondary")
        self.helper.layout = Layout("kind", "channel", "language", show)

    @property
    def query(self) -> str:
        kept = {k: v for k, v in self.cleaned_data.items() if v}
        return f"{urlencode(kept)}&" if kept else ""

    def apply(self, copies: QuerySet[DeliveredCopy]) -> QuerySet[DeliveredCopy]:
        self.full_clean()
        columns = {"kind": "notification__kind", "channel": "notification__channel"}
        chosen = {columns.get(k, k): v for k, v in self.cleaned_data.items() if v}
        return copies.filter(**chosen)

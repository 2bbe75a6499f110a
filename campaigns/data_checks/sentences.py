"""What the reader learns from each question about messages."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "messages_in_hand": _(
        "Messages that a sender took and never settled: run bin/manage outbox free."
    ),
    "messages_in_doubt": _("Messages of which nobody knows for a day whether they left."),
    "messages_wait": _("Messages that wait for an hour though their channel runs."),
}
SERIOUS: frozenset[str] = frozenset()

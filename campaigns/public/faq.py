"""Frequent questions before giving, with short answers; the bounds come from the rules in force."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .guidance import Bound

# In the order in which they arise: before, on the day, afterwards, in an emergency.
QUESTIONS: tuple[tuple[Promise, Promise], ...] = (
    (
        gettext_lazy("Does it hurt?"),
        gettext_lazy(
            "A short prick, then nothing. Giving itself takes eight to ten minutes, the whole visit"
            " about forty-five."
        ),
    ),
    (
        gettext_lazy("Do I have to fast?"),
        gettext_lazy(
            "No, on the contrary: eat something light and drink water before. Come rested."
        ),
    ),
    (
        gettext_lazy("May I give in Ramadan?"),
        gettext_lazy(
            "Yes, in the evening after breaking the fast, when you have eaten and drunk. Centres and"
            " mosques then collect late, often until after midnight."
        ),
    ),
    (
        gettext_lazy("What do I bring?"),
        gettext_lazy(
            "Your identity card, your passport or your foreigner’s card. Nothing else is needed."
        ),
    ),
    (
        gettext_lazy("Is giving paid?"),
        gettext_lazy(
            "No, never. Law 03-94 makes it voluntary, unpaid and anonymous. Anybody who asks you for"
            " money or promises some does so against the law."
        ),
    ),
    (
        gettext_lazy("Can my superior oblige me to give?"),
        gettext_lazy(
            "No. A memo may order that a campaign is organised, never that somebody gives. Nobody in"
            " the hierarchy learns who gave, who did not, or who was sent home."
        ),
    ),
    (
        gettext_lazy("Who learns about my health?"),
        gettext_lazy(
            "The doctor and the centre, nobody else. The organiser of a campaign reads counts only,"
            " and none under five."
        ),
    ),
    (
        gettext_lazy("Which group is needed?"),
        gettext_lazy(
            "It changes from day to day; the page on the stock tells it for each centre with the age"
            " of the figure. Every group is used, and you need not know yours."
        ),
    ),
    (
        gettext_lazy("What does “days of cover” mean?"),
        gettext_lazy(
            "For how many days the bags in stock last if as many are given out each day as in the"
            " last 90 days, and as relief operations are expected to need besides. Under two days is"
            " short."
        ),
    ),
    (
        gettext_lazy("Why should I book a place?"),
        gettext_lazy(
            "So that nobody comes in vain to a full room, and so that blood comes when it is"
            " used. Each day says whether one may come without a place: never when it is full, and"
            " never while its centre is calling for blood."
        ),
    ),
    (
        gettext_lazy("I have a tattoo, take medicines, was ill. May I give?"),
        gettext_lazy(
            "Often yes, after some time. The self-check tells it in two minutes and keeps nothing;"
            " the doctor at the centre decides."
        ),
    ),
    (
        gettext_lazy("Will I be told if something is found?"),
        gettext_lazy(
            "Yes, by the doctor and to you alone. But do not give in order to be tested: that is"
            " what a doctor or a screening centre is for."
        ),
    ),
    (
        gettext_lazy("I doubt whether my blood should be used. What now?"),
        gettext_lazy(
            "Say so to the centre at any time, before or after giving. You need not say why; the bag"
            " is taken out and nobody else learns of it."
        ),
    ),
    (
        gettext_lazy("After an earthquake, should I run to the centre?"),
        gettext_lazy(
            "Look here first. Blood given today is tested and ready after one or two days; the first"
            " hours are met from stock. If thousands come at once, blood spoils and is missing"
            " weeks later. A place in the following weeks helps as much."
        ),
    ),
    (
        gettext_lazy("I get too many messages. How do they stop?"),
        gettext_lazy(
            "Each message carries a way to stop, in one press, and another to pause for eight weeks."
            " Nobody gets more than two appeals in thirty days."
        ),
    ),
    (
        gettext_lazy("Is the message I got real?"),
        gettext_lazy(
            "Each appeal has a code. Enter it on the page that checks appeals; what is not there"
            " is not from us."
        ),
    ),
)


def answered(bounds: Iterable[Bound]) -> list[tuple[str, str]]:
    """The questions with their answers, the one on the conditions first."""
    conditions = " · ".join(
        f"{bound.label} ({bound.who}): {bound.text}"
        if bound.sex != "any"
        else f"{bound.label}: {bound.text}"
        for bound in bounds
    )
    decides = _("The doctor at the session decides.")
    who = f"{conditions}. {decides}"
    return [(_("Who may give, and how often?"), who), *((str(q), str(a)) for q, a in QUESTIONS)]

"""What the planner has learnt of people: every rate with its prior, its counts and its band."""

from dataclasses import dataclass
from functools import cached_property

from django.shortcuts import render
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from campaigns import access
from campaigns.operations.parameters import Parameter, parameter
from campaigns.planning import delays, rates
from donors.models import Channel

# What was published of each figure, in the reader's language: the table of parameters is English.
PUBLISHED = {
    "appeal_sms_response_7d": _(
        "Of the people asked by SMS %(value)s %% give within seven days, from %(low)s to %(high)s %%."
    ),
    "appeal_email_response_7d": _(
        "Of the people asked by e-mail %(value)s %% give within seven days, from %(low)s to %(high)s %%."
    ),
    "appointment_show_rate": _(
        "In Oslo %(value)s %% of those who had booked came; elsewhere up to 85 %% did, so the planner"
        " begins between the two."
    ),
    "deferral_rate_general": _(
        "Of the people who come %(value)s %% are deferred; from %(low)s to %(high)s %% in eight studies"
        " from Africa and Asia. No Moroccan figure was found."
    ),
}
# Each rate in words, with the published figure that it starts from.
WORDS = {
    "booking_sms_donor": (_("Asked by SMS, group known: books a place"), "appeal_sms_response_7d"),
    "booking_sms_newcomer": (
        _("Asked by SMS, group not known: books a place"),
        "appeal_sms_response_7d",
    ),
    "booking_email_donor": (
        _("Asked by e-mail, group known: books a place"),
        "appeal_email_response_7d",
    ),
    "booking_email_newcomer": (
        _("Asked by e-mail, group not known: books a place"),
        "appeal_email_response_7d",
    ),
    "booking_push_donor": (
        _("Asked by a notification, group known: books a place"),
        "appeal_email_response_7d",
    ),
    "booking_push_newcomer": (
        _("Asked by a notification, group not known: books a place"),
        "appeal_email_response_7d",
    ),
    "show": (_("Booked a place: comes"), "appointment_show_rate"),
    "accepted": (_("Comes: gives a bag that can be used"), "deferral_rate_general"),
}


@dataclass(frozen=True)
class Row:
    """A rate in per cent."""

    words: Promise
    rate: rates.Rate
    name: str

    @cached_property
    def source(self) -> Parameter:
        return parameter(self.name)

    @property
    def published(self) -> str:
        figures = {"value": self.source.value, "low": self.source.low, "high": self.source.high}
        return str(PUBLISHED[self.name]) % {
            name: floatformat(100 * share, "-1") for name, share in figures.items()
        }

    @property
    def address(self) -> str:
        """Where the figure was published; empty where no address was kept."""
        return self.source.source if self.source.source.startswith("https://") else ""

    @cached_property
    def band(self) -> tuple[float, float]:
        low, high = self.rate.belief.band()
        return 100 * low, 100 * high

    @cached_property
    def prior_band(self) -> tuple[float, float]:
        low, high = self.rate.prior.band()
        return 100 * low, 100 * high

    @property
    def width(self) -> float:
        return self.band[1] - self.band[0]

    @property
    def value(self) -> float:
        return 100 * self.rate.value

    @property
    def prior(self) -> float:
        return 100 * self.rate.prior.mean


@dataclass(frozen=True)
class Line:
    """A delay with what it is called; ``used`` where the planner plans by it."""

    words: Promise
    delay: delays.Delay
    used: bool = False

    @property
    def quick(self) -> float:
        return 100 * self.delay.curve.quick_share


@require_safe
def detail(request):
    access.require_overview(request.user)
    now = timezone.now()
    learnt = rates.learnt(now=now)
    rows = [Row(WORDS[rate.name][0], rate, WORDS[rate.name][1]) for rate in learnt.all]
    visit = delays.of_visits(rates.visit_hours(now=now))
    lines = [
        Line(_("From the message to the answer"), learnt.answer, used=True),
        *_by_channel(now),
        Line(_("From the answer to the visit"), visit),
    ]
    context = {
        "rows": rows,
        "learnt": learnt,
        "factor_band": learnt.factor.band(),
        "prior_band": learnt.prior.band(),
        "lines": lines,
        "months": rates.MEMORY.days // 30,
        "weight": delays.WEIGHT,
        "enough": delays.ENOUGH,
        "visit_source": parameter("appeal_time_to_donation_median"),
    }
    return render(request, "campaigns/planning/rates.html", context)


def _by_channel(now):
    """The delays of each channel with enough answers."""
    words = {
        Channel.SMS: _("From an SMS to the answer"),
        Channel.EMAIL: _("From an e-mail to the answer"),
        Channel.PUSH: _("From a notification to the answer"),
    }
    for channel, title in words.items():
        delay = delays.of_answers(rates.answer_hours(now=now, channel=channel), channel)
        if delay.total >= delays.ENOUGH:
            yield Line(title, delay)

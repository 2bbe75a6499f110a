"""The first page after sign-in: what needs a decision now, and the workplaces the user may open."""

from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from campaigns import access
from campaigns.booking import unreached
from campaigns.messaging import channels
from campaigns.models import Appeal
from campaigns.organising import memo_drafts
from campaigns.situation import scopes, waiting
from centers.access import centers_of_bags, my_centers
from centers.inventory import alarms
from centers.sessions import advice
from donors import data_checks

SHOWN = 6


@dataclass(frozen=True)
class Door:
    page: str
    label: Promise | str
    sentence: Promise | str

    @property
    def url(self) -> str:
        return reverse(self.page)


@require_safe
def desk(request):
    user = request.user
    doors = [*_asking(user), *_deciding(user), *_came_back(user), *_calling(user), *_working(user)]
    visit = access.own_visit(user)
    if access.is_donor(user):
        sentence = _("When you may give again, your places, messages and data.")
        doors.append(Door("campaigns:me", _("My donor pages"), sentence))
        page, label = "campaigns:campaign-list", _("Where to give")
        doors.append(Door(page, label, _("Coming campaigns and their free places.")))
    if settings.DEMO and doors:
        sentence = _("What people receive, as they read it; in the demonstration nothing leaves.")
        doors.append(Door("campaigns:outbox", _("Sent messages"), sentence))
    context: dict[str, object] = {
        "doors": doors,
        "visit": visit,
        "advice": advice.of(visit, timezone.now()) if visit else None,
        # A message reaches nobody who has no address.
        "alarms": alarms.counts(centers_of_bags(user)),
    }
    context |= _waiting(user)
    if access.watches_delivery(user):
        context["stops"] = channels.with_waiting(channels.stops())
        if kept := data_checks.last():
            context |= {"data_check": kept, "findings": data_checks.told(kept)}
    return render(request, "campaigns/desk.html", context)


def _waiting(user):
    """The most pressing decisions; stopped channels stand above them as alarms."""
    scope = scopes.of_reader(user)
    if not scope.centers:
        return {}
    found = waiting.items(user=user, scope=scope, now=timezone.now())
    found = [item for item in found if item.kind != "channel"]
    return {
        "waiting": found[:SHOWN],
        "piles": waiting.piles(found[:SHOWN]),
        "waiting_more": max(len(found) - SHOWN, 0),
    }


def _asking(user):
    if user.is_administrator or user.is_auditor:
        sentence = _("Disasters being answered, with their memos, campaigns and appeals.")
        yield Door("campaigns:operation-list", _("Relief operations"), sentence)
        yield Door("campaigns:memo-list", _("Urgent memos"), _of_memos(user))
        yield Door("campaigns:drive-list", _("Campaigns"), _("Every campaign and its state."))
        sentence = _("The chain of command, who answers for each unit, and its history.")
        yield Door("donors:units", _("Units"), sentence)
        sentence = _("The bounds and reasons of eligibility, their versions and changes.")
        yield Door("donors:policy", _("Who may give"), sentence)
        sentence = _("Whether e-mail and SMS leave, and what stops them.")
        yield Door("campaigns:channels", _("How messages leave"), sentence)
    elif access.own_units(user).exists():
        owed = access.answering(user).open().count()
        sentence = ngettext(
            "%(count)s answer of your unit is owed.",
            "%(count)s answers of your units are owed.",
            owed,
        )
        yield Door("campaigns:memo-list", _("Urgent memos"), sentence % {"count": owed})
        sentence = _("Campaigns of your units: their state, their pages, their counts.")
        yield Door("campaigns:drive-list", _("Our campaigns"), sentence)
        sentence = _("Your mobile number for urgent memos, and the days on which you are away.")
        yield Door("campaigns:reach", _("How I am reached"), sentence)
        sentence = _("Your units, who answers for each, and how many belong to them.")
        yield Door("donors:units", _("Units"), sentence)


def _of_memos(user):
    drafts = access.memo_drafts(user).filter(issued=None, discarded_at=None)
    to_read = memo_drafts.to_read(drafts.prefetch_related("readings"), user)
    if not to_read:
        return _("Who was addressed and who answered.")
    sentence = ngettext(
        "%(count)s draft waits for you as its second reader.",
        "%(count)s drafts wait for you as their second reader.",
        to_read,
    )
    return sentence % {"count": to_read}


def _calling(user):
    asking = access.appeals_to_call_for(user).filter(state=Appeal.State.ASKING).count()
    if asking:
        sentence = _("People who agreed to be asked and whom no message reaches.")
        yield Door("campaigns:call-list", _("Asking by telephone"), sentence)
    if unreached.places(access.centers_that_call(user), timezone.now()).exists():
        sentence = _("Their session moved or their place fell away, and no message reaches them.")
        yield Door("campaigns:unreached", _("People to telephone about their place"), sentence)


def _came_back(user):
    if access.watches_delivery(user) or access.managed_centers(user).exists():
        to_read = access.replies(user).to_read().count()
        sentence = ngettext(
            "%(count)s reply by text waits for a person.",
            "%(count)s replies by text wait for a person.",
            to_read,
        )
        yield Door("campaigns:came-back", _("What came back"), sentence % {"count": to_read})


def _deciding(user):
    if access.hands_in_rosters(user):
        sentence = _("Hand in a list of people who might give; each is invited once.")
        yield Door("campaigns:rosters", _("Lists of people"), sentence)
    manages = access.managed_centers(user).exists()
    if manages:
        waiting = access.to_confirm(user).filter(state="asked").count()
        sentence = ngettext(
            "%(count)s campaign waits for your rooms, day and beds.",
            "%(count)s campaigns wait for your rooms, day and beds.",
            waiting,
        )
        yield Door("campaigns:drive-list", _("Campaigns to confirm"), sentence % {"count": waiting})
    if manages or user.is_administrator or user.is_auditor:
        sentence = _("Need, cover, what is on the way, and what has to be decided.")
        yield Door("campaigns:situation", _("Situation room"), sentence)
        sentence = _("Campaigns by unit and week, and the bags they will bring.")
        yield Door("campaigns:rotation", _("Rotation of campaigns"), sentence)
        sentence = _("Who was asked, who answered, and what is still missing.")
        yield Door("campaigns:appeal-list", _("Appeals"), sentence)
        sentence = _("What the issues of the last months suggest, beside what is in force.")
        yield Door("campaigns:floors-suggested-list", _("Floors and ceilings"), sentence)
    yield from _reporting(user)
    if user.is_administrator or user.is_auditor:
        sentence = _("What is believed of people who are asked, and from which counts.")
        yield Door("campaigns:planning-rates", _("What the planner has learnt"), sentence)


def _reporting(user):
    """A manager finds the report of the own centre on the centre's page."""
    if user.is_administrator or user.is_auditor:
        sentence = _("What every centre did in a month, and what became of its bags.")
        yield Door("campaigns:report-month", _("Activity of the month"), sentence)
        sentence = _("The figures of a year that the World Health Organization asks for.")
        yield Door("campaigns:report-who", _("Indicators of blood safety"), sentence)
    if user.is_administrator:
        sentence = _("Reactions of patients in the whole country, to send or keep.")
        yield Door("centers:haemovigilance", _("Haemovigilance of the year"), sentence)
    if user.is_auditor:
        sentence = _("Who did what and when: of a donor, of a bag, of a user.")
        yield Door("campaigns:trail", _("Audit trail"), sentence)


def _working(user):
    if user.is_administrator or my_centers(user).exists():
        sentence = _("Sessions, arrivals, laboratory, release and stock.")
        yield Door("centers:home", _("My centre"), sentence)

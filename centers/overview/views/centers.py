from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from centers import access
from centers.collection import reactions, record_corrections
from centers.distribution import transfers
from centers.haemovigilance import patient_reactions
from centers.inventory import alarms, equipment, floors, recalls, shelf_checks, stock_levels
from centers.laboratory import (
    bad_news,
    held_readings,
    labelling,
    release,
    separation,
    worklist,
)
from centers.models import GroupDoubt
from centers.overview import incidents
from centers.sessions import planning

SOON = 14


@require_safe
def home(request):
    """The reader's centre; a choice for those who work at several, or watch all."""
    places = list(access.watched_centers(request.user).select_related("province"))
    if len(places) == 1:
        return redirect("centers:center-detail", code=places[0].code)
    planned = transfers.for_administrators() if request.user.is_administrator else []
    return render(request, "centers/home.html", {"centers": places, "planned": planned})


@require_safe
def detail(request, code):
    """Today's sessions and waiting work."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    now = timezone.now()
    donations = access.donations(request.user).filter(center=center)
    own = access.sessions(request.user).filter(center=center)
    jobs = access.doors(request.user, center)
    told = access.is_told_first(request.user, center)
    context = {
        "center": center,
        "jobs": jobs,
        "today": planning.today(own, now).order_by("starts_at"),
        "coming": planning.with_counts(own.upcoming(now).filter(starts_at__gt=now)).order_by(
            "starts_at", "pk"
        )[:SOON],
        "laboratory": worklist.counts(donations, by=request.user),
        "doubts": access.group_doubts(request.user)
        & GroupDoubt.objects.touching([center.pk]).to_settle(),
        "reactive_once": bad_news.for_doctor(donations, by=request.user, told=told)
        if jobs["doctor"]
        else [],
        "equipment": equipment.waiting(center, today=timezone.localdate(now))
        if jobs["equipment"]
        else {},
        "machines_said": held_readings.open_to(
            center.held_readings.all(), by=request.user, told=told
        ).count(),
        "corrections": record_corrections.waiting_at(center).count() if jobs["people"] else 0,
        "suspects": access.suspects(request.user, center).filter(settled_at=None).count(),
        "alarms": alarms.counts(access.centers_of_bags(request.user).filter(pk=center.pk)),
        "to_separate": separation.waiting(donations).count(),
        "labels": labelling.counts(center=center) if jobs["bags"] else {},
        "open_requests": access.requests(request.user)
        .filter(center=center, closed_at=None)
        .count(),
        "open_transfers": transfers.waiting(center).count(),
        "planned": transfers.for_managers(center) if jobs["manage"] else [],
        "shelf_checks": shelf_checks.waiting(center) if jobs["stock"] else [],
        "floor_questions": len(floors.questions(center=center, now=now)) if jobs["manage"] else 0,
        "open_look_backs": recalls.look_backs(center).filter(closed_at=None).count(),
        "patient_reactions": patient_reactions.of_center(center).open().count(),
        "open_recalls": recalls.recalls(center).filter(closed_at=None).count(),
        "open_reactions": reactions.unfinished(center).count(),
        **incidents.counts(center, now=now),
        "releasable": release.waiting(donations, by=request.user).filter(words="").count(),
        "short": [x for x in stock_levels.levels(now=now, center=center) if x.state == "bad"],
    }
    return render(request, "centers/detail.html", context)

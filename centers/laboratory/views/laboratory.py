from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.inventory import held_bags
from centers.laboratory import bad_news, screening
from centers.laboratory import worklist as waiting
from centers.laboratory.forms.laboratory import RepeatForm, SheetForm, WorklistFilter
from centers.models import Job, Marker
from centers.views.refusals import attempt, show
from donors import punctuation
from donors.accounts.factors import fresh
from donors.errors import Refused

PAGE = 40


@require_safe
def worklist(request, code):
    """Donations with waiting bags, with the next step of each."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.LABORATORY)
    donations = access.donations(request.user).filter(center=center)
    choice = WorklistFilter(request.GET)
    own = bad_news.read_by(donations, by=request.user)
    number = choice.cleaned_data.get("number") if choice.is_valid() else ""
    found = number and donations.filter(din=number).first()
    if found:
        return redirect("centers:result-detail", public_id=found.public_id)
    if number:
        choice.add_error("number", _("No donation of this number was collected here."))
    rows = choice.apply(waiting.staged(donations, by=request.user))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    stage = request.GET.get("stage", "")
    context = {"center": center, "page": page, "filter": choice, "reactive_once": own}
    context["query"] = f"stage={stage}&" if stage in waiting.Stage.values else ""
    return render(request, "centers/laboratory/worklist.html", context)


def _donation(request, public_id, *jobs):
    rows = access.donations(request.user).select_related("center", "donor")
    donation = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, donation.center, *jobs)
    return donation


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request, public_id):
    """One reader's sheet. The other reader's entries are hidden until both exist."""
    donation = _donation(request, public_id, Job.LABORATORY)
    standing = screening.progress(donation)
    rows = standing.open_to(request.user)
    remembered = screening.remembered(center=donation.center, by=request.user)
    form = SheetForm(
        request.POST or None, donation=donation, rows=rows or standing.rows, initial=remembered
    )
    if request.method == "POST" and form.is_valid():
        try:
            reached = screening.enter(
                donation=donation,
                outcomes=form.outcomes,
                technique=form.cleaned_data["technique"],
                lot=form.cleaned_data["lot"],
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            show(request, form, refused)
        else:
            return _entered(request, donation, reached, form.outcomes)
    context = {"donation": donation, "form": form, "standing": standing, "rows": rows}
    context["second"] = rows and standing.is_second_for(request.user)
    return render(request, "centers/laboratory/enter.html", context)


def _entered(request, donation, reached, read):
    still = reached.open_to(request.user)
    reads_group = any(row.marker.kind == Marker.Kind.GROUP for row in still)
    if not reads_group and held_bags.is_in_doubt(donation.donor):
        messages.error(request, _(held_bags.HELD))
    for sentence in bad_news.to_the_reader(donation=donation, outcomes=read):
        messages.error(request, sentence)
    left = [row.marker.name for row in still]
    if left:
        sentence = _("Recorded. Still to be read: %(tests)s.") % {"tests": punctuation.listed(left)}
        messages.success(request, sentence)
        return redirect("centers:result-list", code=donation.center.code)
    if reached.disagreeing:
        messages.error(request, _("The two entries disagree: the bags stay out of stock."))
    elif not reached.complete:
        messages.success(request, _("Recorded; somebody else makes the other entry."))
        return redirect("centers:result-list", code=donation.center.code)
    else:
        messages.success(request, _("Both entries are made and agree."))
    return redirect("centers:result-detail", public_id=donation.public_id)


@require_safe
def results(request, public_id):
    """Both entries side by side once both exist; every access is logged."""
    return _results(request, _donation(request, public_id, Job.LABORATORY, Job.DOCTOR))


def _results(request, donation, refused=None):
    standing = screening.progress(donation)
    reads = access.has_job(request.user, donation.center, Job.LABORATORY)
    if reads and not any(row.complete for row in standing.rows):
        return redirect("centers:result-enter", public_id=donation.public_id)
    rows = [
        (row, _repeat_form(donation, row, refused))
        for row in screening.read(donation=donation, by=request.user, now=timezone.now())
    ]
    context = {"donation": donation, "rows": rows, "standing": standing, "form": refused}
    context["reads"] = reads
    context["earlier"] = screening.earlier(donation)
    context["provisional"] = screening.is_provisional(donation)
    context["final"] = any(row.reactive > 1 for row in standing.rows)
    context["known"] = screening.on_record(donation)
    context["is_doctor"] = access.has_job(request.user, donation.center, Job.DOCTOR)
    of_this = access.donations(request.user).filter(pk=donation.pk)
    told = access.is_told_first(request.user, donation.center)
    context["once"] = bad_news.for_doctor(of_this, by=request.user, told=told)
    return render(request, "centers/laboratory/results.html", context)


def _repeat_form(donation, row, refused):
    if not row.may_be_repeated:
        return None
    if refused is not None and refused.data.get("marker") == row.marker.code:
        return refused
    return RepeatForm(donation=donation, marker=row.marker)


@fresh
@require_POST
def repeat(request, public_id):
    donation = _donation(request, public_id, Job.LABORATORY, Job.DOCTOR)
    known = {marker.code: marker for marker in screening.panel(donation)}
    marker = known.get(request.POST.get("marker", ""))
    if marker is None:
        raise Http404
    form = RepeatForm(request.POST, donation=donation, marker=marker)
    if form.is_valid():
        said = {"because": form.cleaned_data["because"], "by": request.user, "now": timezone.now()}
        done = _("Two people read this test again; what was read before stays on record.")
        if attempt(request, done, screening.repeat, form, donation=donation, marker=marker, **said):
            reads = access.has_job(request.user, donation.center, Job.LABORATORY)
            page = "centers:result-enter" if reads else "centers:result-detail"
            return redirect(page, public_id=public_id)
    return _results(request, donation, refused=form)

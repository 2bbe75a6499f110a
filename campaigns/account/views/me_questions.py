"""The questionnaire, answered on the donor's own phone on the day itself."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from centers.sessions import advice
from donors.clock.calendar import local_day
from donors.eligibility import questionnaire
from donors.eligibility.forms.questionnaire import QuestionsForm
from donors.errors import Refused

from .me import own_page


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def ask(request, donor):
    now = timezone.now()
    form = QuestionsForm(
        request.POST if request.method == "POST" else None,
        questions=questionnaire.questions(sex=donor.sex),
        on=local_day(now),
        action=request.path,
    )
    if request.method == "POST" and form.is_valid():
        try:
            questionnaire.fill(
                donor=donor,
                answers=form.answers,
                language=request.LANGUAGE_CODE,
                by=request.user,
                by_donor=True,
                now=now,
            )
            messages.success(
                request, _("Kept for today. At the centre the doctor alone reads your answers.")
            )
            return redirect("campaigns:me")
        except Refused as refused:
            messages.error(request, str(refused))
    day = local_day(now)
    context = {
        "form": form,
        "filled": questionnaire.of_today(donor, now),
        "today": not advice.on(donor=donor, day=day, now=now).against,
    }
    return render(request, "campaigns/me/questions.html", context)

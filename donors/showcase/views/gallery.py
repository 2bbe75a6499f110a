from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from donors.models import Province, Region


class Sample(forms.Form):
    name = forms.CharField(label=gettext_lazy("Family name"))
    born_on = forms.DateField(label=gettext_lazy("Date of birth"))


@login_not_required
@require_safe
def gallery(request):
    """Every component once, for developers of pages; not served in production."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    messages.success(request, _("Saved."))
    messages.error(request, _("This could not be saved."))
    form = Sample({"name": "", "born_on": "31/02/1990"})
    page = Paginator(range(30), 10).get_page(2)
    context = {
        "form": form,
        "page": page,
        "provinces": Province.objects.all(),
        "regions": Region.objects.all(),
    }
    return render(request, "donors/gallery.html", context)

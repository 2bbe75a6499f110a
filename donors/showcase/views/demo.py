from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from donors.models import User
from donors.showcase.roles import ROLES

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@require_http_methods(["GET", "POST"])
def enter(request):
    """Demo only: one button per role signs the visitor in with one click."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST":
        role = next((r for r in ROLES if r.username == request.POST.get("username")), None)
        if role is None:
            raise Http404
        user = get_object_or_404(User, username=role.username, is_active=True)
        login(request, user, backend=BACKEND)
        return redirect(role.landing)
    return render(request, "donors/demo_enter.html", {"roles": ROLES})

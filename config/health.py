from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language_from_request

from donors import zone_rows


@login_not_required
def healthz(request) -> JsonResponse:
    """Is the process able to serve? 503 without Postgres, or where Postgres has another clock of
    Morocco than this program; Redis down is reported only."""
    state = {"database": "up", "clock": "right", "redis": "up"}
    try:
        state["clock"] = "right" if zone_rows.agree() else "wrong"
    except Exception:  # noqa: BLE001 - whatever fails, the answer is "down"
        state |= {"database": "down", "clock": "unknown"}
    try:
        cache.get("health")
    except Exception:  # noqa: BLE001
        state["redis"] = "down"
    return JsonResponse(state, status=200 if state["clock"] == "right" else 503)


@login_not_required
def front_door(request) -> HttpResponse:
    response = redirect(f"/{get_language_from_request(request)}/")
    response["Vary"] = "Accept-Language, Cookie"
    return response


@login_not_required
def robots(request) -> HttpResponse:
    """Everything public may be found; links of messages and workplaces lead nowhere for a robot."""
    lines = ["User-agent: *"]
    for language, _name in settings.LANGUAGES:
        lines += [
            f"Disallow: /{language}/{path}/"
            for path in ("account", "a", "bookings", "centre", "me", "v", "w")
        ]
    lines.append(f"Sitemap: {settings.SITE_URL}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

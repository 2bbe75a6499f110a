from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language_from_request

from campaigns.messaging import channels
from donors import keys
from donors.clock import zone_offsets


@login_not_required
def healthz(request) -> JsonResponse:
    """Readiness of the process. 503 without Postgres, and when the database was made with other
    zone data of Morocco or with other keys. Redis down, or a channel stopped because its provider
    refuses us, is only reported."""
    state = {
        "database": "up",
        "clock": "right",
        "keys": "right",
        "redis": "up",
        "messages": "running",
    }
    try:
        if not zone_offsets.agree():
            state["clock"] = "wrong"
        if keys.wrong():
            state["keys"] = "wrong"
        if channels.stops().exists():
            state["messages"] = "stopped"
    except Exception:  # noqa: BLE001 - whatever fails, the answer is "down"
        state |= {"database": "down", "clock": "unknown", "keys": "unknown", "messages": "unknown"}
    try:
        caches["progress"].get("health")
    except Exception:  # noqa: BLE001
        state["redis"] = "down"
    well = (state["database"], state["clock"], state["keys"]) == ("up", "right", "right")
    return JsonResponse(state, status=200 if well else 503)


@login_not_required
def front_door(request) -> HttpResponse:
    response = redirect(f"/{get_language_from_request(request)}/")
    response["Vary"] = "Accept-Language, Cookie"
    return response


@login_not_required
def robots(request) -> HttpResponse:
    """Public pages may be indexed; signed links and staff pages are excluded."""
    lines = ["User-agent: *"]
    for language, _name in settings.LANGUAGES:
        lines += [
            f"Disallow: /{language}/{path}/"
            for path in ("account", "a", "bookings", "centre", "me", "v", "w")
        ]
    lines.append(f"Sitemap: {settings.SITE_URL}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language_from_request


@login_not_required
def healthz(request) -> JsonResponse:
    """Is the process able to serve? 503 without Postgres; Redis down is reported only."""
    state = {"database": "up", "redis": "up"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # noqa: BLE001 - whatever fails, the answer is "down"
        state["database"] = "down"
    try:
        cache.get("health")
    except Exception:  # noqa: BLE001
        state["redis"] = "down"
    return JsonResponse(state, status=200 if state["database"] == "up" else 503)


@login_not_required
def front_door(request) -> HttpResponse:
    response = redirect(f"/{get_language_from_request(request)}/")
    response["Vary"] = "Accept-Language, Cookie"
    return response

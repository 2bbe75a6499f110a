"""The site as an installed app: its manifest, the script that saves pages, and the saved pages."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from campaigns.public import pictures
from campaigns.views.responses import for_everybody


@for_everybody
def manifest(request):
    home = reverse("campaigns:home")
    icons = [(size, purpose) for size in (192, 512) for purpose in ("any", "maskable")]
    content = {
        "id": home,
        "name": str(settings.SITE_NAME),
        "short_name": _("Blood"),
        "description": _("Where to give blood, and when it is needed."),
        "lang": request.LANGUAGE_CODE,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": home,
        "scope": "/",
        "display": "standalone",
        "theme_color": "#9b1c2c",
        "background_color": "#ffffff",
        "icons": [
            {
                "src": reverse("icon", args=[size]),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in icons
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@for_everybody
def worker(request):
    """Served from the root, because a service worker controls only pages below its own address."""
    script = pictures.found("js/worker.js").read_text()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@for_everybody
def saved(request):
    """Pages saved on this telephone; the list is made there and not known to the server."""
    return render(request, "campaigns/public/saved.html")

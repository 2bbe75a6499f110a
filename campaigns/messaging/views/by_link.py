"""Views opened by links in messages: the link is the permission, there is no sign-in."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from campaigns.messaging import links
from donors.errors import Refused


def by_link(purpose, closed="campaigns/answers/closed.html"):
    """Pass the message of the link to the view; never cached, and no referrer is sent. ``closed`` is
    the page of a link that is over."""

    def decorate(view):
        @wraps(view)
        def read(request, token, **more):
            try:
                notification = links.read(token, purpose)
                response = view(request, token, notification, **more)
            except Refused as refused:
                response = render(request, closed, {"sentence": str(refused)}, status=410)
            response["Referrer-Policy"] = "no-referrer"
            response["X-Robots-Tag"] = "noindex"
            return response

        return login_not_required(csrf_exempt(never_cache(read)))

    return decorate

"""Formatting of groups, ages and numbers on all pages, and the page's address in another
language."""

from datetime import datetime
from urllib.parse import urlsplit

from django import template
from django.template.defaultfilters import date as format_date
from django.urls import translate_url
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from donors import punctuation

register = template.Library()


@register.filter
def group(value: str) -> str:
    """A blood group as left-to-right text with a real minus sign."""
    return format_html('<bdi class="group">{}</bdi>', str(value or "").replace("-", "−"))


@register.filter
def ltr(value) -> str:
    """A number, code or phone that stays left to right inside Arabic text."""
    return format_html('<bdi dir="ltr">{}</bdi>', value)


@register.filter
def din(value: str) -> str:
    """A donation number as on the label: facility, year, serial."""
    value = str(value)
    return format_html(
        '<bdi dir="ltr" class="din">{} {} {}</bdi>', value[:5], value[5:7], value[7:]
    )


@register.filter
def since(moment: datetime | None) -> str:
    """“12 minutes ago”, with the absolute time in its title."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        format_date(timezone.localtime(moment), "DATETIME_FORMAT"),
        ago(int((timezone.now() - moment).total_seconds())),
    )


def ago(seconds: int) -> str:
    if seconds < 0:
        return _("soon")
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return _("just now")
    if hours < 1:
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {
            "count": minutes
        }
    if days < 2:
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
    return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}


@register.simple_tag(takes_context=True)
def this_page_in(context, language: str) -> str:
    """The page's address in another language; after a refused form, the address of the form's
    page."""
    request = context.get("request")
    if not request:
        return f"/{language}/"
    came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    if request.method == "POST" and came_from.netloc == request.get_host():
        return translate_url(came_from.path, language)
    return translate_url(request.get_full_path(), language)


@register.simple_tag(takes_context=True)
def current(context, *url_names: str) -> str:
    """``page`` when the reader is on one of these pages; the value of ``aria-current``."""
    match = getattr(context.get("request"), "resolver_match", None)
    return "page" if match and match.view_name in url_names else "false"


@register.filter
def share(part, whole) -> int:
    """A percentage from 0 to 100 for a bar."""
    return max(0, min(100, round(100 * (part or 0) / whole))) if whole else 0


@register.simple_tag
def comma() -> str:
    return punctuation.comma()


@register.simple_tag
def semicolon() -> str:
    return punctuation.semicolon()


@register.simple_tag
def colon() -> str:
    return punctuation.colon()

"""What production wants of its environment; each fault is a sentence, and one of them refuses the start."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from urllib.parse import urlsplit

KEYS = ("SECRET_KEY", "FIELD_KEY", "BLIND_INDEX_KEY", "LINK_KEY")
KEY_BYTES = 32
MAIL_SCHEMES = ("smtp", "smtp+tls", "smtps")
DATABASE_SCHEMES = ("postgres", "postgresql")
REDIS_SCHEMES = ("redis", "rediss")
HERE = ("localhost", "127.0.0.1", "::1")
MOST_PROXIES = 8


def faults(environ: Mapping[str, str]) -> list[str]:
    """Nothing of a secret stands in a sentence."""
    checks = (_keys, _hosts, _site, _mail, _servers, _proxies, _gateway)
    return [sentence for check in checks for sentence in check(environ)]


def decoded(key: str) -> bytes:
    """The bytes of a key written in base64; empty when it is not base64."""
    try:
        return base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _keys(environ: Mapping[str, str]) -> Iterator[str]:
    keys = {name: decoded(environ.get(name, "")) for name in KEYS}
    for name, key in keys.items():
        if not environ.get(name):
            yield f"{name} is not set: production keeps its secrets outside."
        # Django signs with the text of SECRET_KEY, which may be longer; the others are AES and HMAC keys.
        elif len(key) < KEY_BYTES or (name != "SECRET_KEY" and len(key) > KEY_BYTES):
            yield f"{name} must be 32 random bytes in base64: `head -c 32 /dev/urandom | base64`."
        elif len(set(key)) < KEY_BYTES // 4:
            yield f"{name} is not random: `head -c 32 /dev/urandom | base64` makes one."
    good = [key for key in keys.values() if key]
    if len(set(good)) < len(good):
        yield f"{', '.join(KEYS)} must all differ: a key that leaks must open one thing only."


def _hosts(environ: Mapping[str, str]) -> Iterator[str]:
    hosts = listed(environ.get("ALLOWED_HOSTS", ""))
    if not hosts:
        yield "ALLOWED_HOSTS is not set: name the site's host."
    for host in hosts:
        if "*" in host or host.startswith("."):
            yield f"ALLOWED_HOSTS must name hosts one by one; “{host}” lets any name in."


def listed(text: str) -> list[str]:
    return [host.strip() for host in text.split(",") if host.strip()]


def _site(environ: Mapping[str, str]) -> Iterator[str]:
    site = environ.get("SITE_URL", "")
    if not site:
        yield "SITE_URL is not set: messages link to it, as in https://example.org."
        return
    url = urlsplit(site)
    if url.scheme != "https" or not url.hostname:
        yield "SITE_URL must begin with https:// and name a host."
    elif url.path or url.query or url.fragment or url.username:
        yield "SITE_URL must end after the host, without a slash: https://example.org."
    elif url.hostname not in listed(environ.get("ALLOWED_HOSTS", "").lower()):
        yield f"ALLOWED_HOSTS must name the host of SITE_URL, “{url.hostname}”."


def _mail(environ: Mapping[str, str]) -> Iterator[str]:
    url = urlsplit(environ.get("EMAIL_URL", ""))
    if not environ.get("EMAIL_URL"):
        yield "EMAIL_URL is not set: without it no message and no code leaves (smtp+tls://user:password@host:587)."
    elif url.scheme not in MAIL_SCHEMES or not url.hostname or _port(url) is None:
        yield f"EMAIL_URL must be {', '.join(f'{s}://' for s in MAIL_SCHEMES)} with a host and a port."
    domain = parseaddr(environ.get("DEFAULT_FROM_EMAIL", ""))[1].partition("@")[2].lower()
    if "." not in domain or domain.endswith((".localhost", ".localdomain")):
        yield "DEFAULT_FROM_EMAIL must be an address of the site's own domain, to which answers can go."


def _port(url) -> int | None:
    try:
        return url.port or 0
    except ValueError:
        return None


def _servers(environ: Mapping[str, str]) -> Iterator[str]:
    for name, schemes in (("DATABASE_URL", DATABASE_SCHEMES), ("REDIS_URL", REDIS_SCHEMES)):
        if not environ.get(name):
            yield f"{name} is not set: production brings its own servers."
        elif urlsplit(environ[name]).scheme not in schemes:
            yield f"{name} must begin with {schemes[0]}://."


def _proxies(environ: Mapping[str, str]) -> Iterator[str]:
    said = environ.get("TRUSTED_PROXIES", "1")
    if not said.isdecimal() or not 1 <= int(said) <= MOST_PROXIES:
        yield (
            "TRUSTED_PROXIES must say how many proxies stand in a row before the site, from 1 to "
            f"{MOST_PROXIES}: with a wrong number readers choose the address they are throttled by."
        )


def _gateway(environ: Mapping[str, str]) -> Iterator[str]:
    gateway, token = environ.get("SMS_GATEWAY_URL", ""), environ.get("SMS_GATEWAY_TOKEN", "")
    if bool(gateway) != bool(token):
        yield "SMS_GATEWAY_URL and SMS_GATEWAY_TOKEN are set together or not at all."
    url = urlsplit(gateway)
    if gateway and (not url.hostname or (url.scheme != "https" and url.hostname not in HERE)):
        yield "SMS_GATEWAY_URL must begin with https://: telephone numbers go there."

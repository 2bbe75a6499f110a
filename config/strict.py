"""What production wants of its environment; each fault is a sentence, and one of them refuses the start."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from urllib.parse import SplitResult, parse_qsl, urlsplit

KEYS = ("SECRET_KEY", "FIELD_KEY", "BLIND_INDEX_KEY", "LINK_KEY")
KEY_BYTES = 32
MAIL_SCHEMES = ("smtp", "smtp+tls", "smtps")
DATABASE_SCHEMES = ("postgres", "postgresql")
REDIS_SCHEMES = ("redis", "rediss")
GATEWAYS = ("json", "form", "kannel", "envoisms")
OUR_FIELDS = {"to", "text", "from", "key", "report", "token"}
INBOUND_KEY, MOST_INBOUND = 32, 2
# Those of Chrome and Edge on Android, Firefox, Safari, and Edge on Windows.
PUSH_SERVICES = (
    "fcm.googleapis.com,updates.push.services.mozilla.com,.push.apple.com,.notify.windows.com"
)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.IGNORECASE)
HERE = ("localhost", "127.0.0.1", "::1")
MOST_PROXIES = 8


def faults(environ: Mapping[str, str]) -> list[str]:
    """The sentences contain nothing of a secret."""
    checks = (_keys, _hosts, _site, _mail, _servers, _proxies, _gateway, _inbound, _push, _whatsapp)
    return [sentence for check in checks for sentence in check(environ)]


def decoded(key: str) -> bytes:
    """The bytes of a key written in base64; empty when it is not base64."""
    try:
        return base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return b""


def looks_random(key: bytes) -> bool:
    """Neither few bytes over and over, nor a text, nor a row of bytes that mostly goes on by one step.

    Of 32 random bytes fewer than one in 10⁹ fails this.
    """
    steps = Counter((after - before) % 256 for before, after in zip(key, key[1:], strict=False))
    regular = max(steps.values(), default=0) >= KEY_BYTES // 4
    return len(set(key)) >= KEY_BYTES // 4 and not regular and not key.isascii()


def _keys(environ: Mapping[str, str]) -> Iterator[str]:
    keys = {name: decoded(environ.get(name, "")) for name in KEYS}
    for name, key in keys.items():
        if not environ.get(name):
            yield f"{name} is not set: production keeps its secrets outside."
        # Django signs with the text of SECRET_KEY, which may be longer; the others are AES and HMAC keys.
        elif len(key) < KEY_BYTES or (name != "SECRET_KEY" and len(key) > KEY_BYTES):
            yield f"{name} must be 32 random bytes in base64: `head -c 32 /dev/urandom | base64`."
        elif not looks_random(key):
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
        elif not is_host(host):
            yield (
                f"ALLOWED_HOSTS must name hosts alone, with commas between them; “{host}” is none: no "
                "scheme, port, range or space."
            )


def is_host(text: str) -> bool:
    """A host name, or one address of a machine (of version 6 in brackets), as ``Host:`` says it."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else ""
    if bare or re.fullmatch(r"[\d.]+", text):
        try:
            address = ipaddress.ip_address(bare or text)
        except ValueError:
            return False
        return not address.is_unspecified and (address.version == 6) == bool(bare)
    return len(text) <= 253 and HOST_NAME.fullmatch(text) is not None


def split(text: str) -> SplitResult:
    """The parts of an address; empty ones where it has a space in it or cannot be read."""
    try:
        url = urlsplit("" if re.search(r"\s", text) else text)
        _ = url.port
    except ValueError:
        return urlsplit("")
    return url


def host_of(url: SplitResult) -> str:
    """Its host in lower case; empty where it has none, or one that no machine can have."""
    host = url.hostname or ""
    return host if is_host(f"[{host}]" if ":" in host else host) else ""


def listed(text: str) -> list[str]:
    return [host.strip() for host in text.split(",") if host.strip()]


def _site(environ: Mapping[str, str]) -> Iterator[str]:
    site = environ.get("SITE_URL", "")
    if not site:
        yield "SITE_URL is not set: messages link to it, as in https://example.org."
        return
    url = split(site)
    if url.scheme != "https" or not host_of(url):
        yield "SITE_URL must begin with https:// and name a host."
    elif url.path or url.query or url.fragment or url.username:
        yield "SITE_URL must end after the host, without a slash: https://example.org."
    elif url.hostname not in listed(environ.get("ALLOWED_HOSTS", "").lower()):
        yield f"ALLOWED_HOSTS must name the host of SITE_URL, “{url.hostname}”."


def _mail(environ: Mapping[str, str]) -> Iterator[str]:
    url = split(environ.get("EMAIL_URL", ""))
    if not environ.get("EMAIL_URL"):
        yield "EMAIL_URL is not set: without it no message and no code leaves (smtp+tls://user:password@host:587)."
    elif url.scheme not in MAIL_SCHEMES or not host_of(url):
        yield f"EMAIL_URL must be {', '.join(f'{s}://' for s in MAIL_SCHEMES)} with a host and a port."
    domain = parseaddr(environ.get("DEFAULT_FROM_EMAIL", ""))[1].partition("@")[2].lower()
    if "." not in domain or domain.endswith((".localhost", ".localdomain")):
        yield "DEFAULT_FROM_EMAIL must be an address of the site's own domain, to which answers can go."


def _servers(environ: Mapping[str, str]) -> Iterator[str]:
    if (owner := environ.get("DATABASE_OWNER_URL")) and urlsplit(
        owner
    ).scheme not in DATABASE_SCHEMES:
        yield f"DATABASE_OWNER_URL must begin with {DATABASE_SCHEMES[0]}://."
    for name, schemes in (("DATABASE_URL", DATABASE_SCHEMES), ("REDIS_URL", REDIS_SCHEMES)):
        if not environ.get(name):
            yield f"{name} is not set: production brings its own servers."
        elif split(environ[name]).scheme not in schemes:
            yield f"{name} must begin with {schemes[0]}://, without a space."


def _proxies(environ: Mapping[str, str]) -> Iterator[str]:
    said = environ.get("TRUSTED_PROXIES", "1")
    if not said.isdecimal() or not 1 <= int(said) <= MOST_PROXIES:
        yield (
            "TRUSTED_PROXIES must say how many proxies stand in a row before the site, from 1 to "
            f"{MOST_PROXIES}: with a wrong number readers choose the address they are throttled by."
        )


def _inbound(environ: Mapping[str, str]) -> Iterator[str]:
    keys = listed(environ.get("SMS_INBOUND_KEYS", ""))
    good = all(len(key) >= INBOUND_KEY and key.isascii() and key.isalnum() for key in keys)
    if len(keys) > MOST_INBOUND or not good:
        yield (
            f"SMS_INBOUND_KEYS is one key, or two while it is changed, each of {INBOUND_KEY} letters and digits "
            "or more: `openssl rand -hex 24` makes one."
        )
    bounces = environ.get("BOUNCE_ADDRESS", "")
    if bounces and not re.fullmatch(r"[a-z0-9._-]{1,20}@[a-z0-9.-]+\.[a-z]{2,}", bounces):
        yield "BOUNCE_ADDRESS is an address of at most 20 letters before the @, without a plus."
    mailbox = split(environ.get("BOUNCE_MAILBOX_URL", ""))
    if environ.get("BOUNCE_MAILBOX_URL") and (mailbox.scheme != "imaps" or not host_of(mailbox)):
        yield "BOUNCE_MAILBOX_URL must be imaps://user:password@host/INBOX."


WHATSAPP = ("PHONE_ID", "TOKEN", "APP_SECRET", "VERIFY_TOKEN")


def _whatsapp(environ: Mapping[str, str]) -> Iterator[str]:
    names = [f"WHATSAPP_{name}" for name in WHATSAPP]
    missing = [name for name in names if not environ.get(name)]
    if missing and len(missing) < len(names):
        yield f"{', '.join(missing)} must be set too: WhatsApp is on, or none of its settings is there."
    url = split(environ.get("WHATSAPP_URL", "https://graph.facebook.com"))
    if not host_of(url) or (url.scheme != "https" and url.hostname not in HERE):
        yield "WHATSAPP_URL must begin with https:// and name a host: telephone numbers go there."


def _push(environ: Mapping[str, str]) -> Iterator[str]:
    """Nothing is asked of who has not switched notifications on."""
    key = environ.get("VAPID_PRIVATE_KEY", "")
    services = listed(environ.get("PUSH_SERVICES", PUSH_SERVICES))
    if not all(
        HOST_NAME.fullmatch(s.lstrip(".")) and re.search(r"\.[a-z]+$", s[1:]) for s in services
    ):
        yield (
            "PUSH_SERVICES names hosts, as fcm.googleapis.com or .push.apple.com, with commas between "
            "them: no scheme, port or path."
        )
    if not key:
        return
    raw = decoded(key.replace("-", "+").replace("_", "/") + "=" * (-len(key) % 4))
    if len(raw) != KEY_BYTES or not 0 < int.from_bytes(raw, "big") < P256_ORDER:
        yield (
            "VAPID_PRIVATE_KEY is the 32 bytes of a P-256 key in base64url, as `npx web-push "
            "generate-vapid-keys` prints it."
        )
    subject = split(environ.get("VAPID_SUBJECT", ""))
    if not (subject.scheme == "https" and host_of(subject)) and not (
        subject.scheme == "mailto" and "@" in subject.path
    ):
        yield "VAPID_SUBJECT is missing: mailto:you@example.org or https://…, whom a push service asks."


def _gateway(environ: Mapping[str, str]) -> Iterator[str]:
    gateway, token = environ.get("SMS_GATEWAY_URL", ""), environ.get("SMS_GATEWAY_TOKEN", "")
    kind = environ.get("SMS_GATEWAY_KIND", GATEWAYS[0])
    if bool(gateway) != bool(token):
        yield "SMS_GATEWAY_URL and SMS_GATEWAY_TOKEN are set together or not at all."
    url = split(gateway)
    if gateway and (not host_of(url) or (url.scheme != "https" and url.hostname not in HERE)):
        yield (
            "SMS_GATEWAY_URL must begin with https:// and name a host, without a space: telephone "
            "numbers go there."
        )
    if kind not in GATEWAYS:
        yield f"SMS_GATEWAY_KIND is {' or '.join(GATEWAYS)}."
    fields = dict(parse_qsl(environ.get("SMS_GATEWAY_FIELDS", "to=to&text=text")))
    if not {"to", "text"} <= set(fields) <= OUR_FIELDS:
        yield "SMS_GATEWAY_FIELDS names the gateway's own fields, as to=msisdn&text=body&from=sender."
    if kind == "kannel" and token and not all(token.partition(":")):
        yield "SMS_GATEWAY_TOKEN is user:password where SMS_GATEWAY_KIND is kannel."

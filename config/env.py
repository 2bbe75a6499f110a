"""Settings from the environment, read once."""

import base64
import hashlib
import json
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from . import strict

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0") not in ("", "0", "false", "no")


def limit(name: str) -> int | None:
    """A whole number; None where nothing is said."""
    said = os.environ.get(name, "").strip()
    if said and not said.isdecimal():
        raise ImproperlyConfigured(f"{name} is a whole number.")
    return int(said) if said else None


def pace(name: str) -> tuple[int, str] | None:
    """``100/s``, ``600/min`` or ``1000/h`` as number and unit; None where nothing is said."""
    said = os.environ.get(name, "").strip()
    if not said:
        return None
    number, _slash, unit = said.partition("/")
    if not number.isdecimal() or int(number) == 0 or unit not in ("s", "min", "h"):
        raise ImproperlyConfigured(f"{name} is a number in a time, like 100/s, 600/min or 1000/h.")
    return int(number), unit


PRODUCTION = flag("PRODUCTION")
DEMO = flag("DEMO")
DEBUG = flag("DEBUG")

if PRODUCTION and (DEMO or DEBUG):
    raise ImproperlyConfigured(
        "PRODUCTION=1 refuses DEMO=1 and DEBUG=1: unset them, the demo lets anybody enter as anybody."
    )

if PRODUCTION and (found := strict.faults(os.environ)):
    raise ImproperlyConfigured("\n".join(("Production does not start like this:", *found)))
SECRETS = VAR / "secrets.json"


def secret(name: str) -> str:
    """The secret from the environment; outside production it is generated once and kept in
    ``var/``."""
    if given := os.environ.get(name):
        return given
    if not SECRETS.exists():
        SECRETS.parent.mkdir(parents=True, exist_ok=True)
        made = {n: base64.b64encode(secrets.token_bytes(32)).decode() for n in strict.KEYS}
        SECRETS.touch(mode=0o600)
        SECRETS.write_text(json.dumps(made))
    return json.loads(SECRETS.read_text())[name]


def push_key(secret_key: str) -> str:
    """The private key of web push; in production notifications are off without one."""
    given = os.environ.get("VAPID_PRIVATE_KEY", "")
    if given or PRODUCTION:
        return given
    raw = hashlib.sha256(f"vapid {secret_key}".encode()).digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


# Commands that make tables, fill them with what a release brings, or give rights.
OWNER_COMMANDS = (
    "migrate",
    "load_reference",
    "load_demo",
    "check_data",
    "give_right",
    "createsuperuser",
)
AS_OWNER = Path(sys.argv[0]).name == "manage.py" and sys.argv[1:2] in [[c] for c in OWNER_COMMANDS]


def database() -> str:
    """As whom this process works: as the owner of the tables, or as the role that owns nothing."""
    owner = os.environ.get("DATABASE_OWNER_URL") if AS_OWNER else ""
    return owner or os.environ.get("DATABASE_URL") or "postgresql://postgres@localhost/postgres"


def database_role() -> str:
    """The program's role, which the owner grants its rights."""
    return unquote(urlsplit(os.environ.get("DATABASE_URL", "")).username or "")


def hosts() -> list[str]:
    return strict.listed(os.environ.get("ALLOWED_HOSTS", "")) or [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "testserver",
    ]


def redis(*, behind: int = 0) -> str:
    """The Redis database that REDIS_URL names (0 when it names none), plus an offset."""
    url = urlsplit(os.environ.get("REDIS_URL", "redis://localhost:6379"))
    number = url.path.strip("/") or "0"
    if not number.isdecimal():
        raise ImproperlyConfigured(
            "REDIS_URL must end in a database number, as redis://host:6379/0."
        )
    return url._replace(path=f"/{int(number) + behind}").geturl()

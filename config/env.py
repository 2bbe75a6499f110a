"""What the environment decides, read once."""

import base64
import json
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0") not in ("", "0", "false", "no")


PRODUCTION = flag("PRODUCTION")
DEMO = flag("DEMO")
DEBUG = flag("DEBUG")

if PRODUCTION and (DEMO or DEBUG):
    raise ImproperlyConfigured(
        "PRODUCTION=1 refuses DEMO=1 and DEBUG=1: unset them, the demo lets anybody enter as anybody."
    )

SECRET_NAMES = ("SECRET_KEY", "FIELD_KEY", "BLIND_INDEX_KEY", "LINK_KEY")


def secret(name: str) -> str:
    """The secret from the environment; outside production, made once and kept in ``var/``."""
    if name in os.environ:
        return os.environ[name]
    if PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set: production keeps its secrets outside.")
    path = VAR / "secrets.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = {n: base64.b64encode(secrets.token_bytes(32)).decode() for n in SECRET_NAMES}
        path.touch(mode=0o600)
        path.write_text(json.dumps(made))
    return json.loads(path.read_text())[name]


def hosts() -> list[str]:
    given = [h for h in os.environ.get("ALLOWED_HOSTS", "").split(",") if h]
    if PRODUCTION and not given:
        raise ImproperlyConfigured("ALLOWED_HOSTS is not set: name the site's host.")
    return given or ["localhost", "127.0.0.1", "[::1]", "testserver"]


def redis(*, behind: int = 0) -> str:
    """The database that REDIS_URL names (0 when it names none), or one some numbers behind it."""
    url = urlsplit(os.environ.get("REDIS_URL", "redis://localhost:6379"))
    number = url.path.strip("/") or "0"
    if not number.isdecimal():
        raise ImproperlyConfigured(
            "REDIS_URL must end in a database number, as redis://host:6379/0."
        )
    return url._replace(path=f"/{int(number) + behind}").geturl()

"""Production does not start with a setting that would open it; each fault has its sentence."""

import base64
import os
import subprocess
import sys

import pytest

from config import env, strict

KEYS = {name: base64.b64encode(os.urandom(32)).decode() for name in strict.KEYS}
GOOD = KEYS | {
    "ALLOWED_HOSTS": "don.example.org",
    "SITE_URL": "https://don.example.org",
    "EMAIL_URL": "smtp+tls://user:word@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Blood donation <no-reply@example.org>",
    "DATABASE_URL": "postgresql://site@db/site",
    "REDIS_URL": "redis://redis:6379/0",
}
SAME = dict.fromkeys(strict.KEYS, KEYS["LINK_KEY"])
BAD = [
    *(({name: ""}, f"{name} is not set") for name in [*GOOD]),
    ({"LINK_KEY": "short"}, "LINK_KEY must be 32"),
    ({"LINK_KEY": base64.b64encode(b"x" * 16).decode()}, "LINK_KEY must be 32"),
    ({"FIELD_KEY": base64.b64encode(os.urandom(48)).decode()}, "FIELD_KEY must be 32"),
    ({"SECRET_KEY": "not base64, though long enough to look like a key"}, "SECRET_KEY must be 32"),
    ({"BLIND_INDEX_KEY": base64.b64encode(bytes(32)).decode()}, "BLIND_INDEX_KEY is not random"),
    (SAME, "must all differ"),
    ({"ALLOWED_HOSTS": "*"}, "“*” lets any name in"),
    ({"ALLOWED_HOSTS": "don.example.org,.example.org"}, "“.example.org” lets any name in"),
    ({"ALLOWED_HOSTS": "other.example.org"}, "ALLOWED_HOSTS must name the host of SITE_URL"),
    ({"SITE_URL": "http://don.example.org"}, "SITE_URL must begin with https://"),
    ({"SITE_URL": "https://don.example.org/"}, "SITE_URL must end after the host"),
    ({"EMAIL_URL": "console://"}, "EMAIL_URL must be"),
    ({"EMAIL_URL": "smtp://mail.example.org:many"}, "EMAIL_URL must be"),
    ({"DEFAULT_FROM_EMAIL": "no-reply@localhost"}, "DEFAULT_FROM_EMAIL must be"),
    ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must begin with postgres://"),
    ({"REDIS_URL": "memory://"}, "REDIS_URL must begin with redis://"),
    ({"TRUSTED_PROXIES": "0"}, "TRUSTED_PROXIES must say"),
    ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES must say"),
    ({"TRUSTED_PROXIES": "many"}, "TRUSTED_PROXIES must say"),
    ({"SMS_GATEWAY_URL": "https://sms.example.org"}, "set together or not at all"),
    ({"SMS_GATEWAY_TOKEN": "token"}, "set together or not at all"),
    (
        {"SMS_GATEWAY_URL": "http://sms.example.org", "SMS_GATEWAY_TOKEN": "token"},
        "SMS_GATEWAY_URL must begin with https://",
    ),
]


def test_good_environment_has_no_fault():
    assert strict.faults(GOOD) == []
    gateway = {"SMS_GATEWAY_URL": "https://sms.example.org/send", "SMS_GATEWAY_TOKEN": "token"}
    assert strict.faults(GOOD | gateway | {"TRUSTED_PROXIES": "2"}) == []


@pytest.mark.parametrize(("changed", "said"), BAD)
def test_bad_environment_is_told_in_a_sentence(changed, said):
    if said == "DEFAULT_FROM_EMAIL is not set":
        said = "DEFAULT_FROM_EMAIL must be"
    found = strict.faults(GOOD | changed)
    assert any(said in sentence for sentence in found), found


def test_no_secret_stands_in_a_sentence():
    environ = GOOD | SAME | {"LINK_KEY": "c2hvcnQ=", "SMS_GATEWAY_TOKEN": "t0k3n", "SITE_URL": ""}
    told = "\n".join(strict.faults(environ))
    assert "c2hvcnQ" not in told and "t0k3n" not in told and SAME["FIELD_KEY"] not in told


@pytest.mark.parametrize(("changed", "code"), [({}, 0), ({"LINK_KEY": ""}, 1), (SAME, 1)])
def test_start_of_production_is_refused(changed, code, tmp_path):
    environ = {"PATH": os.environ["PATH"], "PRODUCTION": "1", "VAR_DIR": str(tmp_path)}
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=env.ROOT,
        env=environ | GOOD | changed,
        capture_output=True,
        text=True,
    )
    assert started.returncode == code
    assert ("Production does not start like this" in started.stderr) == bool(code)

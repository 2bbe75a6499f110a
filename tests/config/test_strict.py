"""Production does not start with a setting that would open it; each fault has its sentence."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tzdata

from campaigns.messaging.transports.gateways import GATEWAYS
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
    *(
        ({"LINK_KEY": base64.b64encode(key).decode()}, "LINK_KEY is not random")
        for key in (
            bytes(range(32)),
            bytes(range(250, 90, -5)),
            bytes(7 * n % 256 for n in range(32)),
            b"abcdefghijklmnopqrstuvwxyz012345",
            b"qwertzuiopasdfghjklyxcvbnm!92847",
            bytes(range(200, 216)) * 2,
        )
    ),
    (SAME, "must all differ"),
    ({"ALLOWED_HOSTS": "*"}, "“*” lets any name in"),
    ({"ALLOWED_HOSTS": "don.example.org,.example.org"}, "“.example.org” lets any name in"),
    ({"ALLOWED_HOSTS": "other.example.org"}, "ALLOWED_HOSTS must name the host of SITE_URL"),
    *(
        ({"ALLOWED_HOSTS": f"don.example.org,{host}"}, f"“{host}” is none")
        for host in (
            "0.0.0.0/0",
            "0.0.0.0",  # noqa: S104 - it is refused
            "10.0.0.300",
            "::1",
            "[::]",
            "a.example.org b.example.org",
            "https://a.example.org",
            "a.example.org:443",
            "a.example.org/",
            "-a.example.org",
            "a..example.org",
            "a_b.example.org",
        )
    ),
    ({"SITE_URL": "https://don example.org"}, "SITE_URL must begin with https://"),
    ({"SITE_URL": "https://don.example.org:many"}, "SITE_URL must begin with https://"),
    ({"SITE_URL": "https://[don.example.org"}, "SITE_URL must begin with https://"),
    ({"EMAIL_URL": "smtps://mail example.org"}, "EMAIL_URL must be"),
    ({"DATABASE_URL": "postgres://site@[db/site"}, "DATABASE_URL must begin with postgres://"),
    ({"SITE_URL": "http://don.example.org"}, "SITE_URL must begin with https://"),
    ({"SITE_URL": "https://don.example.org/"}, "SITE_URL must end after the host"),
    ({"EMAIL_URL": "console://"}, "EMAIL_URL must be"),
    ({"EMAIL_URL": "smtp://mail.example.org:many"}, "EMAIL_URL must be"),
    ({"DEFAULT_FROM_EMAIL": "no-reply@localhost"}, "DEFAULT_FROM_EMAIL must be"),
    ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must begin with postgres://"),
    ({"DATABASE_OWNER_URL": "mysql://x"}, "DATABASE_OWNER_URL must begin with postgres://"),
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
    *(
        ({"SMS_GATEWAY_URL": url, "SMS_GATEWAY_TOKEN": "token"}, "SMS_GATEWAY_URL must begin")
        for url in ("https://x y/", "https://x/ y", "https:///send", "https://x:y/", "https://[x/")
    ),
    ({"SMS_GATEWAY_KIND": "smpp"}, "SMS_GATEWAY_KIND is json or form or kannel or envoisms"),
    ({"SMS_GATEWAY_KIND": ""}, "SMS_GATEWAY_KIND is json or form or kannel or envoisms"),
    *(
        (
            {
                "SMS_GATEWAY_KIND": "kannel",
                "SMS_GATEWAY_URL": "https://sms.example.org",
                "SMS_GATEWAY_TOKEN": token,
            },
            "SMS_GATEWAY_TOKEN is user:password",
        )
        for token in ("token", ":token", "token:")
    ),
    ({"SMS_GATEWAY_FIELDS": "to=msisdn"}, "SMS_GATEWAY_FIELDS names"),
    ({"SMS_GATEWAY_FIELDS": "to=a&text=b&name=c"}, "SMS_GATEWAY_FIELDS names"),
    ({"SMS_INBOUND_KEYS": "short"}, "SMS_INBOUND_KEYS is one key"),
    ({"SMS_INBOUND_KEYS": ",".join(c * 32 for c in "abc")}, "SMS_INBOUND_KEYS is one key"),
    ({"SMS_INBOUND_KEYS": "a/" * 16}, "SMS_INBOUND_KEYS is one key"),
    ({"BOUNCE_ADDRESS": "bounces+x@example.org"}, "BOUNCE_ADDRESS is an address"),
    ({"BOUNCE_MAILBOX_URL": "imap://u:p@mail.example.org"}, "BOUNCE_MAILBOX_URL must be imaps"),
]


PUSH = {
    "VAPID_PRIVATE_KEY": "hZ4uLXm1cIrVoDwHtWFj8qN0cJyq2pXbG3yTzQm6kR4",
    "VAPID_SUBJECT": "mailto:operator@don.example.org",
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"VAPID_PRIVATE_KEY": "short"}, "VAPID_PRIVATE_KEY"),
        ({"VAPID_PRIVATE_KEY": "_" * 43}, "VAPID_PRIVATE_KEY"),
        ({"VAPID_SUBJECT": ""}, "VAPID_SUBJECT"),
        ({"VAPID_SUBJECT": "operator"}, "VAPID_SUBJECT"),
        ({"PUSH_SERVICES": "http://127.0.0.1:9000"}, "PUSH_SERVICES"),
        ({"PUSH_SERVICES": "10.0.0.1"}, "PUSH_SERVICES"),
        ({"PUSH_SERVICES": "fcm.googleapis.com,.com"}, "PUSH_SERVICES"),
    ],
)
def test_faults_of_notifications_are_told_where_they_are_on(changed, said):
    assert strict.faults(GOOD | PUSH) == []
    found = strict.faults(GOOD | PUSH | changed)
    assert len(found) == 1 and found[0].startswith(said)


def test_whatsapp_is_set_as_a_whole_or_not_at_all():
    names = ("PHONE_ID", "TOKEN", "APP_SECRET", "VERIFY_TOKEN")
    whole = {f"WHATSAPP_{name}": "x" for name in names}
    assert strict.faults(GOOD | whole) == []
    (said,) = strict.faults(GOOD | whole | {"WHATSAPP_APP_SECRET": ""})
    assert said.startswith("WHATSAPP_APP_SECRET")
    (said,) = strict.faults(GOOD | whole | {"WHATSAPP_URL": "http://example.org"})
    assert said.startswith("WHATSAPP_URL")


def test_good_environment_has_no_fault():
    assert strict.faults(GOOD) == []
    gateway = {"SMS_GATEWAY_URL": "https://sms.example.org/send", "SMS_GATEWAY_TOKEN": "token"}
    assert strict.faults(GOOD | gateway | {"TRUSTED_PROXIES": "2"}) == []
    kannel = {"SMS_GATEWAY_KIND": "kannel", "SMS_GATEWAY_TOKEN": "user:pass:word"}
    assert strict.faults(GOOD | gateway | kannel) == []
    hosts = "don.example.org, Xn--a.example.org,localhost,10.0.0.3,[2001:db8::1]"
    assert strict.faults(GOOD | {"ALLOWED_HOSTS": hosts}) == []
    local = {"SMS_GATEWAY_URL": "http://[::1]:13013/send", "SMS_GATEWAY_TOKEN": "token"}
    assert strict.faults(GOOD | local | {"SITE_URL": "https://don.example.org:8443"}) == []


def test_kinds_of_gateways_are_those_that_send():
    assert set(strict.GATEWAYS) == set(GATEWAYS)


def test_random_keys_are_not_refused():
    assert all(strict.looks_random(os.urandom(32)) for _try in range(5000))


@pytest.mark.parametrize(("changed", "said"), BAD)
def test_bad_environment_is_told_in_a_sentence(changed, said):
    if said == "DEFAULT_FROM_EMAIL is not set":
        said = "DEFAULT_FROM_EMAIL must be"
    found = strict.faults(GOOD | changed)
    assert any(said in sentence for sentence in found), found


def test_no_secret_stands_in_a_sentence():
    environ = GOOD | SAME | {"LINK_KEY": "c2hvcnQ=", "SMS_GATEWAY_TOKEN": "t0k3n", "SITE_URL": ""}
    sentences = "\n".join(strict.faults(environ))
    assert (
        "c2hvcnQ" not in sentences
        and "t0k3n" not in sentences
        and SAME["FIELD_KEY"] not in sentences
    )


# Where programs and compiled modules are; no setting of this site.
INHERITED = {name: os.environ.get(name, "") for name in ("PATH", "PYTHONPYCACHEPREFIX")}
PROGRAMS = [
    ["manage.py", "check"],
    ["manage.py", "load_reference"],
    ["-m", "config.machine.launch", "run"],
    ["-m", "config.machine.launch", "manage", "check"],
]


@pytest.mark.parametrize("program", [program for program in PROGRAMS if "check" in program])
def test_good_production_is_not_refused(program, tmp_path):
    started = started_with(program, GOOD | {"PRODUCTION": "1"}, tmp_path)
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize("changed", [{"LINK_KEY": ""}, SAME, {"DEMO": "1"}])
@pytest.mark.parametrize("program", PROGRAMS)
def test_start_of_production_is_refused_in_sentences_alone(program, changed, tmp_path):
    started = started_with(program, GOOD | {"PRODUCTION": "1"} | changed, tmp_path)
    assert started.returncode == 1 and "Traceback" not in started.stderr
    first = started.stderr.splitlines()[0]
    assert first.startswith(("Production does not start like this", "PRODUCTION=1 refuses"))


def test_an_old_clock_is_refused_in_a_sentence_alone(tmp_path):
    (tmp_path / "tzdata").mkdir()
    (tmp_path / "tzdata" / "__init__.py").write_text("IANA_VERSION = '2025a'")
    (tmp_path / "tzdata" / "zoneinfo").symlink_to(Path(tzdata.__file__).parent / "zoneinfo")
    for program in (["manage.py", "check"], ["-m", "config.machine.launch", "run"]):
        started = started_with(program, {"PYTHONPATH": str(tmp_path)}, tmp_path)
        assert started.returncode == 1
        assert started.stderr.startswith("The zone data here (2025a)")
        assert started.stderr.count("\n") == 1


def test_a_fault_of_the_program_keeps_its_traceback(tmp_path):
    program = ["-c", "import config; raise ValueError('x')"]
    assert "Traceback" in started_with(program, {}, tmp_path).stderr


def started_with(program, environ, var):
    return subprocess.run(
        [sys.executable, *program],
        cwd=env.ROOT,
        env={"VAR_DIR": str(var)} | INHERITED | environ,
        capture_output=True,
        text=True,
    )

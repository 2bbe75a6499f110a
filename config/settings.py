import os

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from donors.clock import zones

from . import env, strict

DEMO = env.DEMO
DEBUG = env.DEBUG
PRODUCTION = env.PRODUCTION
VAR_DIR = env.VAR
SECRETS = env.SECRETS
SECRET_KEY = env.secret("SECRET_KEY")
FIELD_KEY = env.secret("FIELD_KEY")
BLIND_INDEX_KEY = env.secret("BLIND_INDEX_KEY")
LINK_KEY = env.secret("LINK_KEY")
ALLOWED_HOSTS = env.hosts()
SITE_URL = os.environ.get("SITE_URL", "http://localhost:8000")
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "campaigns",
    "centers",
    "donors",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.page_cache.middleware.SharedPages",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.LoginRequired",
    "config.middleware.SecondFactorMiddleware",
    "config.middleware.VerbPages",
    "config.middleware.NothingKept",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.drafts.Drafts",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [env.ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        env.database(),
        conn_max_age=600,
        conn_health_checks=True,
    )
}
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    "-c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"
)

DATABASE_ROLE = env.database_role()

CACHES = {
    # Sign-in counters and used codes: in the database beside the accounts, so that sign-in works
    # without Redis.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "donors_throttle",
        # Above this number rows that still count are evicted: it must be out of an attacker's
        # reach.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Progress of long tasks, invisible outside their transaction. Optional: no answer depends on
    # it.
    "progress": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        # ``clear()`` empties the whole Redis database, therefore not the one with the broker's
        # messages.
        "LOCATION": env.redis(behind=1),
        "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2},
    },
}
# Copies of public pages shared by the processes; without Redis each process keeps its own.
PAGES_URL = env.redis(behind=2)
CELERY_BROKER_URL = env.redis()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = zones.NAME
CELERY_TASK_DEFAULT_EXPIRES = 60

# Language and time
LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", "العربية"), ("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [env.ROOT / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = zones.NAME

# Static files: our own, and those installed by npm
STATIC_URL = "/static/"
STATIC_ROOT = env.ROOT / "staticfiles"
NODE = env.ROOT / "node_modules"
STATICFILES_DIRS = [
    env.ROOT / "static",
    ("vendor/bootstrap", NODE / "bootstrap" / "dist" / "css"),
    ("vendor/htmx", NODE / "htmx.org" / "dist"),
    ("vendor/readex", NODE / "@fontsource-variable" / "readex-pro" / "files"),
]
STATICFILES_FINDERS = [
    "config.static.Served",
    "config.static.OfApps",
]
STATICFILES_DIRS = [d for d in STATICFILES_DIRS if not isinstance(d, tuple) or d[1].exists()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Source maps are for developers only and take longest to compress.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Sign-in
AUTH_USER_MODEL = "donors.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation." + name}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "campaigns:desk"
ACCOUNT_ADAPTER = "donors.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_BY_CODE_ENABLED = (
    False  # donors prove an address at me/enter/, staff have two factors
)
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # same as donors.accounts.factors.FRESH
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a code of the last half minute counts: RFC 6238, section 5.2
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

# Outgoing messages
EMAIL_URL = os.environ.get("EMAIL_URL", "")
SMS_GATEWAY_URL = os.environ.get("SMS_GATEWAY_URL", "")
SMS_GATEWAY_TOKEN = os.environ.get("SMS_GATEWAY_TOKEN", "")
SMS_GATEWAY_KIND = os.environ.get("SMS_GATEWAY_KIND", "json")  # see messaging/transports
if SMS_GATEWAY_KIND not in strict.GATEWAYS:
    raise ImproperlyConfigured(f"SMS_GATEWAY_KIND is {' or '.join(strict.GATEWAYS)}.")
SMS_GATEWAY_SENDER = os.environ.get("SMS_GATEWAY_SENDER", "")  # shown as the sender
# The names of a gateway's fields, and what is added to every message: for the kinds json and form.
SMS_GATEWAY_FIELDS = os.environ.get("SMS_GATEWAY_FIELDS", "to=to&text=text")
SMS_GATEWAY_EXTRA = os.environ.get("SMS_GATEWAY_EXTRA", "")
SMS_MOST_PARTS = int(os.environ.get("SMS_MOST_PARTS", 10))  # a gateway cuts what is longer
# With these keys gateways report and pass on replies: one, or two while it is changed.
SMS_INBOUND_KEYS = strict.listed(os.environ.get("SMS_INBOUND_KEYS", ""))
SMS_LEAVES = bool(SMS_GATEWAY_URL) or not PRODUCTION  # elsewhere a copy is kept to be read
# WhatsApp Business (Meta's Cloud API): off without a number and its token.
WHATSAPP_URL = os.environ.get("WHATSAPP_URL", "https://graph.facebook.com/v21.0")
WHATSAPP_PHONE_ID = os.environ.get("WHATSAPP_PHONE_ID", "")
WHATSAPP_TOKEN = os.environ.get("WHATSAPP_TOKEN", "")
WHATSAPP_APP_SECRET = os.environ.get("WHATSAPP_APP_SECRET", "")  # signs what Meta posts
WHATSAPP_VERIFY_TOKEN = os.environ.get("WHATSAPP_VERIFY_TOKEN", "")
# Notifications in browsers (RFC 8030). Outside production the key follows from SECRET_KEY.
VAPID_PRIVATE_KEY = env.push_key(SECRET_KEY)
VAPID_SUBJECT = os.environ.get("VAPID_SUBJECT", "mailto:operator@example.org")
PUSH_SERVICES = strict.listed(os.environ.get("PUSH_SERVICES", strict.PUSH_SERVICES))
# Number of proxies in front of this server: only these are trusted for the client's address.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", 1 if PRODUCTION else 0))
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Blood donation <no-reply@localhost>")
# Where returned mail goes: bounces@… gets bounces+<mark>@… of each message. Read by read_bounces.
BOUNCE_ADDRESS = os.environ.get("BOUNCE_ADDRESS", "")
BOUNCE_MAILBOX_URL = os.environ.get("BOUNCE_MAILBOX_URL", "")
if EMAIL_URL:
    from urllib.parse import unquote, urlparse

    _mail = urlparse(EMAIL_URL)
    EMAIL_HOST = _mail.hostname
    EMAIL_PORT = _mail.port or 25
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_TIMEOUT = 15
else:
    # Account mails contain sign-in links: without a mail server they go into files of the owner,
    # never a log.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = env.VAR / "mail"
    EMAIL_FILE_PATH.mkdir(mode=0o700, parents=True, exist_ok=True)
# The demo shows messages on a page and sends none.
MESSAGE_TRANSPORTS = {
    "email": "campaigns.messaging.transports.email"
    if EMAIL_URL
    else "campaigns.messaging.transports.memory",
    "sms": "campaigns.messaging.transports.sms"
    if SMS_GATEWAY_URL
    else "campaigns.messaging.transports.memory",
    "push": "campaigns.messaging.transports.push"
    if PRODUCTION or os.environ.get("VAPID_PRIVATE_KEY")
    else "campaigns.messaging.transports.memory",
    "whatsapp": "campaigns.messaging.transports.whatsapp",
}
# Countries to which an SMS may go; premium and satellite numbers are refused everywhere.
SMS_COUNTRIES = os.environ.get("SMS_COUNTRIES", "MA").upper().split(",")
# What the providers take: "100/s", "1000/h"; without it there is no limit.
PACE = {"email": env.pace("EMAIL_PACE"), "sms": env.pace("SMS_PACE")}
# SMS that may leave in a day and for one operation, codes apart; without it there is no limit.
SMS_A_DAY, SMS_AN_OPERATION = env.limit("SMS_A_DAY"), env.limit("SMS_AN_OPERATION")
# Processes that send by one channel at once; one more sends codes and officers' messages.
SENDERS = int(os.environ.get("SENDERS", "2"))
MONTHLY_ALLOWANCE = 2  # appeals a donor may get in 30 days, over all senders
# Dirhams a message costs, as the rehearsal of a wave shows it; an assumption until a contract says.
MESSAGE_PRICE = {"sms": 0.35, "email": 0.0, "push": 0.0, "whatsapp": 0.3}
QUIET_HOURS = (21, 8)  # local hours, from and until; appeals wait until the morning
# Invitations that no operation's order covers: how many a centre's manager approves in the own region,
# and how long everything is held, for mistaken scans.
PEOPLE_A_MANAGER_APPROVES = 200
HOLD_SECONDS = 90
# Every memo is read by a second administrator before it is issued, not only one with words that oblige.
MEMO_TWO_PERSONS = env.flag("MEMO_TWO_PERSONS")
# The head of a memo's printed letter, line by line; a slash ends a line.
LETTERHEAD = {
    "ar": os.environ.get("LETTERHEAD_AR", "المملكة المغربية"),
    "fr": os.environ.get("LETTERHEAD_FR", "Royaume du Maroc"),
}

# Browser policies
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.WithoutRows",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
SITE_NAME = _("Blood Call Morocco")

"""Django's settings, made from the checked environment. Nothing here reads os.environ."""

import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
from django.templatetags.static import static
from django.urls import reverse_lazy
from structlog.typing import Processor

from kaiin.config import environment, proxies
from kaiin.config.environment import Mode
from kaiin.infra.log_masking import mask_log

_STATIC = "static"
try:
    KAIIN = environment.read()
    environment.make_folder(KAIIN.var / _STATIC, "KAIIN_VAR")  # WhiteNoise warns of a missing one
    if KAIIN.database_url.startswith("sqlite") and not KAIIN.reads_a_copy:
        _FILE = Path(unquote(urlsplit(KAIIN.database_url).path))
        environment.make_folder(_FILE.parent, "DATABASE_URL")
except environment.SettingError as error:
    sys.exit(f"kaiin: {error}")

DEMO = KAIIN.mode is Mode.DEMO
DEBUG = False
SECRET_KEY = KAIIN.secret_key
# Hosts are the tenant's own: HostMiddleware answers 404 to any that it does not know.
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "kaiin.config",
    "kaiin.infra",
    "kaiin.sites",
    "kaiin.identity",
    "kaiin.payments",
    "kaiin.billing",
    "kaiin.web.parts",
    "kaiin.web.login",
    "kaiin.web.join",
    "kaiin.web.mypage",
    "kaiin.web.site",
    "kaiin.web.demo",
    "unfold",
    # Tables are looked for by `urls_identity`: no command but `serve` shows them.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "kaiin.config.proxies.TrustedScheme",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kaiin.web.base.middleware.HostMiddleware",
    "kaiin.web.login.crowd.CrowdGate",
    "kaiin.web.base.stale_forms.SessionsThatEnd",
    "kaiin.web.base.middleware.LanguageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kaiin.web.base.middleware.MemberMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kaiin.config.staff_gate.StaffGate",
]
ROOT_URLCONF = "kaiin.config.urls_identity"
WSGI_APPLICATION = "kaiin.config.wsgi.application"
KAIIN_WIRING = "kaiin.config.wiring"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["kaiin.web.parts.templatetags.kaiin"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    {
        # Mails are plain text: nothing in them is escaped for HTML.
        "NAME": "mails",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).resolve().parent.parent / "mail" / "templates"],
        "OPTIONS": {
            "autoescape": False,
            "builtins": ["kaiin.web.parts.templatetags.kaiin"],
        },
    },
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and KAIIN.reads_a_copy:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": environment.copy_uri(Path(unquote(parts.path))),
        }
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            # Opening the file anew for each request would cost as much as a page's queries.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # A transaction begins as the writer: what it reads cannot change before it writes.
                "transaction_mode": "IMMEDIATE",
                # For commands and the worker; pages wait less (config/wsgi.py).
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                    "PRAGMA foreign_keys=ON; PRAGMA cache_size=-20000;"
                ),
            },
        }
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "kaiin.infra.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(KAIIN.database_url)}
KAIIN_PAGE_LOCK_SECONDS = KAIIN.page_lock_seconds
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.Member"
AUTHENTICATION_BACKENDS = ["kaiin.identity.backend.MemberBackend"]
PASSWORD_HASHERS = [
    "kaiin.identity.passwords.Argon2id",
    "kaiin.identity.passwords.RawArgon2id",
]

# Not Django's own table: the member's session and the browser's are one row.
SESSION_ENGINE = "kaiin.identity.session_store"
_PREFIX = "__Host-" if KAIIN.secure else ""
SESSION_COOKIE_NAME = f"{_PREFIX}kaiin"
CSRF_COOKIE_NAME = f"{_PREFIX}kaiin-csrf"
KAIIN_DEVICE_COOKIE_NAME = f"{_PREFIX}kaiin-device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = KAIIN.secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# In the session: a cookie of its own would be one more to guard.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "kaiin.web.base.stale_forms.csrf_failure"

SECURE_HSTS_SECONDS = 365 * 24 * 3600 if KAIIN.secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = KAIIN.secure
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # the proxy speaks HTTPS and redirects to it; we answer the proxy alone
    "security.W021",  # a browser's preload list is for the domain's owner to ask for
]
SECURE_PROXY_SSL_HEADER = (proxies.SCHEME, "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Ours alone: no inline code, no third parties. HostMiddleware adds to form-action where a
# form's answer may lead; StaffGate lets the back office's scripts have eval (ADR 8).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LANGUAGE_COOKIE_NAME = f"{_PREFIX}kaiin-language"
KAIIN_STRICT_TEXTS = KAIIN.mode is not Mode.PRODUCTION
# What `{ ID_NAME() }` in the catalogs calls.
KAIIN_ID_NAME = "kaiin.sites.queries.name_of_id"
# What the page of a membership in the back office, which is below the diagnosis, shows of it.
KAIIN_FINDINGS_FOR_STAFF = "kaiin.web.base.explanations.for_staff"

# By name, because they ask contexts, which load later.
_BACK_OFFICE = "kaiin.config.back_office"
UNFOLD = {
    "SITE_TITLE": f"{_BACK_OFFICE}.title",
    "SITE_HEADER": f"{_BACK_OFFICE}.title",
    "SITE_SUBHEADER": f"{_BACK_OFFICE}.subtitle",
    "SITE_URL": reverse_lazy("admin:index"),
    "SITE_SYMBOL": "badge",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    # None: Unfold would write them into each page, which the pages' policy forbids.
    "COLORS": lambda _request: {},
    "STYLES": [lambda _request: static("back_office/colours.css")],
    # Keeps Unfold's scripts within the pages' policy.
    "SCRIPTS": [lambda _request: static("back_office/policy.js")],
    "SIDEBAR": {"show_search": False, "navigation": f"{_BACK_OFFICE}.navigation"},
    "ACCOUNT": {"navigation": f"{_BACK_OFFICE}.languages"},
}

STATIC_URL = "/static/"
STATIC_ROOT = KAIIN.var / _STATIC
WHITENOISE_USE_FINDERS = KAIIN.mode is not Mode.PRODUCTION

KAIIN_SANDBOX_URL = KAIIN.sandbox_url
KAIIN_SANDBOX_PUBLIC_URL = KAIIN.sandbox_public_url
KAIIN_SANDBOX_SECRET = KAIIN.sandbox_secret
KAIIN_PROVIDER_TIMEOUT_SECONDS = 10.0
KAIIN_PROVIDER_CONCURRENCY = KAIIN.provider_concurrency
KAIIN_PROVIDER_RATE = KAIIN.provider_rate
KAIIN_PROVIDER_SILENCE = timedelta(minutes=KAIIN.provider_silence_minutes)
KAIIN_KEEP_DELIVERIES = timedelta(days=KAIIN.keep_deliveries_days)
KAIIN_KEEP_EVENTS = timedelta(days=KAIIN.keep_events_days)
KAIIN_KEEP_NOTICES = timedelta(days=KAIIN.keep_notices_days)

KAIIN_MAILBOX = KAIIN.var / "mail"
if KAIIN.smtp_url:
    _smtp = urlsplit(KAIIN.smtp_url)
    EMAIL_BACKEND = "kaiin.mail.smtp.SmtpBackend"
    EMAIL_HOST = _smtp.hostname or ""
    EMAIL_PORT = _smtp.port or {"smtps": 465, "smtp+starttls": 587}.get(_smtp.scheme, 25)
    EMAIL_HOST_USER = unquote(_smtp.username or "")
    EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
    EMAIL_USE_SSL = _smtp.scheme == "smtps"
    EMAIL_USE_TLS = _smtp.scheme == "smtp+starttls"
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "kaiin.web.demo.mailbox.MailboxBackend"

_NOTED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
_WRITTEN: list[Processor] = [mask_log, structlog.processors.JSONRenderer(ensure_ascii=False)]
structlog.configure(
    processors=[*_NOTED, *_WRITTEN],
    wrapper_class=structlog.make_filtering_bound_logger(20),
    logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    cache_logger_on_first_use=KAIIN.mode is not Mode.TEST,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_WRITTEN,
            ],
            "foreign_pre_chain": [structlog.stdlib.add_logger_name, *_NOTED],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}

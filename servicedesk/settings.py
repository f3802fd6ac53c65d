"""Settings: everything that differs between installations comes from the environment (see `.env.example`)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.env import BASE_DIR, SettingsError, postgres_settings, read_environment
from servicedesk.schedule import ROUTES, beat_schedule

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

django_stubs_ext.monkeypatch()  # so that types such as ModelForm[User] may be written in code that runs

try:
    ENV = read_environment()
    DATABASES: dict[str, dict[str, Any]] = {"default": postgres_settings(ENV.database_url)}
except SettingsError as error:
    sys.exit(f"The settings can't be used.\n{error}")

DEBUG = ENV.debug
DEMO = ENV.demo
VAR_DIR = ENV.var_dir
SECRET_KEY = ENV.secret_key or "development-only-" * 4  # outside of DEBUG, ENV refuses to be without one
ALLOWED_HOSTS = ENV.allowed_hosts or ["*"]  # likewise
SITE_URL = ENV.site_url
CSRF_TRUSTED_ORIGINS = [SITE_URL, *ENV.csrf_trusted_origins]

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "django_htmx",
    "django_filters",
    "i18nfield",
    "pgtrigger",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts",
    "notifications",
    "jobs",
    "tickets",
    "sla",
    "sla.tools",
    "quality",
    "web",
    "portal",
    "desk",
    "api",
    "servicedesk",
]

MIDDLEWARE = [
    "servicedesk.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "servicedesk.csp.BackOfficePolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "web.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "servicedesk.urls"
WSGI_APPLICATION = "servicedesk.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.shell",
            ],
        },
    },
]

# --- people -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are created by staff; sign-up is closed (web.adapter)
ACCOUNT_ADAPTER = "web.adapter.AccountAdapter"
ACCOUNT_PREVENT_ENUMERATION = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# --- languages and time -----------------------------------------------------------------------------
LANGUAGE_CODE = ENV.default_language
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_TIME_ZONE = ENV.default_time_zone

# --- files ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "web.storage.StaticStorage"
    },
}
MAX_UPLOAD_BYTES = ENV.max_upload_mib * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 25_000  # the editor of agreements sends 200 targets with 12 steps each
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- mail -------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from
MAIL_DIR = VAR_DIR / "mail"
globals().update(ENV.email)

# --- background -------------------------------------------------------------------------------------
REDIS_URL = ENV.redis_url
CACHES = {
    "default": {
        "BACKEND": "servicedesk.cache.Cache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"  # an emptied or absent Redis signs nobody out
SWEEP_SECONDS = ENV.sweep_seconds
CELERY_BROKER_URL = ENV.broker_url
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a Redis that is away for an hour is no reason to end
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    # An unacknowledged message is given to another worker after this many seconds; no task takes as long.
    "visibility_timeout": 3600,
    "socket_timeout": 30,
    "socket_connect_timeout": 2,
    "health_check_interval": 10,
    **({"master_name": ENV.broker_sentinel_master} if ENV.broker_sentinel_master else {}),
}
# What a page puts on the queue also stands in the database, so nobody waits for a broker that does not answer.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
CELERY_BEAT_SCHEDULE = beat_schedule(SWEEP_SECONDS)
CELERY_TASK_ROUTES = ROUTES
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
# A task is taken off the queue when it begins: what is due stands in the database, so losing one loses nothing, and a
# task that kills its worker isn't given to the next one.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- log --------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "celery": {"level": "WARNING"},  # it would say two lines a second about the sweep alone
    },
}

# --- API --------------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.signing_in.ByToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.Json"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "DEFAULT_THROTTLE_RATES": {"token_by_address": "20/min", "token_by_name": "30/hour"},
    "EXCEPTION_HANDLER": "api.errors.handle",
    "NUM_PROXIES": 1 if ENV.behind_proxy else 0,  # whose word on a caller's address counts
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Service desk",
    "DESCRIPTION": (
        "Sign in with `Authorization: Token …`; `token/` gives one for e-mail address and password.\n\n"
        "Instants are given in UTC and taken with any offset; without one they count as UTC. Labels and sentences are "
        "in the language of `Accept-Language`. Lists go on at `next`. What is `internal` is null for clients. A call "
        "with an `Idempotency-Key` (a UUID) can be repeated without harm."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,  # what is sent and what comes back differ where files are
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [],  # choices stand where they are used instead of under made-up names
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "list"},
}

# --- security ---------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # the e-mail is unique, by a constraint on its lower-case form
    "security.W005",  # HSTS for subdomains and its preloading bind other hosts of the domain; not ours to decide
    "security.W021",
]
SECURE_REFERRER_POLICY = "same-origin"
# Where the site's address is https, nothing travels without it; on http://localhost everything works as it is.
HTTPS = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.behind_proxy else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"


def _place(title: StrOrPromise, icon: str, url_name: str) -> dict[str, Any]:
    room = url_name.removeprefix("admin:").partition("_")[0]
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(url_name),
        "permission": lambda request: not url_name.startswith("admin:") or request.user.has_module_perms(room),
    }


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Service desk"),
    "SITE_HEADER": _("Service desk"),
    "SITE_SUBHEADER": _("Settings"),
    "SITE_URL": reverse_lazy("web:home"),
    "SITE_ICON": lambda request: static("img/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/mark.svg")}],
    "SHOW_BACK_BUTTON": True,
    "SHOW_VIEW_ON_SITE": True,
    "COLORS": {
        "primary": {
            shade: f"oklch({light}% {chroma} 262)"
            for shade, light, chroma in (
                ("50", 97.5, 0.014),
                ("100", 94.5, 0.03),
                ("200", 89, 0.06),
                ("300", 81, 0.1),
                ("400", 71, 0.14),
                ("500", 60, 0.17),
                ("600", 50, 0.17),
                ("700", 45, 0.16),
                ("800", 39, 0.13),
                ("900", 33, 0.1),
                ("950", 25, 0.07),
            )
        }
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {"items": [{**_place(_("Back to the desk"), "arrow_back", "web:home"), "active": lambda request: False}]},
            {
                "title": _("People"),
                "separator": True,
                "items": [
                    _place(_("People"), "person", "admin:accounts_user_changelist"),
                    _place(_("Client organisations"), "apartment", "admin:accounts_organisation_changelist"),
                    _place(_("Teams"), "groups", "admin:accounts_team_changelist"),
                    _place(_("API keys"), "key", "admin:authtoken_tokenproxy_changelist"),
                ],
            },
            {
                "title": _("Services"),
                "separator": True,
                "items": [
                    _place(_("Service catalogue"), "category", "admin:tickets_service_changelist"),
                    _place(_("Questions"), "quiz", "admin:tickets_servicefield_changelist"),
                    _place(_("Priority matrix"), "grid_on", "admin:tickets_priorityrule_changelist"),
                    _place(_("Survey questions"), "rate_review", "admin:quality_surveyquestion_changelist"),
                ],
            },
            {
                "title": _("Service levels"),
                "separator": True,
                "items": [
                    _place(_("Agreements"), "handshake", "desk:agreements"),
                    _place(_("Calendars"), "calendar_month", "desk:calendars"),
                    _place(_("Wording of notices"), "edit_note", "desk:notices"),
                ],
            },
            {
                "title": _("Operation"),
                "separator": True,
                "items": [
                    _place(_("Outbox"), "outbox", "desk:outbox"),
                    _place(_("Notices"), "notifications", "admin:notifications_notice_changelist"),
                    _place(
                        pgettext_lazy("of notices", "Deliveries"),
                        "local_shipping",
                        "admin:notifications_delivery_changelist",
                    ),
                ],
            },
        ],
    },
}

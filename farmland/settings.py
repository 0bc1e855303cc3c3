"""Settings of the site, in Django's own order. Every value that differs between places comes from the environment."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from farmland import embedded, maps

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

env = environ.Env()


def env_bool(name: str, *, default: bool) -> bool:
    """Read `true` or `false`; anything else refuses to start, so that a typing mistake never opens a door."""
    text = env.str(name, default="true" if default else "false").strip().lower()
    if text not in ("true", "false"):
        raise ImproperlyConfigured(f"{name} must be true or false, not {text!r}")
    return text == "true"


def secret_key() -> str:
    """The signing key; outside development a missing or short one refuses to start."""
    key = env.str("SECRET_KEY", default="")
    if DEBUG:
        return key or "development-only-" + "0123456789abcdef" * 4
    if len(key) < 40:
        raise ImproperlyConfigured("SECRET_KEY must be set to at least 40 random characters (or DEBUG=true)")
    return key


DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = secret_key()
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
HTTPS = env_bool("HTTPS", default=not DEBUG)

# Security and hosts
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "farmland.views.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env_bool("BEHIND_PROXY", default=False)  # one proxy, which sets X-Forwarded-Proto and -For
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Applications
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_standardized_errors",
    "django_htmx",
    "csp",
    "axes",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "farmland",
    "quotas",
    "assessments",
]
MIDDLEWARE = [
    "farmland.middleware.ProxyAddressMiddleware",
    "farmland.middleware.RefuseNulMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "farmland.middleware.IdleTimeoutMiddleware",
    "farmland.middleware.LanguageMiddleware",
    "farmland.middleware.LoginRequiredMiddleware",
    "farmland.middleware.AnswerMiddleware",
    "farmland.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "farmland.urls"
WSGI_APPLICATION = "farmland.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "farmland.ui.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database: PostgreSQL only; without DATABASE_URL the one that our own command runs in DATA_DIR
EMBEDDED_DATABASE = not env.str("DATABASE_URL", default="")
DATABASES = {
    "default": env.db_url_config(
        embedded.database_url(DATA_DIR / "postgres") if EMBEDDED_DATABASE else env.str("DATABASE_URL")
    )
}
DATABASES["default"] |= {"CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600), "CONN_HEALTH_CHECKS": True}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database (postgres://…)")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_APPEND_ONLY = True  # the history is never changed or deleted, not even by SQL
# Queries run inside the history's own context; nothing is installed in the database after each migrate by surprise.
PGTRIGGER_INSTALL_ON_MIGRATE = False

# Background work: a queue in the same database; what is deferred in a transaction exists when it commits.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# Facts are held against promises, which stand above them: who tells the floors of divisions in a year.
STATEMENT_FLOORS = "quotas.selectors.get_floors"

# Sign-in
AUTH_USER_MODEL = "farmland.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "farmland.authentication.DivisionBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "farmland.authentication.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # of an invitation: sent on a Friday, used on a Monday
PASSWORD_LINK_SECONDS = 3600  # of a link that replaces a password
SESSION_COOKIE_AGE = 12 * 3600  # a working day; idleness ends it sooner
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=3600)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "farmland.views.account.locked_out"
AXES_VERBOSE = False

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]  # each in its own words
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LOCALE_PATHS = [BASE_DIR / "farmland" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Maps, built by `manage.py build_maps` unless MAP_PACK_DIR names another maker's
MAP_PACK_DIR = Path(env.str("MAP_PACK_DIR", default="") or BASE_DIR / "static" / "maps").resolve()
MAP_SOURCE_NOTE = env.str("MAP_SOURCE_NOTE", default="") or maps.SOURCE_NOTE
MAP_APPROVAL_NO = env.str("MAP_APPROVAL_NO", default="")  # 审图号

# Static files, built by `manage.py build_assets`
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist", ("maps", MAP_PACK_DIR)]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files of evidence: never under an address of their own, only through a view that asks who may read them.
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "evidence",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
EVIDENCE_MAX_BYTES = 20_000_000  # of one file

# A part of the widest unit typed without script is one form: 204 rows of 12 cells.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Mail, cache, logs
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="farmland@localhost")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")  # of this site, for links in mails
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 500},
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

# REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "farmland.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["farmland.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "farmland.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter of our own
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
API_STATUSES = ["400", "401", "403", "404", "405", "406", "415"]
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "farmland.api.errors.ExceptionHandler",
    "ALLOWED_ERROR_STATUS_CODES": API_STATUSES,
    "ERROR_SCHEMAS": dict.fromkeys(API_STATUSES, "farmland.api.errors.ErrorsSerializer"),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "耕地保护目标监测平台",
    "DESCRIPTION": "耕地保有量、永久基本农田、高标准农田的目标与现状。面积字段以 _mu 结尾，单位为亩，六位小数的字符串。",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_AUTHENTICATION": None,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "LevelEnum": "farmland.models.Level.choices",
        "StepLevelEnum": ["nation", "province", "prefecture", "county"],
        "QuotaActionEnum": "quotas.models.QuotaAction.choices",
        "QuotaKindEnum": "quotas.models.QuotaKind.choices",
        "QuotaStateEnum": "quotas.models.QuotaState.choices",
    },
}

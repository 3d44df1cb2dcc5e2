"""Every setting of the system, read once from the environment. ``.env.example`` lists and explains each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings as django_settings
from django.utils.functional import lazy

from lienthong.common import env, failpoints, keyfile
from lienthong.common.embedded_postgres import EmbeddedPostgres

# --- Where things lie ---------------------------------------------------------------------------------------------
DATA_DIR = env.read("LIENTHONG_DATA_DIR", Path, Path("var")).absolute()
DATABASE_URL = env.read("LIENTHONG_DATABASE_URL", str, "")
POSTGRES_BINARIES = env.read("LIENTHONG_POSTGRES_BINARIES", Path, None)
EMBEDDED_POSTGRES = EmbeddedPostgres(DATA_DIR / "postgres", binaries=POSTGRES_BINARIES)  # used when no URL is given

# --- Secrets ------------------------------------------------------------------------------------------------------
# Keys are made at the first start and kept in files of the data folder, never in the database or the environment.
MASTER_KEY_FILE = env.read("LIENTHONG_MASTER_KEY_FILE", Path, DATA_DIR / "keys" / "master.key")
LEDGER_KEY_FILE = env.read("LIENTHONG_LEDGER_KEY_FILE", Path, DATA_DIR / "keys" / "ledger.key")
WEB_KEY_FILE = env.read("LIENTHONG_WEB_KEY_FILE", Path, DATA_DIR / "keys" / "web.key")

# --- Serving ------------------------------------------------------------------------------------------------------
HOST = env.read("LIENTHONG_HOST", str, "127.0.0.1")
PORT = env.read("LIENTHONG_PORT", env.integer(minimum=0, maximum=65535), 8019)
LIVE_PORT = env.read("LIENTHONG_LIVE_PORT", env.integer(minimum=0, maximum=65535), 8020)
WEB_PROCESSES = env.read("LIENTHONG_WEB_PROCESSES", env.integer(minimum=1, maximum=64), 2)
WEB_THREADS = env.read("LIENTHONG_WEB_THREADS", env.integer(minimum=4, maximum=512), 64)
DATABASE_POOL = env.read("LIENTHONG_DATABASE_POOL", env.integer(minimum=2, maximum=200), 24)
ALLOWED_HOSTS = env.read("LIENTHONG_ALLOWED_HOSTS", env.words, ["*"])
TRUSTED_PROXIES = env.read("LIENTHONG_TRUSTED_PROXIES", env.networks, list[str]())
SLOW_BODY_SECONDS = env.read("LIENTHONG_SLOW_BODY_SECONDS", env.integer(minimum=1), 120)
SLOWEST_BODY = env.read("LIENTHONG_SLOWEST_BODY", env.integer(minimum=0), 1024)
HEADER_SECONDS = env.read("LIENTHONG_HEADER_SECONDS", env.integer(minimum=1, maximum=600), 30)

# --- Exchange -----------------------------------------------------------------------------------------------------
SEGMENT_PACKAGE_LIMIT = env.read("LIENTHONG_SEGMENT_PACKAGE_LIMIT", env.integer(minimum=0), 1024 * 1024)
SEGMENT_SIZE = env.read("LIENTHONG_SEGMENT_SIZE", env.integer(minimum=1024 * 1024), 256 * 1024 * 1024)
PACKAGE_LIMIT = env.read("LIENTHONG_PACKAGE_LIMIT", env.integer(minimum=1024), 2 * 1024**3)
BATCH_PACKAGES = env.read("LIENTHONG_BATCH_PACKAGES", env.integer(minimum=1, maximum=1000), 64)
BATCH_BYTES = env.read("LIENTHONG_BATCH_BYTES", env.integer(minimum=1024 * 1024), 16 * 1024 * 1024)
LEASE_SECONDS = env.read("LIENTHONG_LEASE_SECONDS", env.integer(minimum=1), 300)
LIST_LIMIT = env.read("LIENTHONG_LIST_LIMIT", env.integer(minimum=1), 1000)
OWNER_MAY_REGISTER = env.read("LIENTHONG_VXP_REGISTER_AGENCIES", env.boolean, True)

# --- Signatures ---------------------------------------------------------------------------------------------------
TRUST_DIR = env.read("LIENTHONG_TRUST_DIR", Path, DATA_DIR / "trust")
SIGNATURE_FETCH = env.read("LIENTHONG_SIGNATURE_FETCH", env.boolean, False)
SIGNATURE_FETCH_SECONDS = env.read("LIENTHONG_SIGNATURE_FETCH_SECONDS", env.integer(minimum=1, maximum=60), 10)
SIGNATURE_INLINE_LIMIT = env.read("LIENTHONG_SIGNATURE_INLINE_LIMIT", env.integer(minimum=0), 10 * 1024 * 1024)
SIGNATURE_CHECK_SECONDS = env.read("LIENTHONG_SIGNATURE_CHECK_SECONDS", env.integer(minimum=1, maximum=600), 60)

# --- Delivery by the axis itself ----------------------------------------------------------------------------------
# What carries packages to systems of a kind; systems of other kinds fetch for themselves.
CONNECTORS = {
    "push": "lienthong.gateways.webhook.connector.WebhookConnector",
    "desk": "lienthong.records.desk.DeskConnector",
    "upstream": "lienthong.gateways.national.connector.NationalConnector",
}
WORKER_THREADS = env.read("LIENTHONG_WORKER_THREADS", env.integer(minimum=1, maximum=128), 8)
WORKER_URGENT_THREADS = env.read("LIENTHONG_WORKER_URGENT_THREADS", env.integer(minimum=0, maximum=128), 2)
WORKER_LEASE_SECONDS = env.read("LIENTHONG_WORKER_LEASE_SECONDS", env.integer(minimum=1), 30)
WORKER_POLL_SECONDS = env.read("LIENTHONG_WORKER_POLL_SECONDS", env.integer(minimum=1), 1)
SYSTEM_CONCURRENCY = env.read("LIENTHONG_SYSTEM_CONCURRENCY", env.integer(minimum=1, maximum=64), 4)
DELIVERY_TIMEOUT = env.read("LIENTHONG_DELIVERY_TIMEOUT", env.integer(minimum=1), 300)
WEBHOOK_NOTICE_FROM = env.read("LIENTHONG_WEBHOOK_NOTICE_FROM", env.integer(minimum=1), 16 * 1024 * 1024)
WEBHOOK_LINK_SECONDS = env.read("LIENTHONG_WEBHOOK_LINK_SECONDS", env.integer(minimum=60), 6 * 3600)
WEBHOOK_LOOPBACK = env.read("LIENTHONG_WEBHOOK_LOOPBACK", env.boolean, False)
PUBLIC_URL = env.read("LIENTHONG_PUBLIC_URL", str, f"http://{HOST}:{PORT}").rstrip("/")

# --- Legal rules --------------------------------------------------------------------------------------------------
RULE_SETS = env.read("LIENTHONG_RULE_SETS", Path, None)
WORKING_DAYS = env.read("LIENTHONG_WORKING_DAYS", Path, None)


# --- Evidence -----------------------------------------------------------------------------------------------------
LOG_ORIGIN = env.read("LIENTHONG_LOG_ORIGIN", env.key_name, "truc.example/log")
CHECKPOINT_SECONDS = env.read("LIENTHONG_CHECKPOINT_SECONDS", env.integer(minimum=0, maximum=3600), 2)
TSA_URL = env.read("LIENTHONG_TSA_URL", env.http_url, "")
TSA_CA_FILE = env.read("LIENTHONG_TSA_CA_FILE", Path, None)
TSA_TIMEOUT = env.read("LIENTHONG_TSA_TIMEOUT", env.integer(minimum=1, maximum=300), 10)
TSA_INTERVAL = env.read("LIENTHONG_TSA_INTERVAL", env.integer(minimum=1), 60)
TSA_BUDGET = env.read("LIENTHONG_TSA_BUDGET", env.integer(minimum=1), 4 * 3600)
TSA_REFUSE = env.read("LIENTHONG_TSA_REFUSE", env.boolean, False)
if TSA_URL and TSA_CA_FILE is None:
    raise env.SettingError("LT-S04: LIENTHONG_TSA_URL cần LIENTHONG_TSA_CA_FILE (chứng thư PEM để tin dấu thời gian).")
# --- REST interface -----------------------------------------------------------------------------------------------
UPLOAD_HOURS = env.read("LIENTHONG_UPLOAD_HOURS", env.integer(minimum=1, maximum=720), 24)
UPLOADS_OPEN = env.read("LIENTHONG_UPLOADS_OPEN", env.integer(minimum=1, maximum=1000), 20)

# --- Figures and watching -----------------------------------------------------------------------------------------
STATISTICS_SECONDS = env.read("LIENTHONG_STATISTICS_SECONDS", env.integer(minimum=10, maximum=86400), 300)
PUBLIC_STATISTICS = env.read("LIENTHONG_PUBLIC_STATISTICS", env.boolean, False)
METRICS_TOKEN_FILE = env.read("LIENTHONG_METRICS_TOKEN_FILE", Path, None)
METRICS_SECONDS = env.read("LIENTHONG_METRICS_SECONDS", env.integer(minimum=10, maximum=3600), 60)
# Where gateways tell how their links are doing, and how the connection to systems of a kind is tested by calling them.
HEALTH_SOURCES = ["lienthong.gateways.national.health.link_healths"]
SELF_TESTS = {
    "push": "lienthong.gateways.webhook.self_test.self_test",
    "upstream": "lienthong.gateways.national.health.self_test",
}
DISK_WARNING_PERCENT = env.read("LIENTHONG_DISK_WARNING_PERCENT", env.integer(minimum=1, maximum=90), 15)

# --- Pages --------------------------------------------------------------------------------------------------------
SESSION_IDLE_MINUTES = env.read("LIENTHONG_SESSION_IDLE_MINUTES", env.integer(minimum=5, maximum=1440), 120)
SESSION_HOURS = env.read("LIENTHONG_SESSION_HOURS", env.integer(minimum=1, maximum=168), 12)
SIGN_IN_FAILURES = env.read("LIENTHONG_SIGN_IN_FAILURES", env.integer(minimum=3, maximum=100), 6)
SIGN_IN_LOCK_MINUTES = env.read("LIENTHONG_SIGN_IN_LOCK_MINUTES", env.integer(minimum=1, maximum=1440), 15)
OIDC_URL = env.read("LIENTHONG_OIDC_URL", env.http_url, "")
OIDC_CLIENT_ID = env.read("LIENTHONG_OIDC_CLIENT_ID", str, "")
OIDC_SECRET_FILE = env.read("LIENTHONG_OIDC_SECRET_FILE", Path, None)
OIDC_NAME = env.read("LIENTHONG_OIDC_NAME", str, "tài khoản của thành phố")
if OIDC_URL and not (OIDC_CLIENT_ID and OIDC_SECRET_FILE):
    raise env.SettingError("LT-S12: LIENTHONG_OIDC_URL cần LIENTHONG_OIDC_CLIENT_ID và LIENTHONG_OIDC_SECRET_FILE.")

# --- Training ground ------------------------------------------------------------------------------------------------
# Set by "lienthong run --training" alone, which makes the mark in a data folder of its own. There anybody may sign in
# as anybody, so it cannot be turned on over the data of real agencies, nor over a database that a URL names.
TRAINING_MARK = DATA_DIR / "training-ground"
TRAINING = env.read("LIENTHONG_TRAINING", env.boolean, False)
TRAINING_OPEN = env.read("LIENTHONG_TRAINING_OPEN", env.boolean, False)
if TRAINING and (DATABASE_URL or not TRAINING_MARK.exists()):
    raise env.SettingError("LT-S14: LIENTHONG_TRAINING chỉ dùng được qua lệnh: lienthong run --training")

# --- Client -------------------------------------------------------------------------------------------------------
# Read by ``lienthong send``, ``inbox``, ``fetch``, ``confirm`` and ``report``, which speak to some axis over HTTP.
API_URL = env.read("LIENTHONG_API_URL", str, "http://127.0.0.1:8019")
API_KEY = env.read("LIENTHONG_API_KEY", str, "")


# --- Other axes -----------------------------------------------------------------------------------------------------
HUB_CODES = env.read("LIENTHONG_HUB_CODES", env.words, list[str]())  # how this axis names itself in trace headers
LINK_SECONDS = env.read("LIENTHONG_LINK_SECONDS", env.number(minimum=0.1), 2.0)
LINK_SYNC_HOURS = env.read("LIENTHONG_LINK_SYNC_HOURS", env.number(minimum=0.01), 6.0)


# --- Tests only ---------------------------------------------------------------------------------------------------
FAILPOINTS = failpoints.ARMED


def _database(url: str) -> dict[str, object]:
    """Translate a PostgreSQL URL to Django's form; the embedded database answers its own URL (see ``cli.main``)."""
    parts = urlsplit(url)
    if url and parts.scheme not in {"postgresql", "postgres"}:
        raise env.SettingError(
            "LT-S03: LIENTHONG_DATABASE_URL phải bắt đầu bằng postgresql:// (PostgreSQL 15 trở lên)."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "lienthong",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.netloc.rpartition("@")[2].partition(":")[0] if parts.netloc else ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {
            # The pool gives up a lost database soon, as every request makes it try again: were it to go on by itself,
            # its pauses would grow to minutes and outlast the outage.
            "pool": {"min_size": 2, "max_size": DATABASE_POOL, "timeout": 5, "reconnect_timeout": 2},
            "connect_timeout": 5,
            "prepare_threshold": 3,
        },
    }


# --- Django -------------------------------------------------------------------------------------------------------
DEBUG = False
SECRET_KEY = lazy(lambda: keyfile.read_or_create(Path(django_settings.WEB_KEY_FILE)), str)()  # made at first use
AUTH_USER_MODEL = "accounts.User"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "lienthong.accounts",
    "lienthong.records",
    "lienthong.records.outgoing",
    "lienthong.ledger",
    "lienthong.registry",
    "lienthong.exchange",
    "lienthong.exchange.guards",
    "lienthong.exchange.signatures",
    "lienthong.statistics",
    "lienthong.monitoring",
    "lienthong.gateways.rest_api",
    "lienthong.gateways.webhook",
    "lienthong.exchange.hubs",
    "lienthong.gateways.national",
    "lienthong.training",
    "lienthong.web",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
]
# Of the pages only: config/wsgi.py sends gateways' requests past it, as the hot path would pay for each one.
MIDDLEWARE = [
    "lienthong.web.middleware.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lienthong.web.middleware.session_life",
    "lienthong.web.middleware.first_password",
    "lienthong.web.middleware.storable_texts",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "lienthong.config.urls"
WSGI_APPLICATION = "lienthong.config.wsgi.application"
DATABASES = {"default": _database(DATABASE_URL or EMBEDDED_POSTGRES.url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True  # pages only: a redirect breaks the national SDK (vxp-protocol.md, section 1)
SILENCED_SYSTEM_CHECKS = ["urls.W002"]  # the national SDK doubles a slash
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
LANGUAGE_CODE = "vi"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "lienthong.web.context.shell",
            ],
            "builtins": ["lienthong.web.templatetags.parts"],
        },
    }
]
FORM_RENDERER = "lienthong.web.rendering.Renderer"
STATIC_URL = "/static/"
STATIC_ROOT = (
    Path(__file__).parents[1] / "web" / "static"
)  # built by "make setup", served by WhiteNoise as it lies there
CSRF_FAILURE_VIEW = "lienthong.web.errors.forged"

# --- Signing in -----------------------------------------------------------------------------------------------------
_HTTPS = PUBLIC_URL.startswith("https://")
_PREFIX = "__Host-" if _HTTPS else ""
_COOKIES = f"{_PREFIX}training-" if TRAINING else _PREFIX  # browsers share cookies between the ports of a machine
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_COOKIES}lienthong", f"{_COOKIES}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if _HTTPS else []  # behind a proxy that ends TLS
SESSION_COOKIE_AGE = SESSION_IDLE_MINUTES * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "home"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
]
ACCOUNT_ADAPTER = "lienthong.web.signin.adapters.AccountAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _HTTPS else "http"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_DISPLAY = str
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_FORMS = {
    "login": "lienthong.web.signin.forms.SignInForm",
    "reauthenticate": "lienthong.web.signin.forms.AgainForm",
}
# Offices sit behind one address, so an address may sign in often; guessing a password is what axes locks out.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "120/m/ip,20/300s/key"}
MFA_ADAPTER = "lienthong.web.signin.adapters.MfaAdapter"
MFA_FORMS = {
    "authenticate": "lienthong.web.signin.forms.CodeForm",
    "activate_totp": "lienthong.web.signin.forms.ActivateForm",
    "add_webauthn": "lienthong.web.signin.forms.KeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Liên thông"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS
SOCIALACCOUNT_ADAPTER = "lienthong.web.signin.adapters.CityAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [], "OAUTH_PKCE_ENABLED": True}}
if OIDC_URL and OIDC_SECRET_FILE:
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] = [
        {
            "provider_id": "city",
            "name": OIDC_NAME,
            "client_id": OIDC_CLIENT_ID,
            "secret": OIDC_SECRET_FILE.read_text(encoding="ascii").strip(),
            "settings": {"server_url": OIDC_URL},
        }
    ]
USERSESSIONS_TRACK_ACTIVITY = False
AXES_FAILURE_LIMIT = SIGN_IN_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=SIGN_IN_LOCK_MINUTES)
AXES_LOCKOUT_PARAMETERS = [
    ["username", "ip_address"]
]  # neither a whole office nor, from outside, a person is locked out
AXES_USERNAME_FORM_FIELD = "login"
AXES_LOCKOUT_CALLABLE = "lienthong.web.signin.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "lienthong.web.signin.adapters.client_address"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # What is wrong with somebody's signature is a finding, stored and shown; it is no fault of this system.
        "pyhanko": {"level": "CRITICAL"},
        "pyhanko_certvalidator": {"level": "CRITICAL"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}

"""All settings, from the environment. Safe by default: what is not asked for is off, an odd value raises.

That a database holds a demonstration is written in that database, not here.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]", "testserver"}

env = environ.Env()


def switch(name: str, *, default: bool = False) -> bool:
    """True or false from the environment; any third word raises, so that a typing error never means "off"."""
    word = env.str(name, default=str(default)).lower()
    if word not in {"true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {word!r}.")
    return word in {"true", "1"}


# --- what kind of process this is --------------------------------------------------------------

DEBUG = switch("DEBUG")
# No default: a command that signs nothing works without one, everything else stops and says so.
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# `make run` serves http://localhost; no other address may do without HTTPS.
PLAIN_HTTP_ON_LOOPBACK = switch("PLAIN_HTTP_ON_LOOPBACK")
if PLAIN_HTTP_ON_LOOPBACK and not set(ALLOWED_HOSTS) <= LOOPBACK_NAMES:
    raise ImproperlyConfigured("PLAIN_HTTP_ON_LOOPBACK: ALLOWED_HOSTS may name localhost alone.")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "simple_history",
    "crispy_forms",
    "django_filters",
    "django_htmx",
    "csp",
    "requests_app",
]

MIDDLEWARE = [
    # First what speaks on every answer, refusals and static files included.
    "louisville_ice.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "louisville_ice.headers.PrivatePagesMiddleware",
    # What is public asks neither who comes nor the database.
    "louisville_ice.visitors.VisitorsMiddleware",
    # A lost database is said at once, before anything asks for it.
    "louisville_ice.outage.OutageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Needs to know who asks; nothing below it runs for a locked screen.
    "requests_app.idle.IdleLockMiddleware",
    # Default deny: nothing below it runs for a session without a second factor.
    "requests_app.signin.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "louisville_ice.urls"
WSGI_APPLICATION = "louisville_ice.wsgi.application"

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
                "requests_app.context_processors.register",
                "requests_app.signin.oidc.identity_provider",
            ],
        },
    },
]

# --- the database ------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A stuck lock is an error message after two seconds, not an outage.
APPLICATION_TIMEOUTS = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "15s",
}
# A migration may take its time, but may not hold up the register while it waits for a lock.
MIGRATION_TIMEOUTS = {"lock_timeout": "4s"}
# What strangers see is read, quickly, and nothing else.
PUBLIC_TIMEOUTS = {**APPLICATION_TIMEOUTS, "default_transaction_read_only": "on"}
# Connections a process keeps open at most; 0 turns the pool off.
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=4)


def database(variable: str, *, timeouts: dict[str, str], pool_size: int) -> dict[str, Any]:
    """The database of one URL. A socket folder is written postgresql://user:password@/name?host=/folder."""
    settings = env.db_url(variable)
    if settings["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(f"{variable} must be the URL of a PostgreSQL database.")
    options = settings.setdefault("OPTIONS", {})
    options["options"] = " ".join(f"-c {name}={value}" for name, value in timeouts.items())
    if pool_size:
        # A lost database is said after two seconds; and found again soon, however long it was away.
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 2, "reconnect_timeout": 2}
    # A connection that died while it lay in the pool is replaced, not handed out.
    return {**settings, "ATOMIC_REQUESTS": False, "CONN_HEALTH_CHECKS": bool(pool_size)}


# Without DATABASE_URL there is no database: evaluate_policy and makemigrations do without.
DATABASES: dict[str, Any] = {}
if env.str("DATABASE_URL", default=""):
    DATABASES["default"] = database(
        "DATABASE_URL", timeouts=APPLICATION_TIMEOUTS, pool_size=DATABASE_POOL_SIZE
    )
# What was released, and nothing else. In production the public pages are to run as a process with it alone.
if env.str("DATABASE_PUBLIC_URL", default=""):
    DATABASES["public"] = database(
        "DATABASE_PUBLIC_URL", timeouts=PUBLIC_TIMEOUTS, pool_size=DATABASE_POOL_SIZE
    )
# The owner of the tables: set for migrations alone, never for a process that serves pages.
if env.str("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = database("DATABASE_OWNER_URL", timeouts=MIGRATION_TIMEOUTS, pool_size=0)

# --- accounts ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "requests_app.User"
AUTHENTICATION_BACKENDS = ["requests_app.signin.backends.PasswordBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["badge_number", "display_name", "email"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "requests_app.signin.passwords.OwnWordsValidator"},
    {"NAME": "requests_app.signin.passwords.NotTooLongValidator"},
]
# The FBI's policy wants a new password each year, OWASP's standard none without cause: 0 switches it off.
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", default=365)
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds that an enrolment link is good for
# Fernet keys of the secrets of second factors: the first encrypts, all decrypt. Never in the database.
FACTOR_KEYS = env.list("FACTOR_KEYS", default=[])
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

SESSION_ENGINE = "requests_app.signin.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: one long shift; the idle lock acts much earlier
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Shared by all processes and kept over a restart; it holds counts of requests, and nothing that opens a door.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "register_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Proxies in front of us whose word on the client's address is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ACCOUNT_ADAPTER = "requests_app.signin.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "badge_number"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # seconds; requests_app.signin.step_up asks the same
ACCOUNT_FORMS = {"login": "requests_app.forms.account.SignInForm"}
# Against one machine that tries many names; the lock of one name is counted by axes.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "60/m/ip", "reauthenticate": "20/m/user"}
MFA_ADAPTER = "requests_app.signin.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # no recovery codes: a lost factor is reset by two people
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # mail addresses are kept by administrators
MFA_FORMS = {
    "authenticate": "requests_app.forms.account.CodeForm",
    "reauthenticate": "requests_app.forms.account.ConfirmCodeForm",
    "activate_totp": "requests_app.forms.account.EnrolAppForm",
    "add_webauthn": "requests_app.forms.account.AddPasskeyForm",
}

# --- the department's identity provider: off unless its three variables are set -----------------

OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env.str("OIDC_NAME", default="the department")  # "Sign in through …"
# Words of `amr` or `acr` in the provider's token that mean: a second factor was shown.
OIDC_SECOND_FACTOR = env.list("OIDC_SECOND_FACTOR", default=["mfa", "otp", "hwk", "sc", "fido"])
OIDC_CA_BUNDLE = env.str("OIDC_CA_BUNDLE", default="")  # a file, where the provider's authority is our own
_issuer = urlsplit(OIDC_ISSUER)
if len({bool(word) for word in (OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET)}) > 1:
    raise ImproperlyConfigured("Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or none of them.")
_plain = PLAIN_HTTP_ON_LOOPBACK and _issuer.scheme == "http" and _issuer.hostname in LOOPBACK_NAMES
if OIDC_ISSUER and not (_issuer.hostname and (_issuer.scheme == "https" or _plain)):
    raise ImproperlyConfigured("OIDC_ISSUER must be an https address.")
if OIDC_ISSUER and not any(OIDC_SECOND_FACTOR):
    raise ImproperlyConfigured("OIDC_SECOND_FACTOR is empty: nobody could show a second factor.")
# A form that leads to the provider is a form of ours: browsers ask the policy about the redirect too.
OIDC_ORIGIN = [f"{_issuer.scheme}://{_issuer.netloc}"] if OIDC_ISSUER else []
SOCIALACCOUNT_ADAPTER = "requests_app.signin.oidc.IdentityAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "requests_app.signin.oidc.DepartmentProvider", "APPS": []}
}
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)  # the window of counting; the lock itself is ours and stands
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "requests_app.signin.locks.name_tried"
AXES_CLIENT_IP_CALLABLE = "requests_app.signin.networks.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_SENSITIVE_PARAMETERS = ["login", "password", "code", "credential", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # the ledger has every sign-in
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = [
    "axes.W002",  # its middleware would answer a lock differently: every failed sign-in has one answer
    "axes.W003",  # its backend would end a lock after fifteen minutes: ours stands until a person releases it
    "axes.W006",  # by name alone on purpose: an attacker's address changes, the account stays the same
]

# --- language and time: UTC inside, Louisville at the edge -------------------------------------

LANGUAGE_CODE = "en-us"
# Of the public pages; staff pages are English.
LANGUAGES = [("en", "English"), ("es", "Español")]
CATALOGUES = ("figures", "words", "policy", "texts", "pages", "data")
LOCALE_PATHS = [BASE_DIR / "locale" / name for name in CATALOGUES]
TIME_ZONE = "America/Kentucky/Louisville"
USE_I18N = True
USE_TZ = True

# --- static files ------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Collecting compresses for half a minute: a server does it once, `make run` serves from the source folders.
STATIC_COLLECTED = switch("STATIC_COLLECTED")
STATIC_ROOT = BASE_DIR / "staticfiles" if STATIC_COLLECTED else None
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG
COLLECTED_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": COLLECTED_STORAGE if STATIC_COLLECTED else PLAIN_STORAGE},
}

# --- what browsers are told --------------------------------------------------------------------

HTTPS = not PLAIN_HTTP_ON_LOOPBACK
SECURE_SSL_REDIRECT = HTTPS
# Set only where a proxy in front of us sets or strips this header on every request.
if switch("BEHIND_HTTPS_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The proxy asks for health inside, without HTTPS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0  # two years
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CROSS_ORIGIN_RESOURCE_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Files are for our own pages; whitenoise alone would let every site read them.
WHITENOISE_ALLOW_ALL_ORIGINS = False

# A browser takes a `__Host-` cookie from this host alone, over HTTPS alone, and for the whole site.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
# Lax, not Strict: a paged officer comes from a link in a mail. With Strict that visit would carry no cookie,
# and the new ones that it gets would sign the officer out and spoil forms that stand open in other windows.
# Nothing is written by GET, and no other site's POST carries a Lax cookie.
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# What is said after an act may name a request: it stays on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *OIDC_ORIGIN],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "display-capture": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
    # A passkey signs in, on our own pages alone.
    "publickey-credentials-create": ["self"],
    "publickey-credentials-get": ["self"],
}

# --- mail, jobs, forms, history, log -----------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 10  # seconds: the job is tried again, it must not hang
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="register@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Links in mail begin with this.
OWN_HOST = ALLOWED_HOSTS[0].lstrip(".*") if ALLOWED_HOSTS else ""
OWN_URL = f"https://{OWN_HOST}" if HTTPS and OWN_HOST else "http://localhost:8000"
SITE_URL = env.str("SITE_URL", default=OWN_URL).rstrip("/")
# What the signer has published of the log: checkpoint, tiles and policy. The pages read nothing else of it.
TLOG_DIR = Path(env.str("TLOG_DIR", default=str(BASE_DIR / "var" / "tlog")))
# Where the public asks for a correction; the same for every process that makes pages. Empty: in words.
PUBLIC_CONTACT = env.str("PUBLIC_CONTACT", default="")
# The public site, written as files; a web server in front may hand them out itself.
PUBLIC_DIR = Path(env.str("PUBLIC_DIR", default=str(BASE_DIR / "var" / "public")))
# How often one address may ask, in each process, for what is worked out anew: explorer, search, API.
PUBLIC_REQUESTS_PER_MINUTE = env.int("PUBLIC_REQUESTS_PER_MINUTE", default=120)

CRISPY_ALLOWED_TEMPLATE_PACKS = "uswds"
CRISPY_TEMPLATE_PACK = "uswds"
CRISPY_FAIL_SILENTLY = False  # a layout that names a field twice, or one that is not there, is a mistake

# Reasons are sentences: they do not fit simple-history's hundred characters.
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_REVERT_DISABLED = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "louisville_ice.logs.LineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

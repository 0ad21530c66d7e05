"""Django's settings, checked at start. What differs between installations comes from ``configuration``."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from quantriet.web import configuration, logs
from quantriet.web.database import read_database_settings

QUANTRIET = configuration.read()

PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = QUANTRIET.secret_key
DEBUG = QUANTRIET.debug
ALLOWED_HOSTS = list(QUANTRIET.hosts)
CSRF_TRUSTED_ORIGINS = list(QUANTRIET.origins)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "quantriet.core",
    "quantriet.org",
    "quantriet.ledger",
    "quantriet.documents",
    "quantriet.campaigns",
    "quantriet.lecturers",
    "quantriet.conferences",
    "quantriet.reports",
    "quantriet.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "quantriet.web.logs.RequestLog",
    "quantriet.web.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "quantriet.web.language.CookieLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "quantriet.web.urls"
WSGI_APPLICATION = "quantriet.web.wsgi.application"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "quantriet.web.context.house",
            ],
            "builtins": ["django.templatetags.i18n", "quantriet.core.templatetags.ui"],
        },
    }
]

DATABASES = {"default": read_database_settings(QUANTRIET.home, os.environ)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.Account"
AUTHENTICATION_BACKENDS = ["quantriet.org.sign_in.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "quantriet.org.hashers.SlipPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

SESSION_ENGINE = "quantriet.org.sessions"
SESSION_COOKIE_NAME = "__Host-quantriet" if QUANTRIET.https else "quantriet"
SESSION_COOKIE_SECURE = QUANTRIET.https
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if QUANTRIET.https else "csrf"
CSRF_COOKIE_SECURE = QUANTRIET.https
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_HSTS_SECONDS = 31_536_000 if QUANTRIET.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = QUANTRIET.https
SECURE_HSTS_PRELOAD = QUANTRIET.https
SECURE_SSL_REDIRECT = QUANTRIET.https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked on this machine, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if QUANTRIET.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", "English")]
# Each package keeps its own catalogue; all are named, so that a reader in a cage of its own finds them too.
LOCALE_PATHS = sorted(PACKAGE.glob("*/locale"))
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = QUANTRIET.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
FILES_ROOT = QUANTRIET.home / "files"

SITE_ADDRESS = os.environ.get("QUANTRIET_SITE_ADDRESS", "").rstrip("/")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

EMAIL_BACKEND = os.environ.get("QUANTRIET_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("QUANTRIET_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("QUANTRIET_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("QUANTRIET_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("QUANTRIET_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("QUANTRIET_SMTP_TLS") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("QUANTRIET_MAIL_FROM", "quan-triet@localhost")

FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGGING = logs.LOGGING
logs.configure()
SILENCED_SYSTEM_CHECKS: list[str] = []

"""Production: everything comes from the environment, and what is missing or weak stops the start. docs/deployment.md has the table."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from planning_site.settings.base import *  # noqa: F403
from planning_site.settings.base import DATABASES, REDIS_URL, env

SECRET_KEY_LENGTH = 50


def refuse_unless(holds: bool, sentence: str) -> None:
    """Stop the start with a sentence that names the variable."""
    if not holds:
        raise ImproperlyConfigured(sentence)


def is_origin(url: str) -> bool:
    """Say whether the text is a scheme and a host, without a path."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path in ("", "/") and not parts.query


DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
refuse_unless(
    len(SECRET_KEY) >= SECRET_KEY_LENGTH and len(set(SECRET_KEY)) >= 5,
    f"SECRET_KEY must be at least {SECRET_KEY_LENGTH} random characters.",
)

ALLOWED_HOSTS = [host.strip() for host in env.list("ALLOWED_HOSTS")]
refuse_unless(
    bool(ALLOWED_HOSTS) and "*" not in ALLOWED_HOSTS and all(ALLOWED_HOSTS), "ALLOWED_HOSTS must name the hosts, such as plan.example.com."
)

SITE_URL = env.str("SITE_URL").rstrip("/")
refuse_unless(is_origin(SITE_URL), "SITE_URL must be the address that people use, such as https://plan.example.com.")

refuse_unless(
    DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql",
    "DATABASE_URL must name a PostgreSQL: postgres://user:password@host:5432/name.",
)
refuse_unless(urlsplit(REDIS_URL).scheme in ("redis", "rediss"), "REDIS_URL must name a Redis or Valkey: redis://:password@host:6379/0.")

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or f"planning@{urlsplit(SITE_URL).hostname}"
refuse_unless("@" in DEFAULT_FROM_EMAIL, "DEFAULT_FROM_EMAIL must be the sender's address.")

# Without HTTPS (HTTPS=0, a closed network) passwords travel in the clear; check --deploy says so.
HTTPS = env.bool("HTTPS", default=True)
refuse_unless(SITE_URL.startswith("https://") == HTTPS, "SITE_URL must begin with https://, or HTTPS must be 0.")
CSRF_TRUSTED_ORIGINS = [SITE_URL, *env.list("CSRF_TRUSTED_ORIGINS", default=[])]
refuse_unless(
    all(is_origin(origin) for origin in CSRF_TRUSTED_ORIGINS),
    "CSRF_TRUSTED_ORIGINS must be a list of addresses such as https://plan.example.com.",
)

SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# A proxy in front must set this header itself, whatever the browser sent.
if env.bool("BEHIND_PROXY", default=True):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=True)

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

"""Settings common to every installation. The environment is read here and nowhere else; a bad value fails at once."""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "planning_site.core",
    "planning_site.outbox",
    "planning_site.workbooks",
    "orders",
    "procurement",
    "quality",
    "scheduling",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "planning_site.core.middleware.LanguageMiddleware",
    "planning_site.core.middleware.PlantMiddleware",
    "planning_site.core.middleware.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "planning_site.urls"
WSGI_APPLICATION = "planning_site.wsgi.application"

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
                "planning_site.core.context.shell",
            ],
            "builtins": ["planning_site.core.templatetags.figures"],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "planning_site.core.views.locked_out"
LOGIN_URL = "core:login"
LOGIN_REDIRECT_URL = "inbox:home"
LOGOUT_REDIRECT_URL = "core:login"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
# All of our catalogues stand before those of other packages, whose word for the same English text may mean another thing.
LOCALE_PATHS = [BASE_DIR / room / "locale" for room in ("planning_site", "orders", "procurement", "quality", "scheduling")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("FACTORY_TIME_ZONE", default="Asia/Shanghai")
FACTORY_NAME = env.str("FACTORY_NAME", default="示例鞋业有限公司")
# Whether the login page may list the accounts of the demo factory, where that was loaded.
DEMO = env.bool("DEMO", default=False)
SITE_URL = env.str("SITE_URL", default="http://localhost:8000")

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))()
STATICFILES_DIRS = [BASE_DIR / "static"]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF, "'unsafe-inline'"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}

# An upload may be large, what it holds is bounded by planning_site.workbooks.guard.
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Without EMAIL_URL mail is kept in the outbox and read on its page.
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="履约 <planning@localhost>")
EMAIL_TIMEOUT = 30

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="planning")
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# Every job below asks "due and not yet handled": it may run late, twice, or after an outage.
CELERY_BEAT_SCHEDULE = {
    "deliver-mail": {"task": "planning_site.outbox.tasks.deliver", "schedule": 20.0, "options": {"expires": 20}},
    "drain-imports": {"task": "planning_site.workbooks.tasks.drain", "schedule": 15.0, "options": {"expires": 15}},
    "drain-plan-runs": {"task": "scheduling.tasks.drain_plan_runs", "schedule": 15.0, "options": {"expires": 15}},
    "refresh-hits": {"task": "scheduling.tasks.refresh_hits", "schedule": 30.0, "options": {"expires": 30}},
    "request-due-plans": {"task": "scheduling.tasks.request_due_plans", "schedule": crontab(minute="*/10"), "options": {"expires": 600}},
    "drain-requirement-runs": {"task": "procurement.tasks.drain_requirement_runs", "schedule": 15.0, "options": {"expires": 15}},
    "watch-requirements": {"task": "procurement.tasks.watch_requirements", "schedule": 60.0, "options": {"expires": 60}},
    "follow-new-styles": {"task": "quality.tasks.follow_new_styles", "schedule": crontab(minute="*/10"), "options": {"expires": 600}},
    "escalate-late-items": {"task": "quality.tasks.escalate_late_items", "schedule": crontab(minute="15,45"), "options": {"expires": 1800}},
    "escalate-postponements": {
        "task": "scheduling.tasks.escalate_unanswered",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "morning-digest": {"task": "scheduling.tasks.send_due_digests", "schedule": crontab(minute="*/5"), "options": {"expires": 300}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # The timetable starts some ten tasks a minute, and one line for each would bury what matters: failures stay, arrivals do not.
    "loggers": {
        "axes": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}

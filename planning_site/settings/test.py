"""Tests: real PostgreSQL and a real broker, cheap password hashing, mail kept in the outbox unless a test says otherwise.

Settings load before any fixture runs, and type checkers load them without any server. So an address that the environment does not
give is empty here; the fixture `services` (tests/conftest.py) puts the real one in before the first test that needs it.
"""

import os

NOT_YET = {"DATABASE_URL": "postgres://not-yet@127.0.0.1:1/not-yet", "REDIS_URL": "redis://127.0.0.1:1/0"}
_missing = [name for name in NOT_YET if not os.environ.get(name)]
os.environ.update({name: NOT_YET[name] for name in _missing})
os.environ["EMAIL_URL"] = ""

from planning_site.settings.base import *  # noqa: E402, F403

for _name in _missing:
    del os.environ[_name]

SECRET_KEY = "only-for-tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

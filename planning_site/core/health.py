"""Whether the parts that every page needs can be reached."""

import logging

import redis
from django.conf import settings
from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

WAIT_SECONDS = 2


def report() -> dict[str, str]:
    """`ok` or `unreachable` for the database and the broker. Addresses and causes go to the log, not to the answer."""
    return {"database": _database(), "broker": _broker()}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database cannot be reached")
        return "unreachable"
    return "ok"


def _broker() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=WAIT_SECONDS, socket_timeout=WAIT_SECONDS) as client:
            client.ping()
    except redis.RedisError:
        logger.exception("The broker cannot be reached")
        return "unreachable"
    return "ok"

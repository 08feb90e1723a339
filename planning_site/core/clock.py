"""The only clocks. A day is the factory's, an instant is aware UTC."""

import datetime as dt
import zoneinfo

from django.conf import settings
from django.utils import timezone


def factory_zone() -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def now() -> dt.datetime:
    """This instant, aware, in UTC."""
    return timezone.now()


def today() -> dt.date:
    """Today's date where the factory stands."""
    return now().astimezone(factory_zone()).date()


def at(day: dt.date, time: dt.time) -> dt.datetime:
    """The instant of a factory wall time on a day, in UTC."""
    return dt.datetime.combine(day, time, tzinfo=factory_zone()).astimezone(dt.UTC)

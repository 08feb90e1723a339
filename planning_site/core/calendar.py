"""The working days of a plant: Monday to Saturday, less the closed periods, plus the Sundays that are worked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from planning_site.core.models import CalendarPeriod, Plant

SUNDAY = 6
SEARCH_DAYS = 400  # the longest stretch without a working day that is still taken for a calendar and not for a mistake


@dataclass(frozen=True)
class WorkingCalendar:
    """A pure view of one plant's calendar; days are dates."""

    closed: frozenset[dt.date]
    working: frozenset[dt.date]

    def is_working(self, day: dt.date) -> bool:
        return day in self.working or (day.weekday() != SUNDAY and day not in self.closed)

    def next_working(self, day: dt.date, *, after: bool = True) -> dt.date:
        """The first working day after `day` (or `day` itself with after=False)."""
        return self._seek(day + dt.timedelta(days=1) if after else day, 1)

    def previous_working(self, day: dt.date, *, before: bool = True) -> dt.date:
        """The last working day before `day` (or `day` itself with before=False)."""
        return self._seek(day - dt.timedelta(days=1) if before else day, -1)

    def add(self, day: dt.date, working_days: int) -> dt.date:
        """The day that lies a number of working days after (or, negative, before) `day`."""
        for _step in range(abs(working_days)):
            day = self.next_working(day) if working_days > 0 else self.previous_working(day)
        return day

    def days(self, first: dt.date, count: int) -> list[dt.date]:
        """The first `count` working days from `first` on, itself included if worked."""
        out: list[dt.date] = []
        day = first
        while len(out) < count:
            day = self.next_working(day, after=False)
            out.append(day)
            day += dt.timedelta(days=1)
        return out

    def between(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """The working days from first to last, both included."""
        span = (last - first).days + 1
        return [day for n in range(span) if self.is_working(day := first + dt.timedelta(days=n))]

    def _seek(self, day: dt.date, step: int) -> dt.date:
        for distance in range(SEARCH_DAYS):
            found = day + dt.timedelta(days=step * distance)
            if self.is_working(found):
                return found
        message = _("There is no working day within %(days)d days of %(day)s. Check the calendar.")
        raise DomainError(message % {"days": SEARCH_DAYS, "day": day}, "calendar")


def build(periods: Iterable[CalendarPeriod]) -> WorkingCalendar:
    """A calendar from its exceptions. A worked period wins over a closed one."""
    days: dict[str, set[dt.date]] = {CalendarPeriod.Kind.CLOSED.value: set(), CalendarPeriod.Kind.WORKING.value: set()}
    for period in periods:
        span = (period.last_day - period.first_day).days + 1
        days[period.kind].update(period.first_day + dt.timedelta(days=n) for n in range(span))
    return WorkingCalendar(closed=frozenset(days["closed"]), working=frozenset(days["working"]))


def calendar_of(plant: Plant) -> WorkingCalendar:
    return build(plant.calendar_periods.all())

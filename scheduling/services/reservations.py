"""Reserving a promised date for two days, and letting it go."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from scheduling.answers.promise import Question, answer
from scheduling.models import DateReservation, Plan
from scheduling.selectors.floor import floor_of
from scheduling.services.drafts import lock_plant

LASTS = dt.timedelta(hours=48)


def standing_reservations(plant: Plant, now: dt.datetime) -> QuerySet[DateReservation]:
    """What room is kept for, the oldest first: who reserved first is served first."""
    rows = DateReservation.objects.filter(plant=plant, released_at=None, expires_at__gt=now)
    return rows.select_related("style", "reserved_by").order_by("pk")


@transaction.atomic
def reserve_date(
    *, plan: Plan, question: Question, way: str, for_whom: str, promised_on: dt.date, by: User, now: dt.datetime | None = None
) -> DateReservation:
    """Keep room for 48 hours. Reservations of a plant are made one after the other, so that two people never reserve the same minutes.

    Raises DomainError without a name, or where the day has gone meanwhile; it then says which day is left.
    """
    now = now or clock.now()
    for_whom = for_whom.strip()[:80]
    if not for_whom:
        raise DomainError(_("Say for whom the date is reserved."), "for_whom")
    lock_plant(plan.plant_id)
    found = answer(question, plan, floor_of(plan.plant), list(standing_reservations(plan.plant, now)))
    mine = next((one for one in (found.plain, *found.others) if one.way == way), None)
    if mine is None or mine.finish_on is None:
        raise DomainError(_("The plan has no room for it this way."), "no_room")
    if mine.finish_on > promised_on:
        message = _("%(day)s has gone meanwhile; %(left)s is left.")
        raise DomainError(message % {"day": promised_on, "left": mine.finish_on}, "gone")
    row = DateReservation(
        plant=plan.plant,
        style=question.style,
        pairs=question.pairs,
        for_whom=for_whom,
        way=way,
        starts_on=question.starts_on,
        wanted_on=question.wanted_on,
        promised_on=mine.finish_on,
        reserved_by=by,
        reserved_at=now,
        expires_at=now + LASTS,
    )
    row.full_clean()
    row.save(force_insert=True)
    audit.record(row, "reserve", by=by, values={"promised_on": (None, str(row.promised_on)), "for": (None, for_whom)})
    return row


@transaction.atomic
def release_date(*, reservation_id: int, by: User) -> DateReservation:
    """Let a reservation go before its time. Raises DomainError where it has gone already."""
    row = DateReservation.objects.select_for_update().get(pk=reservation_id)
    now = clock.now()
    if not row.stands(now):
        raise DomainError(_("This reservation has ended already."), "ended")
    row.released_at = now
    row.save(update_fields=["released_at"])
    audit.record(row, "release", by=by, values={"released_at": (None, now.isoformat())})
    return row

"""The audit trail: everything that changes a plan, a date, a stock or a sign-off leaves who, when, what, why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import QuerySet

from planning_site.core import clock
from planning_site.core.models import Change, User


@dataclass(frozen=True)
class Entry:
    """One change to record. `values` maps a field name to (old, new)."""

    obj: models.Model
    action: str
    values: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    why: str = ""


def record(obj: models.Model, action: str, *, by: User | None, values: Mapping[str, tuple[Any, Any]] | None = None, why: str = "") -> None:
    """Write one row of history in the caller's transaction."""
    record_many([Entry(obj, action, values or {}, why)], by=by)


def record_many(entries: Iterable[Entry], *, by: User | None) -> None:
    """Write many rows of history with one insert per thousand."""
    at = clock.now()
    Change.objects.bulk_create(
        [
            Change(
                at=at,
                by=by,
                object_type=entry.obj._meta.label_lower,
                object_id=entry.obj.pk,
                action=entry.action,
                values={name: list(pair) for name, pair in entry.values.items()},
                why=entry.why,
            )
            for entry in entries
        ],
        batch_size=1000,
    )


def history_of(*objects: models.Model) -> QuerySet[Change]:
    """The changes of the given objects, newest first, with their authors."""
    wanted = models.Q(pk__in=[])
    for obj in objects:
        wanted |= models.Q(object_type=obj._meta.label_lower, object_id=obj.pk)
    return Change.objects.filter(wanted).select_related("by")

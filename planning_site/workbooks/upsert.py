"""Imports plain tables: one row, one database row found by its key; new ones are added, changed fields updated, in bulk.

A blank cell leaves what is stored as it is: blank is not zero, and not "delete this".
"""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from planning_site.core import audit

from .results import Context, RowResult, RowState
from .typed import Record

Row = TypeVar("Row", bound=models.Model)
BATCH = 2_000
CHANGED = "changed"


@dataclass
class Draft(Generic[Row]):
    """What a row wants to be: the object, and for a stored one the fields to update."""

    obj: Row
    fields: list[str] = field(default_factory=list)


class TableImporter(ABC, Generic[Row]):
    """Compares rows with the stored objects by key. Subclasses say what the key is and which values a row gives."""

    model: type[Row]

    @abstractmethod
    def lookups(self, records: Sequence[Record], context: Context) -> Any:
        """Fetch in bulk what `key` and `values` need."""

    @abstractmethod
    def key(self, record: Record, lookups: Any) -> Hashable | None:
        """Return the row's key, None (after blaming a cell) when it has none."""

    @abstractmethod
    def existing(self, keys: Iterable[Any], lookups: Any, context: Context) -> Mapping[Any, Row]:
        """Return the stored objects by key."""

    @abstractmethod
    def values(self, record: Record, lookups: Any, context: Context) -> dict[str, Any]:
        """Return the field values the row gives; blame cells that cannot be."""

    @abstractmethod
    def blank(self, key: Any, lookups: Any, context: Context) -> Row:
        """Return a new object with its key set."""

    key_field = ""

    def plan(self, records: Sequence[Record], context: Context) -> list[RowResult]:
        """Return one result per record; a key that stands twice in the file is wrong the second time."""
        lookups = self.lookups(records, context)
        keys = [self.key(record, lookups) for record in records]
        stored = self.existing([key for key in keys if key is not None], lookups, context)
        first: dict[Hashable, Record] = {}
        results = []
        for record, key in zip(records, keys, strict=True):
            values = self.values(record, lookups, context)
            if key is not None and key in first:
                place = f"{first[key].sheet}!{first[key].row}"
                record.blame(self.key_field, _("Stands in the file already: %(place)s.") % {"place": place})
            if key is None or record.wrong:
                results.append(RowResult(record, RowState.WRONG))
                continue
            first[key] = record
            results.append(self._compare(record, stored.get(key), values, lambda key=key: self.blank(key, lookups, context)))
        return results

    def _compare(self, record: Record, obj: Row | None, values: dict[str, Any], make: Any) -> RowResult:
        """Return the result of one good row."""
        if obj is None:
            made: Row = make()
            for name, value in values.items():
                setattr(made, name, value)
            return RowResult(record, RowState.NEW, data=Draft(made))
        changes = {}
        for name, value in values.items():
            old = getattr(obj, name)
            if old != value:
                changes[name] = (shown(old), shown(value))
                setattr(obj, name, value)
        if not changes:
            return RowResult(record, RowState.UNCHANGED)
        return RowResult(record, RowState.CHANGED, changes=changes, data=Draft(obj, list(changes)))

    def write(self, results: Sequence[RowResult], context: Context) -> None:
        """Insert and update in bulk; changes leave their history."""
        manager = self.model._default_manager
        manager.bulk_create([result.data.obj for result in results if result.state is RowState.NEW], batch_size=BATCH)
        changed = [result for result in results if result.state is RowState.CHANGED]
        fields = sorted({name for result in changed for name in result.data.fields})
        if changed:
            manager.bulk_update([result.data.obj for result in changed], fields, batch_size=BATCH)
            audit.record_many(
                [audit.Entry(result.data.obj, CHANGED, result.changes, context.file[:300]) for result in changed], by=context.by
            )


def shown(value: Any) -> Any:
    """Return a value as people read it in old → new."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items()}
    if isinstance(value, list | tuple):
        return "、".join(str(item) for item in value)
    return str(value)


def folded(text: str) -> str:
    """Return a name for comparing: without case and doubled blanks."""
    return " ".join(text.split()).casefold()


def given(record: Record, *names: str, **renamed: str) -> dict[str, Any]:
    """Return the values of a record's fields that are not blank, by model field."""
    pairs = [*((name, name) for name in names), *renamed.items()]
    return {field_name: record.values[name] for field_name, name in pairs if name in record.values}

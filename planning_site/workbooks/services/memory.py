"""What the reader has been taught: header words and re-mapped columns, kept in the database."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.workbooks import registry
from planning_site.workbooks.headers import SIZE_PREFIX
from planning_site.workbooks.models import ColumnMapping, HeaderAlias
from planning_site.workbooks.registry import Knowledge, Remapping
from planning_site.workbooks.words import variants


def knowledge(*, customer: str = "", own: Mapping[str, Mapping[str, Any]] | None = None, shift_days: int = 0) -> Knowledge:
    """Return all that recognition knows; `own` are a job's own re-mappings by signature, which win.

    Where several customers' files have the same header, only the named customer's re-mapping is used: without a name none is.
    """
    aliases: dict[str, dict[str, str]] = {}
    for row in HeaderAlias.objects.all():
        for word in variants(row.words):
            aliases.setdefault(row.kind, {})[word] = row.field
    found: dict[str, list[ColumnMapping]] = {}
    for mapping in ColumnMapping.objects.all():
        found.setdefault(mapping.signature, []).append(mapping)
    remappings = {signature: _remapping(chosen) for signature, rows in found.items() if (chosen := _choose(rows, customer)) is not None}
    for signature, said in (own or {}).items():
        remappings[signature] = remapping_from(said)
    return Knowledge(aliases=aliases, remappings=remappings, shift=dt.timedelta(days=shift_days), sums=registry.sums())


def _choose(rows: list[ColumnMapping], customer: str) -> ColumnMapping | None:
    """Return the customer's re-mapping, else the only one, else the one for everybody."""
    named = [row for row in rows if row.customer == customer and customer]
    if named:
        return named[0]
    if customer:
        return next((row for row in rows if not row.customer), None)
    return rows[0] if len(rows) == 1 else next((row for row in rows if not row.customer), None)


def _remapping(row: ColumnMapping) -> Remapping:
    """Return a stored re-mapping as recognition takes it."""
    return Remapping(row.kind, row.columns, row.constants, row.values, row.numbers, row.days)


def remapping_from(said: Mapping[str, Any]) -> Remapping:
    """Return a re-mapping kept as JSON with a job."""
    return Remapping(
        kind=said["kind"],
        columns=said["columns"],
        constants=said.get("constants", {}),
        values=said.get("values", {}),
        numbers=said.get("numbers", ""),
        days=said.get("days", ""),
    )


def check_remapping(remapping: Remapping) -> None:
    """Refuse a re-mapping to a kind or field that does not exist, and two columns for one field. Raises DomainError."""
    try:
        kind = registry.kind_of(remapping.kind)
    except KeyError:
        raise DomainError(_("Choose what the sheet holds."), "unknown_kind") from None
    fields = [name for name in remapping.columns.values() if name and not name.startswith(SIZE_PREFIX)]
    unknown = {*fields, *remapping.constants, *remapping.values} - set(kind.by_name)
    if unknown:
        raise DomainError(_("There is no field %(name)s in this kind of sheet.") % {"name": sorted(unknown)[0]}, "unknown_field")
    twice = {name for name in fields if fields.count(name) > 1}
    if twice:
        label = kind.by_name[sorted(twice)[0]].label
        raise DomainError(_("Two columns are taken for %(field)s. Keep one.") % {"field": label}, "field_twice")
    given = {*fields, *remapping.constants}
    missing = [str(item.label) for item in kind.fields if item.required and item.name not in given]
    if missing:
        raise DomainError(_("Still without a column: %(fields)s.") % {"fields": pgettext("list", ", ").join(missing)}, "field_missing")


def remember(*, signature: str, customer: str, remapping: Remapping, by: User | None) -> ColumnMapping:
    """Keep a re-mapping for the customer's next file with this header. Raises DomainError."""
    check_remapping(remapping)
    values = {
        "kind": remapping.kind,
        "columns": dict(remapping.columns),
        "constants": dict(remapping.constants),
        "values": {name: dict(words) for name, words in remapping.values.items()},
        "numbers": remapping.numbers,
        "days": remapping.days,
        "by": by,
    }
    row, _created = ColumnMapping.objects.update_or_create(signature=signature, customer=customer, defaults=values)
    return row


def add_alias(*, kind: str, field: str, words: str, by: User | None) -> HeaderAlias:
    """Teach a header word to every later file. Raises DomainError for an unknown kind or field."""
    if not words.strip():
        raise DomainError(_("The header word is missing."), "missing")
    try:
        registry.kind_of(kind).by_name[field]
    except KeyError:
        raise DomainError(_("There is no field %(name)s in this kind of sheet.") % {"name": field}, "unknown_field") from None
    row, _created = HeaderAlias.objects.update_or_create(kind=kind, words=words.strip(), defaults={"field": field, "by": by})
    return row


def teach(*, kind: str, columns: Mapping[str, str], by: User | None) -> None:
    """Teach every header word of a re-mapping that the kind does not know yet. Raises DomainError."""
    known = registry.kind_of(kind).words
    for word, meaning in columns.items():
        if meaning and not meaning.startswith(SIZE_PREFIX) and not any(known.get(variant) == meaning for variant in variants(word)):
            add_alias(kind=kind, field=meaning, words=word, by=by)

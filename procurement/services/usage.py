"""Writing bills of materials: new versions, changed rows, copies from another style."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import StyleColour
from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from procurement.models import Material, Usage, UsageVersion
from procurement.selectors import usage as bills
from procurement.services.requirements import request_run

BATCH = 2_000


def versions_to_write(wanted: Collection[tuple[int, dt.date]], *, by: User | None) -> dict[tuple[int, dt.date], UsageVersion]:
    """The versions of these (style colour, first day); those that are missing are made as copies of the version before them."""
    colours = {colour for colour, _day in wanted}
    known = {(row.style_colour_id, row.valid_from): row for row in UsageVersion.objects.filter(style_colour__in=colours)}
    before = bills.versions(colours)
    made: list[tuple[UsageVersion, int | None]] = []
    for colour, day in sorted(set(wanted) - known.keys()):
        earlier = [version for version in before.get(colour, ()) if version.valid_from < day]
        made.append((UsageVersion(style_colour_id=colour, valid_from=day, made_by=by), earlier[-1].pk if earlier else None))
    UsageVersion.objects.bulk_create([version for version, _source in made], batch_size=BATCH)
    copies: list[Usage] = []
    for version, source in made:
        known[version.style_colour_id, version.valid_from] = version
        if source:
            copies += [copy_of(row, version) for row in Usage.objects.filter(version=source)]
    Usage.objects.bulk_create(copies, batch_size=BATCH)
    return {key: known[key] for key in wanted}


def copy_of(row: Usage, version: UsageVersion) -> Usage:
    """The same row in another version, not saved."""
    return Usage(
        version=version,
        part=row.part,
        material_id=row.material_id,
        per_pair=row.per_pair,
        loss_percent=row.loss_percent,
        stage=row.stage,
        grading=row.grading,
        base_size=row.base_size,
        by_size=dict(row.by_size),
    )


@dataclass(frozen=True)
class UsageLine:
    """What a row of a bill of materials says, as somebody wrote it."""

    part: str
    material: Material
    per_pair: Decimal
    loss_percent: Decimal
    stage: str = ""
    grading: str = Usage.Grading.FLAT
    base_size: str = ""
    by_size: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """For the history: `2.236 +8%`, with its sizes where it has them."""
        sizes = " ".join(f"{size}:{value}" for size, value in self.by_size.items())
        return f"{self.per_pair.normalize():f} +{self.loss_percent.normalize():f}% {sizes}".strip()


@transaction.atomic
def save_version(
    *,
    colour: StyleColour,
    valid_from: dt.date,
    lines: Sequence[UsageLine],
    note: str,
    by: User | None,
    version: UsageVersion | None = None,
    revision: int = 0,
) -> UsageVersion:
    """Write a whole bill of materials: a new version, or with `version` (read at `revision`) the rows of a stored one.

    Raises DomainError when it is empty (`empty`), a part stands twice with a material (`twice`), a size is missing (`size`), a version
    from that day exists (`day`) or somebody else saved it meanwhile (`conflict`). What it changes for open orders follows with the next
    calculation of requirements, which is asked for.
    """
    _check(colour, lines)
    taken = UsageVersion.objects.filter(style_colour=colour, valid_from=valid_from)
    if any(found.pk != (version.pk if version else None) for found in taken):
        raise DomainError(_("There is a version from %(day)s already: change that one.") % {"day": valid_from}, "day")
    if version is None:
        stored = UsageVersion.objects.create(style_colour=colour, valid_from=valid_from, note=note.strip(), made_by=by)
    else:
        stored = UsageVersion.objects.select_for_update().get(pk=version.pk)
        if stored.revision != revision:
            raise DomainError(_("Not saved: somebody changed this usage in the meantime. Look at it again."), "conflict")
    _record(stored, lines, by, is_new=version is None)
    stored.rows.all().delete()
    Usage.objects.bulk_create([_row(stored, line) for line in lines])
    stored.valid_from, stored.note, stored.revision = valid_from, note.strip(), stored.revision + 1
    stored.save(update_fields=["valid_from", "note", "revision"])
    for plant in Plant.objects.all():
        request_run(plant)
    return stored


def _check(colour: StyleColour, lines: Sequence[UsageLine]) -> None:
    if not lines:
        raise DomainError(_("A bill of materials needs a row."), "empty")
    seen: set[tuple[str, int]] = set()
    for line in lines:
        what = {"part": line.part, "material": line.material.code}
        if (line.part, line.material.pk) in seen:
            raise DomainError(_("%(part)s with %(material)s stands there twice.") % what, "twice")
        seen.add((line.part, line.material.pk))
        if line.per_pair <= 0:
            raise DomainError(_("%(part)s: usage must be more than 0.") % what, "usage")
        missing = [size for size in colour.style.sizes if size not in line.by_size] if line.grading != Usage.Grading.FLAT else []
        if missing:
            raise DomainError(_("%(part)s: size %(sizes)s is missing.") % (what | {"sizes": ", ".join(missing)}), "size")


def _row(version: UsageVersion, line: UsageLine) -> Usage:
    row = Usage(
        version=version,
        part=line.part,
        material=line.material,
        per_pair=line.per_pair,
        loss_percent=line.loss_percent,
        stage=line.stage,
        grading=line.grading,
        base_size=line.base_size,
        by_size={} if line.grading == Usage.Grading.FLAT else dict(line.by_size),
    )
    try:
        row.clean()
    except ValidationError as error:
        raise DomainError(f"{line.part}: {'; '.join(error.messages)}", "size") from error
    return row


def _record(version: UsageVersion, lines: Sequence[UsageLine], by: User | None, *, is_new: bool) -> None:
    """Leave what a save changes, part by part."""
    before = {(row.part, row.material.code): _shown(row) for row in version.rows.select_related("material")}
    after = {(line.part, line.material.code): line.shown for line in lines}
    changed = {" ".join(key): (before.get(key), after.get(key)) for key in sorted({*before, *after}) if before.get(key) != after.get(key)}
    if is_new or changed:
        audit.record(version, "created" if is_new else "changed", by=by, values=changed)


def _shown(row: Usage) -> str:
    return UsageLine(row.part, row.material, row.per_pair, row.loss_percent, by_size=row.by_size).shown

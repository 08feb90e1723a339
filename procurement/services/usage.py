"""Writing bills of materials: new versions, changed rows, copies from another style."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from planning_site.core.models import User
from procurement.models import Usage, UsageVersion
from procurement.selectors import usage as bills

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

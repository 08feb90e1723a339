"""How a material is bought: supplier, lead time, minimum, multiples, dye lots (D3). What changes counts at once."""

from __future__ import annotations

from django.db import transaction

from planning_site.core import audit
from planning_site.core.models import Plant, User
from procurement.models import Material
from procurement.services.requirements import refresh

KEPT = (
    "name",
    "category",
    "supplier_id",
    "lead_time_days",
    "minimum_order",
    "order_multiple",
    "one_lot_per_job",
    "made_to_order",
)


@transaction.atomic
def save_material(*, material: Material, by: User | None) -> Material:
    """Save a new or changed material and bring the requirements of all plants that it goes into up to date.

    Of a stored one only what says how it is bought is written: its unit, and whether it is kept by size, stand in the ledger already.
    Raises ValidationError for values that make no sense.
    """
    material.full_clean()
    if material.pk is None:
        material.save()
        audit.record(material, "created", by=by, values={"code": (None, material.code)})
        return material
    before = Material.objects.select_for_update(no_key=True).get(pk=material.pk)
    changed = {name: (getattr(before, name), getattr(material, name)) for name in KEPT if getattr(before, name) != getattr(material, name)}
    if not changed:
        return material
    material.save(update_fields=[name.removesuffix("_id") for name in changed])
    values = {name.removesuffix("_id"): (_plain(old), _plain(new)) for name, (old, new) in changed.items()}
    audit.record(material, "changed", by=by, values=values)
    for plant in Plant.objects.all():
        refresh(plant, {material.pk})
    return material


def _plain(value: object) -> str | None:
    return None if value is None else str(value)

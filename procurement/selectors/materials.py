"""Materials as people name them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.functions import Lower

from procurement.models import Material


def materials_by_code(codes: Iterable[str]) -> dict[str, Material]:
    """Materials by their code in lower case, whatever case they were typed in. One query."""
    wanted = {code.lower() for code in codes}
    found = Material.objects.annotate(lower=Lower("code")).filter(lower__in=wanted)
    return {material.code.lower(): material for material in found}

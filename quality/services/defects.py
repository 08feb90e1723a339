"""The defects that the factory counts: data that QC edits. A code is never deleted, only put out of use."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from quality.models import DefectCode
from quality.people import require


def save_defect(
    *, code: str, name: str, name_en: str, severity: str, is_active: bool, by: User | None, defect: DefectCode | None = None
) -> DefectCode:
    """Add a defect, or change one. Raises DomainError: `not_qc`, `taken` for a code that another defect has."""
    require(by, [Department.QC], _("QC keeps the defects."), "not_qc")
    with transaction.atomic():
        found = DefectCode.objects.select_for_update().get(pk=defect.pk) if defect else DefectCode(position=DefectCode.objects.count() + 1)
        if DefectCode.objects.filter(code=code).exclude(pk=found.pk).exists():
            raise DomainError(_("There is a defect %(code)s already.") % {"code": code}, "taken")
        wanted = {"code": code, "name": name, "name_en": name_en, "severity": severity, "is_active": is_active}
        values = {field: (getattr(found, field), value) for field, value in wanted.items() if getattr(found, field) != value}
        for field, value in wanted.items():
            setattr(found, field, value)
        found.full_clean()
        found.save()
        if values:
            audit.record(found, "change" if defect else "add", by=by, values=values)
    return found

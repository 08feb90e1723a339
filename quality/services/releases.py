"""QC signs the ready-for-production report (C5): no signature, no mass production."""

from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import Style
from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from quality.models import StyleRelease
from quality.selectors import latest_releases

Result = StyleRelease.Result
NEED_A_NOTE = frozenset({Result.REDO, Result.PASSED_WITH_ACTIONS})


def sign_release(*, style: Style, result: str, note: str, by: User) -> StyleRelease:
    """Sign the result of a new style's trial and return the signature; the newest one counts.

    Raises DomainError if the signer is not of QC (`not_qc`), the style is not new (`not_new`), a result that asks for work says
    nothing about it (`note`), or the same was signed already (`same`).
    """
    note = " ".join(note.split())
    if not by.is_superuser and Department.QC not in by.departments:
        raise DomainError(_("Only QC signs a style for mass production."), "not_qc")
    if result in NEED_A_NOTE and not note:
        raise DomainError(_("Write down what has to be done."), "note")
    with transaction.atomic():
        # Two people who sign the same style at once: one after the other, so that the second sees the first.
        style = Style.objects.select_for_update().get(pk=style.pk)
        if not style.is_new:
            raise DomainError(_("%(style)s was made before and needs no signature.") % {"style": style}, "not_new")
        before = latest_releases([style.pk]).get(style.pk)
        if before and (before.result, before.note) == (result, note):
            raise DomainError(_("%(person)s has signed just this.") % {"person": before.signed_by}, "same")
        release = StyleRelease(style=style, result=result, note=note, signed_by=by)
        release.full_clean()
        release.save()
        audit.record(style, "sign release", by=by, values={"release": (before.result if before else None, result)}, why=note[:300])
    return release

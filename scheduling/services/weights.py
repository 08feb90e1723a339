"""The dials by which plans are weighed: set by planners, on record; plans that stand keep those they were made with."""

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from scheduling.dials import AS_USUAL, Dials
from scheduling.models import PlanWeights
from scheduling.services.drafts import lock_plant


def weights_in_force(plant: Plant) -> PlanWeights | None:
    """The row that holds: the newest; None while nobody has set any, which is as usual."""
    return PlanWeights.objects.filter(plant=plant).order_by("-id").first()


@transaction.atomic
def set_weights(*, plant: Plant, dials: Dials, by: User | None, why: str) -> PlanWeights:
    """Turn the dials for all plans from now on. Raises DomainError without a reason, and where nothing is changed."""
    why = why.strip()
    if not why:
        raise DomainError(_("Say why: others will ask when they see the plans."), "why")
    lock_plant(plant.pk)
    last = weights_in_force(plant)
    before = last.dials if last else AS_USUAL
    if dials == before:
        raise DomainError(_("The dials stand like this already."), "same")
    row = PlanWeights(plant=plant, why=why, made_by=by, punctual=dials.punctual, steady=dials.steady, cheap=dials.cheap, short=dials.short)
    row.full_clean()
    row.save(force_insert=True)
    audit.record(row, "weights", by=by, values={"dials": (str(last) if last else None, str(row))}, why=why)
    return row

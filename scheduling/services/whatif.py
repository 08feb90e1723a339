"""What-ifs: asked about a plan, calculated by a run, adopted as a draft or thrown away. The plan itself is never touched."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.transitions import transition
from scheduling import standing
from scheduling.models import Assumption, Plan, PlanInput, PlanRun, WhatIf
from scheduling.services.drafts import lock_plant, next_version
from scheduling.services.runs import ask_for
from scheduling.services.weights import weights_in_force

SECONDS = 6  # a planner waits for the answer
MOST_ASSUMPTIONS = 30
Kind = Assumption.Kind


@transaction.atomic
def open_what_if(*, base: Plan, title: str, by: User | None) -> WhatIf:
    """Ask a question about a month plan. Raises DomainError for a plan whose input was not kept, and for one of another horizon."""
    if base.horizon != Plan.Horizon.MONTH:
        raise DomainError(_("What-ifs are asked of month plans; week and day plans are cut out of them."), "horizon")
    if not PlanInput.objects.filter(hash=base.metrics.get("input", "")).exists():
        raise DomainError(_("%(plan)s was made before inputs were kept. Make a new plan and ask of that one.") % {"plan": base}, "no_input")
    what_if = WhatIf(plant=base.plant, base=base, title=title.strip()[:120] or _("What if"), created_by=by)
    what_if.full_clean()
    what_if.save(force_insert=True)
    audit.record(what_if, "ask", by=by, values={"base": (None, str(base))})
    return what_if


@transaction.atomic
def add_assumption(*, what_if: WhatIf, kind: str, by: User | None, **values: Any) -> Assumption:
    """Add a row. Raises DomainError where the what-if is closed, is full, or the row is not whole."""
    what_if = _open(what_if.pk)
    if what_if.assumptions.count() >= MOST_ASSUMPTIONS:
        raise DomainError(_("More than %(n)d assumptions are a new plan, not a what-if.") % {"n": MOST_ASSUMPTIONS}, "too_many")
    row = Assumption(what_if=what_if, kind=kind, **values)
    _check(row)
    row.full_clean(validate_constraints=False)
    row.save(force_insert=True)
    _mark_stale(what_if)
    return row


@transaction.atomic
def remove_assumption(*, what_if: WhatIf, assumption_id: int) -> None:
    """Take a row out. Raises DomainError where the what-if is closed."""
    what_if = _open(what_if.pk)
    if what_if.assumptions.filter(pk=assumption_id).delete()[0]:
        _mark_stale(what_if)


def calculate(*, what_if: WhatIf, by: User | None, seconds: int = SECONDS) -> PlanRun:
    """Ask for the trial that answers it. Raises DomainError without assumptions, and when a run is already on its way."""
    with transaction.atomic():
        what_if = _open(what_if.pk)
        if not what_if.assumptions.exists():
            raise DomainError(_("Add an assumption first: as it is, nothing would be otherwise."), "nothing")
        base = what_if.base
        run = PlanRun(plant=base.plant, horizon=base.horizon, period=base.period, requested_by=by, what_if=what_if, start_from=base)
        run.weights = weights_in_force(base.plant)
        return ask_for(run, seconds)


@transaction.atomic
def try_measures(*, base: Plan, order_line: int, measures: Sequence[Mapping[str, Any]], title: str, by: User | None) -> PlanRun:
    """Ask at one go what measures for a line of a plan bring: the what-if, its assumptions and its run, or nothing at all.

    Raises DomainError as `open_what_if` and `calculate` do.
    """
    what_if = open_what_if(base=base, title=title, by=by)
    for measure in measures:
        add_assumption(what_if=what_if, kind=Kind.MEASURE, by=by, order_line_id=order_line, detail=dict(measure))
    return calculate(what_if=what_if, by=by)


@transaction.atomic
def adopt(*, what_if: WhatIf, by: User | None, why: str = "") -> Plan:
    """Make the trial the newest draft of its period; it is published like any other.

    Raises DomainError if it was not calculated with the assumptions as they stand, or if another plan was published since.
    """
    lock_plant(what_if.plant_id)
    what_if = _open(what_if.pk)
    if what_if.result is None or what_if.is_stale:
        raise DomainError(_("Calculate it first: the assumptions have changed since."), "stale")
    base, trial = what_if.base, what_if.result
    published = standing.published_plan(base.plant, base.horizon, base.period)
    if published is not None and published.pk not in (base.pk, base.replaces_id):
        message = _("%(plan)s was published after this was asked. Ask again of that one.")
        raise DomainError(message % {"plan": published}, "overtaken")
    transition(trial, Plan.State.DRAFT)
    trial.version, trial.replaces = next_version(trial.plant, trial.horizon, trial.period), published
    trial.save(update_fields=["state", "version", "replaces"])
    audit.record(trial, "adopt", by=by, values={"what-if": (None, what_if.title)}, why=why)
    _close(what_if, WhatIf.State.ADOPTED, by, why)
    return trial


@transaction.atomic
def drop(*, what_if: WhatIf, by: User | None) -> None:
    """Throw a what-if away; its trial stays readable as put aside."""
    what_if = _open(what_if.pk)
    if what_if.result is not None:
        transition(what_if.result, Plan.State.SUPERSEDED)
        what_if.result.save(update_fields=["state"])
    _close(what_if, WhatIf.State.DROPPED, by, "")


def record_answer(*, run: PlanRun, trial: Plan) -> None:
    """Keep the trial of a run with its question, in the transaction that writes it. The trial before is put aside."""
    what_if = WhatIf.objects.select_for_update(of=("self",)).select_related("result").get(runs=run)
    before = what_if.result
    if before is not None and before.state == Plan.State.TRIAL:
        transition(before, Plan.State.SUPERSEDED)
        before.save(update_fields=["state"])
    what_if.result = trial
    # an assumption that was changed while the run worked is not in the answer
    what_if.is_stale = set(what_if.assumptions.values_list("pk", flat=True)) != set(trial.metrics.get("assumptions", ()))
    what_if.save(update_fields=["result", "is_stale"])


def _open(pk: int) -> WhatIf:
    what_if = WhatIf.objects.select_for_update(of=("self",)).select_related("base__plant", "result", "plant").get(pk=pk)
    if what_if.state != WhatIf.State.OPEN:
        raise DomainError(_("This what-if is %(state)s.") % {"state": what_if.get_state_display()}, "closed")
    return what_if


def _close(what_if: WhatIf, state: str, by: User | None, why: str) -> None:
    before = transition(what_if, state)
    what_if.save(update_fields=["state"])
    audit.record(what_if, state, by=by, values={"state": (before, state)}, why=why)


def _mark_stale(what_if: WhatIf) -> None:
    what_if.is_stale = True
    what_if.save(update_fields=["is_stale"])


def _check(row: Assumption) -> None:
    """Raise DomainError for a row that lacks what its kind needs."""
    if row.kind == Kind.OVERTIME:
        if row.team is None and row.stage is None:
            raise DomainError(_("Say which team, or which stage."), "team")
        if not row.hours or row.hours <= Decimal(0):
            raise DomainError(_("Say how many hours more a day."), "hours")
        if row.first_day is None or row.last_day is None or row.last_day < row.first_day:
            raise DomainError(_("Say from which day to which."), "days")
    elif row.order_line is None:
        raise DomainError(_("Say which order."), "order")
    elif row.kind != Kind.MEASURE and row.first_day is None:
        raise DomainError(_("Say by which day."), "days")

"""What may be published: jobs whose gates are open, or expected to be before they start. All else is decided job by job, and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from orders.models import OrderLine
from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.roles import Role, require_role
from scheduling.adapters.rows import HELD
from scheduling.gates import Gate, gates_of
from scheduling.models import Plan, PlanEntry, PlanException, PlanJob
from scheduling.services.day_kits import exceeding, read_kits

NAMED = 5
LEAVE_ALL = "all"


@dataclass(frozen=True)
class Shut:
    """A job of a plan that begins before its gates are open."""

    line: OrderLine
    starts_on: dt.date
    gates: tuple[Gate, ...]
    pairs: int = 0


@dataclass(frozen=True)
class Decision:
    """What is to become of jobs with shut gates: left out (`leave_all`, or by order line), or kept with a reason by order line."""

    leave_all: bool = False
    leave_out: frozenset[int] = frozenset()
    reasons: Mapping[int, str] = field(default_factory=dict)

    def leaves(self, line: int) -> bool:
        return self.leave_all or line in self.leave_out


UNDECIDED = Decision()


def shut_jobs(plan: Plan, *, today: dt.date | None = None) -> list[Shut]:
    """The jobs of a week plan that begin before their gates open, by start day. A fixed number of queries."""
    starts: dict[int, dict[str, dt.date]] = {}
    rows = plan.entries.order_by().values_list("order_line_id", "stage__code").annotate(first=Min("day"))
    for line, stage, first in rows:
        starts.setdefault(line, {})[stage] = first
    lines = OrderLine.objects.filter(pk__in=starts).select_related("style", "colour", "order__customer")
    gates = gates_of(plan.plant, lines, today=today)
    found = [Shut(line, min(starts[line.pk].values()), tuple(shut)) for line in lines if (shut := gates[line.pk].shut(starts[line.pk]))]
    return sorted(found, key=lambda row: (row.starts_on, row.line.pk))


def pass_gates(plan: Plan, *, by: User | None, decision: Decision = UNDECIDED) -> None:
    """Ask every gate before a plan is published, in the caller's transaction, and do what was decided.

    Raises DomainError: `gates` for jobs of a week plan that are neither left out nor confirmed with a reason, `role` if somebody else than
    the planning supervisor confirms, `kits` for a day plan that wants more than the kits have by now, `nothing_left`.
    """
    if plan.horizon == Plan.Horizon.WEEK:
        _pass_week(plan, by, decision)
    elif plan.horizon == Plan.Horizon.DAY:
        _pass_day(plan)


def _pass_week(plan: Plan, by: User | None, decision: Decision) -> None:
    shut = shut_jobs(plan)
    left_out = [row for row in shut if decision.leaves(row.line.pk)]
    others = [row for row in shut if not decision.leaves(row.line.pk)]
    open_ones = [row for row in others if not decision.reasons.get(row.line.pk, "").strip()]
    if open_ones:
        raise DomainError(_undecided(open_ones), "gates")
    if others:
        require_role(by, Role.PLANNING_SUPERVISOR)
        _keep(plan, others, by, decision)
    if left_out:
        take_out(plan, left_out)


def _undecided(rows: Sequence[Shut]) -> str:
    names = pgettext("list", ", ").join(f"{row.line.style.code} {row.line.colour.name} {row.line.order.number}" for row in rows[:NAMED])
    said = ngettext(
        "Not published: %(n)d job would begin before its gates are open: %(names)s.",
        "Not published: %(n)d jobs would begin before their gates are open: %(names)s.",
        len(rows),
    )
    named = said % {"n": len(rows), "names": names + (" …" if len(rows) > NAMED else "")}
    return named + " " + _("Leave out what may not run, or let the planning supervisor confirm it with a reason.")


def _keep(plan: Plan, rows: Sequence[Shut], by: User | None, decision: Decision) -> None:
    """Write down every exception: what was missing, who confirmed it and why."""
    if by is None:
        raise DomainError(_("An exception needs a person who answers for it."), "role")
    exceptions = [
        PlanException(
            plan=plan,
            order_line=row.line,
            gate=gate.kind,
            starts_on=row.starts_on,
            expected_on=gate.day,
            holds=[hold.to_json() for hold in gate.holds],
            reason=decision.reasons[row.line.pk].strip()[:300],
            approved_by=by,
            approved_at=clock.now(),
        )
        for row in rows
        for gate in row.gates
    ]
    PlanException.objects.bulk_create(exceptions)
    plan.metrics = plan.metrics | {"exceptions": len(rows)}
    plan.save(update_fields=["metrics"])
    values = {str(row.line): (", ".join(gate.kind.value for gate in row.gates), decision.reasons[row.line.pk].strip()) for row in rows}
    audit.record(plan, "exceptions", by=by, values=values)


def take_out(plan: Plan, rows: Sequence[Shut]) -> None:
    """Take jobs out of a draft; they stay in it as not planned, with what holds them. Raises DomainError (`nothing_left`)."""
    lines = [row.line.pk for row in rows]
    plan.entries.filter(order_line__in=lines).delete()
    jobs = {job.order_line_id: job for job in plan.jobs.filter(order_line__in=lines)}
    for row in rows:
        job = jobs[row.line.pk]
        leave_out_job(job, row.gates)
    fields = ["outcome", "finish_on", "late_days", "late_pairs", "reason", "reason_stage", "reason_detail"]
    PlanJob.objects.bulk_update(jobs.values(), fields)
    plan.metrics = plan.metrics | {"left_out": plan.metrics.get("left_out", 0) + len(rows), "held": len(rows)}
    plan.save(update_fields=["metrics"])
    if not plan.entries.exists():
        raise DomainError(
            _("Not published: without the jobs whose gates are shut there is no work left in %(plan)s.") % {"plan": plan}, "nothing_left"
        )


def leave_out_job(job: PlanJob, gates: Collection[Gate]) -> None:
    """Mark a job as not planned because of what holds it."""
    job.outcome, job.finish_on, job.late_days, job.late_pairs = PlanJob.Outcome.LEFT_OUT, None, 0, 0
    worst = next(iter(gates), None)
    job.reason = HELD[worst.kind] if worst else PlanJob.Reason.MATERIAL
    job.reason_stage = None
    job.reason_detail = {"holds": [hold.to_json() for gate in gates for hold in gate.holds]}


def _pass_day(plan: Plan) -> None:
    """C5, E4.2, E4.4: a day plan never holds a style that is not released, nor more pairs of a size than its kits have."""
    entries: list[PlanEntry] = list(plan.entries.select_related("order_line__style").order_by("team", "position"))
    if not entries:
        raise DomainError(_("Not published: there is no work in %(plan)s that may run.") % {"plan": plan}, "nothing_left")
    found = OrderLine.objects.filter(pk__in={entry.order_line_id for entry in entries}).select_related("style", "colour", "order")
    lines = {line.pk: line for line in found}
    wrong = exceeding(entries, read_kits(plan.plant, plan.period, entries, lines, clock.today()))
    if wrong:
        names = pgettext("list", ", ").join(
            dict.fromkeys(f"{entry.order_line.style.code} {lines[entry.order_line_id].order.number}" for entry in wrong)
        )
        message = _(
            "Not published: %(names)s may not run any more: the style is not released, or the kit has become smaller. Make the plan again."
        )
        raise DomainError(message % {"names": names}, "kits")

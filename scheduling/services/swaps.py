"""Swapping a job in a day plan (E4.2): only the planning supervisor, only for a job with a kit, with before, after and reason (form 15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from orders.models import OrderLine
from orders.sizes import SizeRun, largest_remainder
from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.numbering import next_number
from planning_site.core.roles import Role, require_role
from scheduling.day_kits import may_run
from scheduling.models import Plan, PlanEntry, PlanJob, PlanSwap, StyleRate
from scheduling.services.day_kits import Kits, read_kits
from scheduling.services.day_tools import free_by_tools
from scheduling.services.drafts import lock_plant

PREFIX = "TD"


@dataclass(frozen=True)
class Swap:
    """What is asked for: the place of one job at a team and stage goes to another job. `pairs` at most; kits may allow less."""

    plan_id: int
    before_line: int
    after_line: int
    stage_id: int
    team_id: int
    pairs: int
    kind: str
    reason: str


@transaction.atomic
def swap_in_day_plan(*, swap: Swap, by: User) -> PlanSwap:
    """Set a job in the place of another in the draft of a day plan.

    The first job may have been cut out already. Raises DomainError: `role` unless by the planning supervisor, `no_reason`, `not_a_draft`,
    `not_cut` if it is neither in the plan nor was cut out of it, `same`, `no_rate`, `no_kit` if nothing of the other job may run,
    `no_tools` if its tools are taken by others.
    """
    require_role(by, Role.PLANNING_SUPERVISOR)
    if not swap.reason.strip():
        raise DomainError(_("Give the reason for the swap."), "no_reason")
    plan = _locked(swap.plan_id)
    if swap.before_line == swap.after_line:
        raise DomainError(_("A swap needs two different jobs."), "same")
    entry, before = _before(plan, swap)
    after = _after(plan, swap, entry)
    if entry is not None:
        entry.delete()
    after.save()
    _set_jobs(plan, swap)
    made = PlanSwap(
        number=f"{PREFIX}{clock.today():%y%m}-{next_number(f'{PREFIX}{clock.today():%y%m}'):03}",
        plan=plan,
        kind=swap.kind,
        stage_id=swap.stage_id,
        team_id=swap.team_id,
        before_line_id=swap.before_line,
        after_line_id=swap.after_line,
        before=before,
        after=_figures(after.pairs, after.sizes or {}, after.minutes, after.position),
        lacks=_lacks(plan, swap),
        reason=swap.reason.strip()[:300],
        approved_by=by,
        approved_at=clock.now(),
    )
    made.full_clean()
    made.save(force_insert=True)
    values = {"order line": (swap.before_line, swap.after_line), "pairs": (before["pairs"], after.pairs)}
    audit.record(plan, "swap", by=by, values=values, why=made.reason)
    return made


def _locked(plan_id: int) -> Plan:
    lock_plant(Plan.objects.values_list("plant_id", flat=True).get(pk=plan_id))
    plan = Plan.objects.select_for_update(of=("self",)).select_related("plant", "refines").get(pk=plan_id)
    if plan.horizon != Plan.Horizon.DAY or plan.state != Plan.State.DRAFT:
        raise DomainError(_("Only the draft of a day plan can be changed. Make a new draft first."), "not_a_draft")
    return plan


def _before(plan: Plan, swap: Swap) -> tuple[PlanEntry | None, dict[str, Any]]:
    """What the first job had: its entry, or what was cut out."""
    entry = plan.entries.filter(order_line=swap.before_line, stage=swap.stage_id, team=swap.team_id).first()
    if entry is not None:
        return entry, _figures(entry.pairs, entry.sizes or {}, entry.minutes, entry.position)
    cut = next((c for c in plan.metrics.get("cut", ()) if c["order_line"] == swap.before_line and c["team"] == swap.team_id), None)
    if cut is None:
        raise DomainError(_("That job is not in this plan and was not cut out of it."), "not_cut")
    return None, _figures(sum(cut["planned"].values()), cut["planned"], 0.0, 0)


def _after(plan: Plan, swap: Swap, before: PlanEntry | None) -> PlanEntry:
    """The entry of the other job, as large as its kit and the wish allow."""
    line = OrderLine.objects.select_related("order", "style", "colour").get(pk=swap.after_line)
    rate = StyleRate.objects.filter(style=line.style, stage=swap.stage_id).first()
    if rate is None:
        raise DomainError(_("%(style)s has no minutes per pair at this stage.") % {"style": line.style}, "no_rate")
    last = plan.entries.filter(team=swap.team_id, day=plan.period).aggregate(last=Max("position"))["last"] or 0
    wanted = min(swap.pairs, line.pairs)
    sizes = largest_remainder(line.sizes, wanted)
    entry = PlanEntry(
        plan=plan,
        order_line=line,
        stage_id=swap.stage_id,
        team_id=swap.team_id,
        day=plan.period,
        position=before.position if before else last + 1,
        pairs=wanted,
        minutes=0,
        sizes={size: pairs for size, pairs in sizes.items() if pairs},
    )
    kits = read_kits(plan.plant, plan.period, [entry], {line.pk: line}, clock.today())
    entry.sizes = _allowed(plan, entry, kits)
    if not entry.sizes:
        raise DomainError(_("Nothing of %(style)s %(order)s may run on that day.") % {"style": line.style, "order": line.order}, "no_kit")
    entry.sizes = _within_tools(plan, entry, before)
    entry.pairs = sum(entry.sizes.values())
    if not entry.pairs:
        message = _("The tools of %(style)s are taken by other jobs on that day.")
        raise DomainError(message % {"style": line.style}, "no_tools")
    entry.minutes = round(entry.pairs * float(rate.minutes), 3)
    return entry


def _within_tools(plan: Plan, entry: PlanEntry, before: PlanEntry | None) -> SizeRun:
    """What of an entry its tools can make beside the rest of the day, without the entry whose place it takes."""
    others = plan.entries.exclude(pk=before.pk if before else 0).select_related("order_line__style")
    free = free_by_tools(plan.plant, entry, others)
    return dict(entry.sizes or {}) if free is None else may_run(entry.sizes or {}, free)


def _allowed(plan: Plan, entry: PlanEntry, kits: Kits) -> SizeRun:
    if kits.barred(entry):
        return {}
    if not kits.judged:
        return dict(entry.sizes or {})
    free = dict(kits.free.get((entry.order_line_id, entry.stage_id), {}))
    for sizes in plan.entries.filter(order_line=entry.order_line_id, stage=entry.stage_id).values_list("sizes", flat=True):
        for size, pairs in (sizes or {}).items():
            free[size] = free.get(size, 0) - pairs
    return may_run(entry.sizes or {}, free)


def _set_jobs(plan: Plan, swap: Swap) -> None:
    """The plan's jobs follow its entries: who came in gets the week plan's word, who has nothing left is not planned."""
    week_job = plan.refines.jobs.filter(order_line=swap.after_line).first() if plan.refines else None
    if week_job is not None:
        values = {
            name: getattr(week_job, name)
            for name in ("pairs", "due_on", "finish_on", "outcome", "late_days", "late_pairs", "reason", "reason_stage", "reason_detail")
        }
        PlanJob.objects.update_or_create(plan=plan, order_line_id=swap.after_line, defaults=values)
    if not plan.entries.filter(order_line=swap.before_line).exists():
        PlanJob.objects.filter(plan=plan, order_line=swap.before_line).update(outcome=PlanJob.Outcome.LEFT_OUT, finish_on=None)


def _lacks(plan: Plan, swap: Swap) -> str:
    cuts = [cut for cut in plan.metrics.get("cut", ()) if cut["order_line"] == swap.before_line]
    return "; ".join(dict.fromkeys(hold["what"] for cut in cuts for hold in cut["holds"]))[:300]


def _figures(pairs: int, sizes: Mapping[str, int], minutes: float, position: int) -> dict[str, Any]:
    return {"pairs": pairs, "sizes": dict(sizes), "minutes": minutes, "position": position}

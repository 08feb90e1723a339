"""`engine.Plan` → rows: entries in the order of work, what becomes of each job, and how the plan was made."""

import datetime as dt
from collections import defaultdict
from typing import Any

from scheduling import engine
from scheduling.adapters.inputs import fingerprint
from scheduling.adapters.problem import Framed
from scheduling.adapters.snapshot import LineFacts
from scheduling.gates import Hold, Kind
from scheduling.models import PlanEntry, PlanJob

OUTCOMES = {"on_time": PlanJob.Outcome.ON_TIME, "late": PlanJob.Outcome.LATE, "left_out": PlanJob.Outcome.LEFT_OUT}
REASONS = {
    "capacity": PlanJob.Reason.CAPACITY,
    "overtime": PlanJob.Reason.OVERTIME,
    "sequence": PlanJob.Reason.SEQUENCE,
    "release": PlanJob.Reason.RELEASE,
    "work": PlanJob.Reason.WORK_CONTENT,
    "no_route": PlanJob.Reason.NO_ROUTE,
    "no_rate": PlanJob.Reason.NO_RATE,
    "no_team": PlanJob.Reason.NO_TEAM,
    "no_tools": PlanJob.Reason.TOOLING,
    "tooling": PlanJob.Reason.TOOLING,
    "horizon": PlanJob.Reason.HORIZON,
}
# What made the job late stands before any team's capacity: the day on which it may begin, or its own work from then on.
SET_FREE = frozenset({"release", "work", "horizon", "no_tools"})
FREED = frozenset({PlanJob.Reason.RELEASE, PlanJob.Reason.WORK_CONTENT})
HELD = {
    Kind.DOCUMENTS: PlanJob.Reason.DOCUMENTS,
    Kind.RELEASE: PlanJob.Reason.STYLE,
    Kind.MATERIAL: PlanJob.Reason.MATERIAL,
    Kind.TOOLING: PlanJob.Reason.TOOLING,
}
NAMED_HOLDS = 3
NAMED_JOBS = 5  # of the jobs that stood in the way, the largest


def plan_entries(framed: Framed, plan: engine.Plan) -> list[PlanEntry]:
    """Unsaved entries, by team and day in the order of work. Minutes are those of the pairs and of a changeover that the entry brings."""
    stages = {stage.code: stage.id for stage in framed.snapshot.stages}
    changeover = {line.id: line.changeover for line in framed.problem.lines}
    jobs = {job.id: job for job in framed.problem.jobs}
    work: dict[str, list[engine.Entry]] = defaultdict(list)
    for entry in plan.entries:
        work[entry.line].append(entry)
    rows = []
    for team, entries in work.items():
        style, day, position = None, None, 0
        for entry in sorted(entries, key=lambda e: e.day):  # stable: the order of work within a day stays
            job = jobs[entry.job]
            position = position + 1 if entry.day == day else 1
            day = entry.day
            minutes = entry.pairs * job.minutes[entry.stage]
            if style is not None and style != job.style:
                minutes += changeover[team]
            style = job.style
            where = {"stage_id": stages[entry.stage], "team_id": int(team), "day": framed.days[entry.day], "position": position}
            rows.append(PlanEntry(order_line_id=int(entry.job), pairs=entry.pairs, minutes=round(minutes, 3), **where))
    return rows


def plan_jobs(framed: Framed, plan: engine.Plan) -> list[PlanJob]:
    """Unsaved outcomes of all jobs. Days late are calendar days from the due day to the finish."""
    return [_job(framed, line, plan.by_job[str(line.id)]) for line in framed.snapshot.lines]


def metrics_of(framed: Framed, plan: engine.Plan) -> dict[str, Any]:
    """How the plan was made and how good it is: `Plan.metrics` of a month plan."""
    late = [outcome for outcome in plan.outcomes if outcome.state == "late"]
    return {
        "input": fingerprint(framed),
        "days": len(framed.days),
        "seed": plan.seed,
        "seconds": round(plan.seconds, 2),
        "rounds": plan.rounds,
        "jobs": len(framed.problem.jobs),
        "pairs": sum(job.pairs for job in framed.problem.jobs),
        "late_jobs": len(late),
        "late_pairs": sum(outcome.late_pairs for outcome in late),
        "left_out": sum(outcome.state == "left_out" for outcome in plan.outcomes),
        "on_time": round(plan.on_time, 4),
        "cost": round(plan.cost, 2),
        "late_pair_days": round(plan.late_pair_days, 2),
        "overtime_minutes": round(plan.overtime_minutes, 1),
        "changeovers": plan.changeovers,
        "splits": plan.splits,
        "wip_pair_days": plan.wip_pair_days,
        "unrated_teams": [{"id": team, "name": name} for team, name in framed.snapshot.unrated],
        "unrated_tools": list(framed.snapshot.unrated_tools),
    }


def _job(framed: Framed, line: LineFacts, outcome: engine.JobOutcome) -> PlanJob:
    finish = None if outcome.finish is None else framed.days[outcome.finish]
    row = PlanJob(
        order_line_id=line.id,
        pairs=line.pairs,
        due_on=line.due_on,
        finish_on=finish,
        outcome=OUTCOMES[outcome.state],
        late_days=max(0, (finish - line.due_on).days) if finish else 0,
        late_pairs=outcome.late_pairs,
    )
    if outcome.reasons:
        first = outcome.reasons[0]
        row.reason = kind_of(first)
        row.reason_stage_id = _stage_id(framed, first.stage)
        row.reason_detail = detail_of(first, framed) | {"further": [_link(reason, framed) for reason in outcome.reasons[1:]]}
        name_holds(row, line, framed, was_free=first.kind not in SET_FREE)
    return row


def _stage_id(framed: Framed, code: str | None) -> int | None:
    return next((stage.id for stage in framed.snapshot.stages if stage.code == code), None)


def name_holds(row: PlanJob, line: LineFacts, framed: Framed, *, was_free: bool) -> None:
    """Name what the job waited for: as the first reason where nothing but the waiting made it late, else as the last link of its chain.

    There it stands in the place of the link which says that even alone the job would be late, with the days of that link.
    """
    holds = binding_holds(line, framed)
    if not holds:
        return
    kept, reason, stage = [hold.to_json() for hold in holds], HELD[holds[0].kind], _stage_id(framed, holds[0].stage)
    if was_free:
        further = row.reason_detail["further"]
        days = [link["days"] for link in further if link["reason"] in FREED and "days" in link]
        named = {"reason": reason, "stage": stage, "holds": kept} | ({"days": days[0]} if days else {})
        row.reason_detail["further"] = [*(link for link in further if link["reason"] not in FREED), named]
        return
    row.reason_detail["holds"] = kept
    row.reason, row.reason_stage_id = reason, stage


def binding_holds(line: LineFacts, framed: Framed) -> list[Hold]:
    """What still holds the job on the first day of the plan, the one that pushes its end most first; without a day before all others.

    Behind the first only what would make the job late by itself.
    """
    places = {stage.code: place for place, stage in enumerate(framed.snapshot.stages)}
    first = framed.days[0]

    def behind(hold: Hold) -> int:
        """Stages that follow: an early stage pushes all of them."""
        return len(places) - places.get(hold.stage, 0)

    def weight(hold: Hold) -> tuple[bool, int, int]:
        day = hold.planned_on
        return day is None, ((day - first).days if day else 0) + behind(hold), behind(hold)

    def is_too_late(hold: Hold) -> bool:
        return hold.planned_on is None or hold.planned_on + dt.timedelta(days=behind(hold)) > line.due_on

    late = [hold for hold in line.waiting.holds if hold.planned_on is None or hold.planned_on >= first]
    if line.waiting.is_blocked:
        late = [hold for hold in late if hold.planned_on is None] or late
    ranked = sorted(late, key=weight, reverse=True)
    return [hold for hold in ranked if hold is ranked[0] or is_too_late(hold)][:NAMED_HOLDS]


def _link(reason: engine.Reason, framed: Framed) -> dict[str, Any]:
    """A later link of the chain, with its kind and stage inside: {"reason", "stage" (id), "teams", "first_day", …}."""
    stage = next((s.id for s in framed.snapshot.stages if s.code == reason.stage), None)
    return {"reason": str(kind_of(reason)), "stage": stage} | detail_of(reason, framed)


def kind_of(reason: engine.Reason) -> PlanJob.Reason:
    """The kind in the plan's words: whatever names tools is about tooling, the end of the horizon too."""
    return PlanJob.Reason.TOOLING if reason.tools else REASONS[reason.kind]


def detail_of(reason: engine.Reason, framed: Framed) -> dict[str, Any]:
    """Which teams or tools between which days, by how many working days, and the order lines that had them.

    A tool is {"kind", "number", "size"} as the register had it when the plan was made; the size "" is that of all sizes.
    """
    days, detail = framed.days, dict[str, Any]()
    if reason.tools:
        known = {tool.id: tool for tool in framed.snapshot.tools}
        detail["tools"] = [{"kind": known[name].kind, "number": known[name].number, "size": size} for name, size in reason.tools]
    if reason.lines:
        detail["teams"] = [int(team) for team in reason.lines]
    for name, index in (("first_day", reason.first_day), ("last_day", reason.last_day)):
        if index is not None:
            detail[name] = days[min(max(index, 0), len(days) - 1)].isoformat()
    if reason.days:
        detail["days"] = reason.days
    if reason.jobs:
        detail["order_lines"] = [int(job) for job in reason.jobs[:NAMED_JOBS]]
    return detail

"""What-ifs: assumptions on a plan's own problem, a trial planned from the plan with steady hands, adopted or thrown away."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from planning_site.core import audit
from planning_site.core.calendar import calendar_of
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from scheduling import services
from scheduling.adapters import assume, frame_problem, read_snapshot
from scheduling.adapters.assumptions import DueOn, MoreMinutes, ReadyBy
from scheduling.models import Plan, PlanRun, Team, WhatIf
from scheduling.selectors.compare import compare
from scheduling.selectors.floor import floor_of
from scheduling.services import whatif
from tests import factories as people
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor, make_month

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TUESDAY = dt.datetime(2026, 12, 8, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
FIRST = dt.date(2026, 12, 9)


@pytest.fixture
def floor() -> Floor:
    """More work than lasting can do in time: two of its four teams are not rated."""
    made = factories.floor(lines=10, pairs=2400)
    Team.objects.filter(pk__in=[team.pk for team in made.teams["lasting"][1:]]).update(people=None)
    return made


def planned(floor: Floor) -> Plan:
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=0)
    services.execute_plan_run(plan_run_id=run.pk)
    plan = PlanRun.objects.get(pk=run.pk).plan
    assert plan
    return plan


def asked(base: Plan, *rows: dict[str, Any]) -> WhatIf:
    question = whatif.open_what_if(base=base, title="more lasting", by=None)
    for row in rows:
        whatif.add_assumption(what_if=question, by=None, **row)
    return question


def answered(question: WhatIf) -> WhatIf:
    run = whatif.calculate(what_if=question, by=None, seconds=1)
    services.execute_plan_run(plan_run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == (PlanRun.State.DONE, "")
    return WhatIf.objects.select_related("result", "base").get(pk=question.pk)


def overtime(floor: Floor, hours: int = 6) -> dict[str, Any]:
    days = {"first_day": FIRST, "last_day": FIRST + dt.timedelta(days=20)}
    return {"kind": "overtime", "team": floor.teams["lasting"][0], "hours": Decimal(hours), **days}


# assumptions


def test_assumptions_change_their_team_their_days_and_their_line_alone(floor: Floor) -> None:
    frame = frame_problem(read_snapshot(floor.plant), FIRST, 10)
    team, line = floor.teams["lasting"][0], floor.lines[3]
    due, ready = dt.date(2026, 12, 30), dt.date(2026, 12, 11)
    other = assume(
        frame,
        [
            MoreMinutes({team.pk: 100.0}, dt.date(2026, 12, 10), dt.date(2026, 12, 12)),
            ReadyBy(line.pk, "lasting", ready),
            DueOn(line.pk, due),
        ],
    )
    before = {one.id: one for one in frame.problem.lines}
    for one in other.problem.lines:
        added = [now - was for now, was in zip(one.overtime, before[one.id].overtime, strict=True)]
        assert added == ([0.0, 100.0, 100.0, 100.0, *[0.0] * 6] if one.id == str(team.pk) else [0.0] * 10)
    jobs = {job.id: job for job in other.problem.jobs}
    changed = jobs.pop(str(line.pk))
    assert (changed.ready, other.days[changed.ready["lasting"]]) == ({"lasting": 2}, ready)
    assert changed.due > next(job.due for job in frame.problem.jobs if job.id == str(line.pk))
    assert all(job in frame.problem.jobs for job in jobs.values())
    assert next(fact.due_on for fact in other.snapshot.lines if fact.id == line.pk) == due


@travel(TUESDAY, tick=False)
def test_a_row_that_is_not_whole_is_refused(floor: Floor) -> None:
    question = asked(planned(floor))
    days = {"first_day": FIRST, "last_day": FIRST}
    for row, code in (
        ({"kind": "overtime", "hours": Decimal(2), **days}, "team"),
        ({"kind": "overtime", "team": floor.teams["lasting"][0], **days}, "hours"),
        ({"kind": "overtime", "team": floor.teams["lasting"][0], "hours": Decimal(2), "first_day": FIRST}, "days"),
        ({"kind": "postpone", "first_day": FIRST}, "order"),
        ({"kind": "ready", "order_line": floor.lines[0]}, "days"),
    ):
        with pytest.raises(DomainError) as caught:
            whatif.add_assumption(what_if=question, by=None, **row)  # type: ignore[arg-type]
        assert caught.value.code == code
    with pytest.raises(DomainError) as caught:
        whatif.calculate(what_if=question, by=None)
    assert caught.value.code == "nothing"


# the trial


@travel(TUESDAY, tick=False)
def test_more_overtime_makes_the_trial_better_and_leaves_the_plan_alone(floor: Floor) -> None:
    base = planned(floor)
    before = list(base.entries.values_list("pk", "day", "team", "pairs"))
    question = answered(asked(base, overtime(floor)))
    trial = question.result
    assert trial
    assert trial.state == Plan.State.TRIAL
    assert trial.metrics["cost"] < base.metrics["cost"]
    assert trial.metrics["late_pair_days"] < base.metrics["late_pair_days"]
    assert list(base.entries.values_list("pk", "day", "team", "pairs")) == before
    assert question.is_stale is False
    found = compare(base, trial, floor_of(floor.plant), calendar_of(floor.plant))
    assert found.saved >= found.harmed
    assert found.earlier_count > 0
    assert {figure.label: figure.is_better for figure in found.figures}["Late pair-days"] is True


@travel(TUESDAY, tick=False)
def test_a_trial_differs_from_its_base_by_the_assumptions_and_not_by_what_has_happened_since(floor: Floor) -> None:
    base = planned(floor)
    Team.objects.filter(stage__code="cutting").update(people=1)
    line = max(floor.lines, key=lambda line: base.jobs.get(order_line=line).late_days)
    postponed = {"kind": "postpone", "order_line": line, "first_day": line.due_on + dt.timedelta(days=90)}
    trial = answered(asked(base, postponed)).result
    assert trial
    assert trial.jobs.get(order_line=line).outcome == "on_time"
    assert trial.metrics["late_jobs"] < base.metrics["late_jobs"]
    assert trial.metrics["left_out"] == 0


@travel(TUESDAY, tick=False)
def test_a_what_if_whose_assumptions_change_is_stale_and_cannot_be_adopted(floor: Floor) -> None:
    question = answered(asked(planned(floor), overtime(floor)))
    whatif.add_assumption(what_if=question, by=None, **overtime(floor, 2))
    with pytest.raises(DomainError) as caught:
        whatif.adopt(what_if=question, by=None)
    assert caught.value.code == "stale"


@travel(TUESDAY, tick=False)
def test_an_adopted_trial_is_the_newest_draft_and_is_published_like_any_other(floor: Floor) -> None:
    base, wang = planned(floor), factories.planner("wang")
    services.publish_plan(plan_id=base.pk, by=None)
    question = answered(asked(base, overtime(floor)))
    newer = planned(floor)
    draft = whatif.adopt(what_if=question, by=wang, why="agreed with the general manager")
    assert (draft.state, draft.version > newer.version, draft.replaces) == (Plan.State.DRAFT, True, base)
    assert audit.history_of(draft).first().by == wang  # type: ignore[union-attr]
    assert services.publish_plan(plan_id=draft.pk, by=wang).state == Plan.State.PUBLISHED
    with pytest.raises(DomainError) as caught:
        whatif.drop(what_if=question, by=wang)
    assert caught.value.code == "closed"


@travel(TUESDAY, tick=False)
def test_a_trial_is_not_adopted_over_a_plan_that_was_published_since(floor: Floor) -> None:
    base = planned(floor)
    services.publish_plan(plan_id=base.pk, by=None)
    question = answered(asked(base, overtime(floor)))
    services.publish_plan(plan_id=planned(floor).pk, by=None)
    with pytest.raises(DomainError) as caught:
        whatif.adopt(what_if=question, by=None)
    assert caught.value.code == "overtaken"


@travel(TUESDAY, tick=False)
def test_a_trial_is_never_published_and_is_put_aside_with_its_question(floor: Floor) -> None:
    question = answered(asked(planned(floor), overtime(floor)))
    assert question.result
    with pytest.raises(DomainError):
        services.publish_plan(plan_id=question.result.pk, by=None)
    whatif.drop(what_if=question, by=None)
    assert Plan.objects.get(pk=question.result.pk).state == Plan.State.SUPERSEDED


def test_plans_without_kept_input_are_not_asked_of(floor: Floor) -> None:
    with pytest.raises(DomainError) as caught:
        whatif.open_what_if(base=make_month(floor), title="", by=None)
    assert caught.value.code == "no_input"


# pages


@travel(TUESDAY, tick=False)
def test_a_planner_asks_adds_calculates_and_sees_both_side_by_side(floor: Floor) -> None:
    base = planned(floor)
    client = Client()
    client.force_login(people.user(Department.PLANNING, language="en"))
    opened = client.post(reverse("scheduling:what_ifs"), {"plan": base.pk, "title": "Dec"})
    address = opened.headers["Location"]
    row = {"action": "add", "kind": "overtime", "stage": "lasting", "first_day": "2026-12-09", "last_day": "2026-12-24", "hours": "4"}
    assert "Say how many hours" in client.post(address, row | {"hours": ""}).content.decode()
    assert client.post(address, row).status_code == 302
    line = floor.lines[2]
    assert "No open order" in client.post(address, {"action": "add", "kind": "postpone", "order": "HT0"}).content.decode()
    client.post(address, {"action": "add", "kind": "postpone", "order": line.order.number.lower(), "first_day": "2027-02-01"})
    question = WhatIf.objects.get()
    assert question.assumptions.count() == 2
    client.post(address, {"action": "remove", "row": question.assumptions.get(kind="postpone").pk})
    run = PlanRun.objects.get(pk=client.post(address, {"action": "calculate"}).headers["Location"].rstrip("/").split("/")[-1])
    PlanRun.objects.filter(pk=run.pk).update(seconds=0)
    services.execute_plan_run(plan_run_id=run.pk)
    assert client.get(reverse("scheduling:run", args=[run.pk])).headers["Location"] == address
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    assert len(queries) <= 15, [query["sql"][:150] for query in queries]
    shown = page.content.decode()
    assert "Lasting: overtime" in shown
    assert "4 h a day more" in shown
    assert "Adopt as draft" in shown
    assert len(page.content) < 100_000
    adopted = client.post(address, {"action": "adopt"})
    assert adopted.headers["Location"] == reverse("scheduling:plan", args=[question.result_id or WhatIf.objects.get().result_id])
    assert "adopted" in client.get(reverse("scheduling:what_ifs")).content.decode()


@travel(TUESDAY, tick=False)
def test_what_ifs_are_for_those_who_may_see_drafts(floor: Floor) -> None:
    question = asked(planned(floor))
    address = reverse("scheduling:what_if", args=[question.pk])
    for department, read, write in ((Department.GM, 200, 403), (Department.SALES, 403, 403)):
        client = Client()
        client.force_login(people.user(department, language="en"))
        assert client.get(address).status_code == read
        assert client.post(address, {"action": "drop"}).status_code == write

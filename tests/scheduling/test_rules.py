"""The factory's own ideas of a plan: a customer first, a team kept for samples, a fixed sequence; set, followed, ended."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from scheduling import engine, services
from scheduling.adapters import frame_problem, pack_input, read_snapshot, unpack_input
from scheduling.adapters.problem import Framed
from scheduling.adapters.rules import GoFirst, InSequence, TeamWindow, follow
from scheduling.models import Plan, PlanRule, PlanRun
from scheduling.services.rules import end_rule, rules_of, set_rule
from tests import factories as people
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
FIRST = dt.date(2026, 12, 9)


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel(factories.NOON, tick=False):
        yield


@pytest.fixture
def floor() -> Floor:
    return factories.floor(lines=8, pairs=1200)


def framed(floor: Floor) -> Framed:
    return frame_problem(read_snapshot(floor.plant, factories.NOON.date()), FIRST, 40)


def planned(floor: Floor) -> Plan:
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=0)
    services.execute_plan_run(plan_run_id=run.pk)
    done = PlanRun.objects.get(pk=run.pk)
    assert (done.state, done.error) == (PlanRun.State.DONE, "")
    assert done.plan
    return done.plan


def rule(floor: Floor, kind: str, **values: Any) -> PlanRule:
    return set_rule(plant=floor.plant, kind=kind, why="asked by sales", by=None, **({"first_day": FIRST} | values))


# on the problem


def test_who_goes_first_counts_more_and_nobody_else(floor: Floor) -> None:
    chosen = floor.lines[2].pk
    jobs = follow(framed(floor), [GoFirst(frozenset([chosen]))]).problem.jobs
    assert {int(job.id): job.priority for job in jobs} == {line.pk: 4.0 if line.pk == chosen else 1.0 for line in floor.lines}


@pytest.mark.parametrize("is_only", [True, False])
def test_a_window_closes_its_team_on_its_days_alone(floor: Floor, is_only: bool) -> None:
    team, kept = floor.teams["cutting"][0], floor.lines[0].pk
    window = TeamWindow(team.pk, is_only, FIRST, FIRST + dt.timedelta(days=9), frozenset([kept]))
    frame = follow(framed(floor), [window])
    plan = engine.solve(frame.problem, seed=1)
    assert plan.status == "complete"
    mine = [entry for entry in plan.entries if entry.line == str(team.pk) and frame.days[entry.day] <= window.last_day]  # type: ignore[operator]
    assert all((int(entry.job) == kept) is is_only for entry in mine)


def test_a_sequence_is_laid_down_in_its_order_and_the_rest_is_planned_around_it(floor: Floor) -> None:
    team, lines = floor.teams["stitching"][0], [floor.lines[at].pk for at in (4, 1, 6)]
    frame = follow(framed(floor), [InSequence(team.pk, dt.date(2026, 12, 14), tuple(lines))])
    plan = engine.solve(frame.problem, seed=1)
    assert (plan.status, plan.warnings) == ("complete", ())
    made = [entry for entry in plan.entries if int(entry.job) in lines and entry.stage == "stitching"]
    assert {entry.line for entry in made} == {str(team.pk)}
    assert min(frame.days[entry.day] for entry in made) >= dt.date(2026, 12, 14)
    days = {pk: [entry.day for entry in made if int(entry.job) == pk] for pk in lines}
    assert max(days[lines[0]]) <= min(days[lines[1]])
    assert max(days[lines[1]]) <= min(days[lines[2]])
    whole = {line.pk: line.pairs for line in floor.lines if line.pk in lines}
    assert {pk: sum(e.pairs for e in made if int(e.job) == pk) for pk in lines} == whole


def test_a_sequence_does_not_begin_before_pairs_can_be_there(floor: Floor) -> None:
    team = floor.teams["lasting"][0]
    frame = follow(framed(floor), [InSequence(team.pk, FIRST, (floor.lines[0].pk, floor.lines[1].pk))])
    assert min(entry.day for entry in frame.problem.frozen) >= 2  # cutting, stitching, then lasting, a day between them
    assert engine.solve(frame.problem, seed=1).warnings == ()


def test_rules_about_nothing_in_the_problem_change_nothing(floor: Floor) -> None:
    frame = framed(floor)
    gone = [GoFirst(frozenset([10**6])), TeamWindow(10**6, True, FIRST, None), InSequence(10**6, FIRST, (1, 2))]
    past = TeamWindow(floor.teams["cutting"][0].pk, True, dt.date(2026, 11, 1), dt.date(2026, 11, 9), frozenset([floor.lines[0].pk]))
    assert follow(frame, [*gone, past]) == frame


def test_a_kept_input_holds_the_rules_it_was_made_with(floor: Floor) -> None:
    team = floor.teams["cutting"][0]
    rules = [
        GoFirst(frozenset([floor.lines[0].pk])),
        TeamWindow(team.pk, True, FIRST, None, families=frozenset(["男正装"])),
        InSequence(floor.teams["stitching"][0].pk, FIRST, (floor.lines[1].pk, floor.lines[2].pk)),
    ]
    frame = follow(framed(floor), rules)
    again = unpack_input(pack_input(frame).data, frame.snapshot.calendar)
    assert (again.problem.reserved, again.problem.frozen) == (frame.problem.reserved, frame.problem.frozen)
    assert [job.priority for job in again.problem.jobs] == [job.priority for job in frame.problem.jobs]


# the services


def test_the_next_plan_follows_a_rule_until_it_is_ended(floor: Floor) -> None:
    team, line = floor.teams["cutting"][0], floor.lines[0]
    row = rule(floor, "only", team=team, style=line.style)
    styles = set(planned(floor).entries.filter(team=team).values_list("order_line__style_id", flat=True))
    assert styles <= {line.style_id}
    end_rule(rule_id=row.pk, by=None)
    assert rules_of(floor.plant, FIRST) == []
    assert planned(floor).entries.filter(team=team).exclude(order_line__style=line.style).exists()
    assert [change.action for change in audit.history_of(row)] == ["end", "set"]
    with pytest.raises(DomainError, match="ended already"):
        end_rule(rule_id=row.pk, by=None)


def test_a_rule_of_another_plant_or_of_days_gone_by_is_not_followed(floor: Floor) -> None:
    row = rule(floor, "first", customer=floor.lines[0].order.customer, first_day=dt.date(2026, 11, 1), last_day=dt.date(2026, 11, 30))
    assert rules_of(floor.plant, FIRST) == []
    assert len(rules_of(floor.plant, dt.date(2026, 11, 30))) == 1
    assert not row.holds_on(FIRST)


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("first", {}, "which customer"),
        ("only", {}, "which team"),
        ("only", {"team": True}, "for whom or what"),
        ("never", {"team": True}, "for whom or what"),
        ("sequence", {"team": True, "lines": 1}, "two to 30"),
        ("sequence", {"lines": 2}, "which team"),
    ],
)
def test_a_rule_that_says_too_little_is_refused(floor: Floor, kind: str, values: dict[str, Any], said: str) -> None:
    if values.get("team"):
        values = values | {"team": floor.teams["cutting"][0]}
    if "lines" in values:
        values = values | {"lines": floor.lines[: values["lines"]]}
    with pytest.raises(DomainError, match=said):
        rule(floor, kind, **values)
    assert not PlanRule.objects.exists()


def test_a_team_is_not_asked_for_what_it_cannot_make(floor: Floor) -> None:
    team = floor.teams["cutting"][0]
    team.families = ["boots"]
    team.save()
    with pytest.raises(DomainError, match="does not make"):
        rule(floor, "sequence", team=team, lines=floor.lines[:2])


# the page


def test_planning_sets_and_ends_a_sequence_on_the_page_and_sales_reads_it(floor: Floor) -> None:
    client, reader = Client(), Client()
    client.force_login(people.user(Department.PLANNING, language="en"))
    reader.force_login(people.user(Department.SALES, language="en"))
    names = "\n".join(f"{line.order.number} {line.style.code} {line.colour.name}" for line in floor.lines[:2])
    form = {"kind": "sequence", "team": floor.teams["cutting"][0].pk, "orders": names, "first_day": "2026-12-10", "why": "same leather"}
    wrong = client.post(reverse("scheduling:rules"), form | {"orders": "NOPE\nNOPE2"}).content.decode()
    assert "No open order is called" in wrong
    assert "NOPE2" in wrong
    assert client.post(reverse("scheduling:rules"), form)["Location"] == reverse("scheduling:rules")
    row = PlanRule.objects.get()
    assert [line.order_line_id for line in row.lines.all()] == [line.pk for line in floor.lines[:2]]
    page = reader.get(reverse("scheduling:rules")).content.decode()
    assert "same leather" in page
    assert "Set rule" not in page
    assert reader.post(reverse("scheduling:rules"), form).status_code == 403
    client.post(reverse("scheduling:rule_end", args=[row.pk]))
    row.refresh_from_db()
    assert row.ended_at

"""Several plants: each person chooses one, each plant has its own plans and runs, and a shared team is never planned twice."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from time_machine import travel

from orders.models import OrderLine
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from planning_site.core.plants import chosen_by, default_plant
from scheduling import services
from scheduling.adapters import read_snapshot
from scheduling.models import Plan, PlanEntry, PlanRun, Stage, Team, TeamLoan, Workshop
from scheduling.selectors.floor import floor_of
from scheduling.selectors.load import load_table
from scheduling.services.sharing import check_shared_teams, end_loan, lend_team
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor, add_lines, make_plan, stand

TUESDAY = dt.datetime(2026, 12, 8, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
TODAY = TUESDAY.date()
DAY = dt.timedelta(days=1)
FIRST_DAY = TODAY + DAY
CODES = ("cutting", "stitching", "bottoming", "lasting", "packing")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with travel(TUESDAY, tick=False):
        yield


def second_plant(first: Floor, *, lines: int = 4, without: str = "") -> Floor:
    """Another plant with a team at every stage but one, and orders of its own for the same styles."""
    plant = Plant.objects.create(code="P2", name="二厂")
    workshop = Workshop.objects.create(plant=plant, name="二厂车间")
    rating = {"people": 30, "hours": 10, "efficiency": 85, "overtime_hours": 2}
    teams = {
        code: [Team.objects.create(workshop=workshop, stage=stage, name=f"二厂{stage.name}", **rating)]
        for code, stage in first.stages.items()
        if code != without
    }
    floor = Floor(plant, first.stages, teams, first.styles, list(first.lines))
    made = add_lines(floor, lines)
    floor.lines = made
    return floor


def lend(floor: Floor, plant: Plant, code: str = "stitching", **days: Any) -> Team:
    """The first team of a stage, lent to another plant."""
    team = floor.teams[code][0]
    lend_team(team=team, plant=plant, by=None, why="peak", **({"first_day": TODAY, "last_day": None} | days))
    return team


def in_force(floor: Floor, line: OrderLine, team: Team, minutes: float, *, day: dt.date = FIRST_DAY, **plan: Any) -> Plan:
    """A published plan with one entry."""
    state = plan.pop("state", "published")
    made = make_plan(floor, state="draft", **plan)
    values: dict[str, Any] = {
        "order_line": line,
        "stage": team.stage,
        "team": team,
        "day": day,
        "position": 1,
        "pairs": 10,
        "minutes": minutes,
    }
    PlanEntry.objects.create(plan=made, **values)
    return stand(made, state)


def facts(plant: Plant, team: Team) -> Any:
    return next((known for known in read_snapshot(plant).teams if known.id == team.pk), None)


def run_month(floor: Floor, seconds: int = 0) -> Plan:
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=seconds)
    assert services.execute_plan_run(plan_run_id=run.pk)
    done = PlanRun.objects.get(pk=run.pk)
    assert done.plan is not None, done.error
    return done.plan


@pytest.mark.django_db
def test_pages_are_about_the_plant_that_a_person_chose() -> None:
    one = factories.floor(lines=2)
    two = second_plant(one)
    wang = factories.planner("wang")
    client = Client()
    client.force_login(wang)
    assert default_plant() == one.plant
    answer = client.post(reverse("core:plant"), {"plant": two.plant.pk, "next": reverse("scheduling:teams")}, follow=True)
    assert "二厂车间" in answer.content.decode()
    assert "针车1组" not in answer.content.decode()
    wang.refresh_from_db()
    with chosen_by(wang):
        assert default_plant() == two.plant
    client.post(reverse("scheduling:plan_request"), {"horizon": "month"})
    assert PlanRun.objects.get().plant == two.plant


@pytest.mark.django_db
def test_a_plant_that_does_not_exist_is_refused_and_one_plant_is_never_named() -> None:
    factories.floor(lines=1)
    wang, client = factories.planner("wang"), Client()
    client.force_login(wang)
    client.post(reverse("core:plant"), {"plant": "999"})
    assert User.objects.get(pk=wang.pk).plant is None
    assert "plantpick" not in client.get(reverse("scheduling:teams")).content.decode()


@pytest.mark.django_db
def test_a_plan_of_another_plant_opens_and_names_its_plant() -> None:
    one = factories.floor(lines=2)
    two = second_plant(one)
    plan = run_month(two)
    client = Client()
    client.force_login(factories.planner("wang"))
    page = client.get(reverse("scheduling:plan", args=[plan.pk])).content.decode()
    assert "二厂" in page
    assert client.get(reverse("scheduling:month")).status_code == 200


@pytest.mark.django_db
def test_plants_have_runs_of_one_horizon_at_the_same_time() -> None:
    one = factories.floor(lines=2)
    two = second_plant(one)
    runs = [services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=0) for floor in (one, two)]
    assert services.waiting_runs() == [run.pk for run in runs]
    for run in runs:
        assert services.execute_plan_run(plan_run_id=run.pk)
    first, second = Plan.objects.order_by("pk")
    assert {first.plant, second.plant} == {one.plant, two.plant}
    assert set(second.entries.values_list("order_line", flat=True)) == {line.pk for line in two.lines}
    assert not set(first.entries.values_list("team", flat=True)) & set(second.entries.values_list("team", flat=True))


@pytest.mark.django_db
def test_a_borrowed_team_makes_what_its_plant_cannot() -> None:
    one = factories.floor(lines=0)
    two = second_plant(one, without="stitching")
    assert run_month(two).jobs.exclude(outcome="left_out").count() == 0
    team = lend(one, two.plant)
    plan = run_month(two)
    assert set(plan.entries.filter(stage__code="stitching").values_list("team", flat=True)) == {team.pk}
    assert not plan.jobs.filter(outcome="left_out").exists()


@pytest.mark.django_db
def test_what_another_plant_has_taken_of_a_shared_team_is_blocked() -> None:
    one = factories.floor(lines=1)
    two = second_plant(one)
    team = lend(one, two.plant)
    whole, overtime = team.minutes_a_day, team.overtime_minutes
    assert whole is not None
    assert overtime is not None
    changeover = facts(two.plant, team).changeover
    in_force(one, one.lines[0], team, 4000.0)
    assert facts(two.plant, team).minutes_on(FIRST_DAY) == pytest.approx((whole - 4000.0 - changeover, overtime))
    assert facts(two.plant, team).minutes_on(FIRST_DAY + DAY) == (whole, overtime)
    assert facts(one.plant, team).minutes_on(FIRST_DAY) == (whole, overtime)  # its own plan blocks nothing: it is made anew


@pytest.mark.django_db
def test_what_was_lent_is_blocked_for_the_owner_too() -> None:
    one = factories.floor(lines=1)
    two = second_plant(one)
    team = lend(one, two.plant)
    whole = team.minutes_a_day or 0.0
    in_force(two, two.lines[0], team, whole + 600.0)
    regular, overtime = facts(one.plant, team).minutes_on(FIRST_DAY)
    assert regular == 0.0
    assert overtime == pytest.approx((team.overtime_minutes or 0.0) - 600.0 - facts(one.plant, team).changeover)


@pytest.mark.django_db
def test_a_published_week_stands_in_for_its_month() -> None:
    one = factories.floor(lines=1)
    two = second_plant(one)
    team = lend(one, two.plant)
    month = in_force(one, one.lines[0], team, 4000.0)
    in_force(one, one.lines[0], team, 1000.0, horizon="week", period=FIRST_DAY - 2 * DAY, refines=month)
    assert facts(two.plant, team).taken == {FIRST_DAY: 1000.0}


@pytest.mark.django_db
def test_a_loan_holds_from_day_to_day_until_it_is_ended() -> None:
    one = factories.floor(lines=1)
    two = second_plant(one)
    team = lend(one, two.plant, first_day=FIRST_DAY + DAY, last_day=FIRST_DAY + 2 * DAY)
    room = [facts(two.plant, team).minutes_on(FIRST_DAY + n * DAY)[0] > 0 for n in range(4)]
    assert room == [False, True, True, False]
    one.plant.calendar_periods.create(first_day=FIRST_DAY + DAY, last_day=FIRST_DAY + DAY, kind="closed")
    assert facts(two.plant, team).minutes_on(FIRST_DAY + DAY) == (0.0, 0.0)  # it works when its own plant does
    end_loan(loan_id=TeamLoan.objects.get().pk, by=None)
    assert facts(two.plant, team) is None


@pytest.mark.django_db
def test_lending_refuses_what_says_nothing() -> None:
    one = factories.floor(lines=0)
    two = second_plant(one, lines=1)
    team, days = one.teams["stitching"][0], {"first_day": TODAY, "last_day": None}
    for values, code in (
        ({"plant": one.plant, "why": "peak"}, "own"),
        ({"plant": two.plant, "why": " "}, "why"),
        ({"plant": two.plant, "why": "peak", "last_day": TODAY - DAY}, "days"),
    ):
        with pytest.raises(DomainError) as caught:
            lend_team(team=team, by=None, **(days | values))
        assert caught.value.code == code
    lend(one, two.plant)
    with pytest.raises(DomainError) as caught:
        lend(one, two.plant)
    assert caught.value.code == "lent"


@pytest.mark.django_db(transaction=True)
def test_of_two_plants_that_publish_the_same_minutes_one_wins_and_the_other_is_told() -> None:
    one = factories.floor(lines=1)
    two = second_plant(one)
    team = lend(one, two.plant)
    most = (team.minutes_a_day or 0.0) + (team.overtime_minutes or 0.0)
    drafts = [in_force(floor, floor.lines[0], team, 0.7 * most, state="draft") for floor in (one, two)]
    start = Barrier(2)

    def publish(plan: Plan) -> str:
        try:
            start.wait(10)
            services.publish_plan(plan_id=plan.pk, by=None)
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(publish, drafts)) == ["published", "taken"]
    assert Plan.objects.filter(state="published").count() == 1


@pytest.mark.django_db
def test_two_plants_that_leave_each_other_room_both_publish() -> None:
    one = factories.floor(lines=1)
    two = second_plant(one)
    team = lend(one, two.plant)
    in_force(one, one.lines[0], team, 0.5 * (team.minutes_a_day or 0.0))
    draft = in_force(two, two.lines[0], team, 0.5 * (team.minutes_a_day or 0.0), state="draft")
    check_shared_teams(draft)


@pytest.mark.django_db
def test_the_load_page_counts_what_others_took_as_no_capacity_and_shows_it() -> None:
    one = factories.floor(lines=1)
    two = second_plant(one)
    team = lend(one, two.plant)
    in_force(one, one.lines[0], team, 6000.0)
    plan = in_force(two, two.lines[0], team, 3000.0)
    table = load_table(plan, floor_of(two.plant), two.calendar)
    stitching = next(block for block in table.stages if block.stage == Stage.objects.get(code="stitching"))
    load = next(row.weeks[0] for row in stitching.teams if row.team == team)
    assert (load.taken, load.capacity) == (6000.0, 4 * (team.minutes_a_day or 0.0) - 6000.0)  # Wednesday to Saturday
    client, wang = Client(), factories.planner("wang")
    wang.plant = two.plant
    wang.save(update_fields=["plant"])
    client.force_login(wang)
    page = client.get(reverse("scheduling:load")).content.decode()
    assert "Shared teams" in page
    assert ">100<" in page


@pytest.mark.django_db
def test_planners_lend_a_team_on_its_page_and_end_it_again() -> None:
    one = factories.floor(lines=1)
    two = second_plant(one)
    team, client = one.teams["stitching"][0], Client()
    client.force_login(factories.planner("wang"))
    address = reverse("scheduling:team_lend", args=[team.pk])
    refused = client.post(address, {"plant": two.plant.pk, "first_day": "2026-12-09"})
    assert (refused.status_code, TeamLoan.objects.count()) == (400, 0)
    client.post(address, {"plant": two.plant.pk, "first_day": "2026-12-09", "why": "peak"})
    loan = TeamLoan.objects.get()
    assert "peak" in client.get(reverse("scheduling:team_edit", args=[team.pk])).content.decode()
    client.post(reverse("core:plant"), {"plant": two.plant.pk})
    assert team.name in client.get(reverse("scheduling:teams")).content.decode()
    client.post(reverse("scheduling:team_loan_end", args=[loan.pk]))
    loan.refresh_from_db()
    assert loan.ended_at is not None

"""What would help a late job: measures that were proved by planning again, and the what-if that one click makes of them."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.templatetags import figures
from scheduling import engine, services
from scheduling.adapters.measures import measure_as_json, measure_of
from scheduling.answers.levers import Levers, levers_of, read_signed, sign
from scheduling.answers.warm import warm
from scheduling.models import Assumption, Plan, PlanJob, PlanRun, Team, WhatIf
from scheduling.selectors.floor import floor_of
from scheduling.services import whatif
from tests import factories as people
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    """The clock stands; the engine, which measures time by its own, still ends: it is given no seconds to search."""
    with time_machine.travel(factories.NOON, tick=False):
        yield


@pytest.fixture
def floor() -> Floor:
    made = factories.floor(lines=10, pairs=2400)
    Team.objects.filter(pk__in=[team.pk for team in made.teams["lasting"][1:]]).update(people=None)
    return made


@pytest.fixture
def plan(floor: Floor) -> Plan:
    return execute(services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=0))


def execute(run: PlanRun) -> Plan:
    services.execute_plan_run(plan_run_id=run.pk)
    done = PlanRun.objects.select_related("plan__plant").get(pk=run.pk)
    assert (done.state, done.error) == (PlanRun.State.DONE, "")
    assert done.plan
    return done.plan


def late_job(plan: Plan) -> PlanJob:
    job = plan.jobs.filter(outcome="late").select_related("plan__plant").order_by("-late_days", "pk").first()
    assert job
    return job


def found(plan: Plan) -> tuple[PlanJob, Levers]:
    job = late_job(plan)
    return job, levers_of(job, floor_of(plan.plant))


def test_a_late_job_has_measures_and_the_best_comes_first(plan: Plan) -> None:
    job, levers = found(plan)
    assert levers.alone
    assert all(job.finish_on and lever.finish < job.finish_on for lever in levers.alone)
    assert [lever.late > 0 for lever in levers.alone] == sorted(lever.late > 0 for lever in levers.alone)
    assert all(lever.what and lever.late == max(0, (lever.finish - job.due_on).days) for lever in levers.alone)


def test_what_a_measure_promises_the_what_if_keeps(plan: Plan) -> None:
    job, levers = found(plan)
    best = levers.whole or levers.alone[0]
    measures = read_signed(best.token, plan, job.order_line_id)
    assert measures
    trial = execute(whatif.try_measures(base=plan, order_line=job.order_line_id, measures=measures, title="try", by=None))
    after = trial.jobs.get(order_line=job.order_line_id)
    assert (trial.state, after.finish_on, after.late_days) == ("trial", best.finish, best.late)
    assert plan.jobs.get(pk=job.pk).finish_on == job.finish_on


def test_other_work_stays_where_it_is(plan: Plan) -> None:
    job, levers = found(plan)
    quiet = next(lever for lever in levers.alone if not lever.worse)
    measures = read_signed(quiet.token, plan, job.order_line_id)
    assert measures
    named = {job.order_line_id, *(line for row in measures for line in row.get("order_lines", ()))}
    trial = execute(whatif.try_measures(base=plan, order_line=job.order_line_id, measures=measures, title="try", by=None))
    fields = ("order_line_id", "stage_id", "team_id", "day", "pairs")

    def others(of: Plan) -> set[tuple[object, ...]]:
        return {row for row in of.entries.values_list(*fields) if row[0] not in named}

    before = others(plan)
    assert len(before & others(trial)) >= 0.9 * len(before)


def test_a_question_leaves_the_warm_plan_as_it_was(plan: Plan) -> None:
    job = late_job(plan)
    with warm(plan) as held:
        before = held.session.entries(), held.session.cost
    assert levers_of(job, floor_of(plan.plant)) == levers_of(job, floor_of(plan.plant))
    with warm(plan) as held:
        assert (held.session.entries(), held.session.cost) == before


def test_measures_survive_being_written_down(plan: Plan) -> None:
    with warm(plan) as held:
        explained = engine.explain_job(held.session, str(late_job(plan).order_line_id))
        for measure in (*explained.measures, *explained.together):
            again = measure_of(measure_as_json(measure, held.framed), held.framed)
            assert (again, dict(again.late_jobs)) == (measure, dict(measure.late_jobs))


def test_a_token_is_good_for_its_own_job_alone_and_not_when_changed(plan: Plan) -> None:
    job = late_job(plan)
    token = sign(plan, job.order_line_id, [{"kind": "again"}])
    assert read_signed(token, plan, job.order_line_id) == [{"kind": "again"}]
    assert read_signed(token, plan, job.order_line_id + 1) is None
    assert read_signed(token[:-2] + "xx", plan, job.order_line_id) is None


def test_a_plan_without_its_input_says_so(plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(metrics={}, created_at=plan.created_at - dt.timedelta(days=1))
    job = PlanJob.objects.select_related("plan__plant").get(pk=late_job(plan).pk)
    with pytest.raises(DomainError, match="before inputs were kept"):
        levers_of(job, floor_of(plan.plant))


def browser(department: Department) -> Client:
    client = Client()
    client.force_login(people.user(department, language="en"))
    return client


def test_the_page_loads_the_measures_apart_and_one_click_opens_the_what_if(plan: Plan) -> None:
    client, job = browser(Department.PLANNING), late_job(plan)
    page = client.get(reverse("scheduling:plan_job", args=[plan.pk, job.order_line_id])).content.decode()
    address = reverse("scheduling:plan_job_levers", args=[plan.pk, job.order_line_id])
    assert f'hx-get="{address}"' in page
    levers_of(job, floor_of(plan.plant))  # warm: what is counted is one more look
    with CaptureQueriesContext(connection) as queries:
        part = client.get(address).content.decode()
    assert len(queries) <= 15, [query["sql"][:90] for query in queries]
    assert "points" in part
    assert "Try" in part
    token = part.split('name="measures" value="')[1].split('"')[0]
    answer = client.post(reverse("scheduling:plan_job_try", args=[plan.pk, job.order_line_id]), {"measures": token})
    question = WhatIf.objects.get()
    run = PlanRun.objects.get(what_if=question)
    assert answer["Location"] == reverse("scheduling:run", args=[run.pk])
    row = question.assumptions.get()
    assert (row.kind, row.order_line_id, question.base) == (Assumption.Kind.MEASURE, job.order_line_id, plan)
    execute(run)
    with CaptureQueriesContext(connection) as queries:
        shown = client.get(reverse("scheduling:what_if", args=[question.pk])).content.decode()
    assert len(queries) <= 15, [query["sql"][:90] for query in queries]
    after = WhatIf.objects.select_related("result").get(pk=question.pk).result
    assert after
    finish = after.jobs.get(order_line=job.order_line_id).finish_on
    assert finish
    assert f"ends on {figures.longday(finish)}" in shown.split("</section>")[0]
    assert f"was {figures.day(job.finish_on)}" in shown


def test_a_click_is_proved_to_come_from_the_page(plan: Plan) -> None:
    client, job = Client(enforce_csrf_checks=True), late_job(plan)
    client.force_login(people.user(Department.PLANNING, language="en"))
    part = client.get(reverse("scheduling:plan_job_levers", args=[plan.pk, job.order_line_id])).content.decode()
    form = part.split('<ul class="lev">')[1].split("</form>")[0]
    values = {name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrfmiddlewaretoken", "measures")}
    address = reverse("scheduling:plan_job_try", args=[plan.pk, job.order_line_id])
    assert client.post(address, {"measures": values["measures"]}).status_code == 403
    assert client.post(address, values).status_code == 302


def test_who_does_not_plan_reads_the_measures_and_cannot_try_them(plan: Plan) -> None:
    job = late_job(plan)
    Plan.objects.filter(pk=plan.pk).update(state="published", published_at=factories.NOON)
    client = browser(Department.SALES)
    part = client.get(reverse("scheduling:plan_job_levers", args=[plan.pk, job.order_line_id])).content.decode()
    assert "points" in part
    assert "<form" not in part
    refused = client.post(reverse("scheduling:plan_job_try", args=[plan.pk, job.order_line_id]), {"measures": "x"})
    assert refused.status_code == 403


def test_a_click_that_was_not_made_here_is_refused(plan: Plan) -> None:
    client, job = browser(Department.PLANNING), late_job(plan)
    assert client.post(reverse("scheduling:plan_job_try", args=[plan.pk, job.order_line_id]), {"measures": "x"}).status_code == 400
    assert not WhatIf.objects.exists()


def test_while_another_run_is_on_its_way_nothing_is_left_behind(plan: Plan) -> None:
    client, (job, levers) = browser(Department.PLANNING), found(plan)
    active = services.request_plan_run(plant=plan.plant, horizon="month", by=None, seconds=0)
    answer = client.post(reverse("scheduling:plan_job_try", args=[plan.pk, job.order_line_id]), {"measures": levers.alone[0].token})
    assert answer["Location"] == reverse("scheduling:run", args=[active.pk])
    assert not WhatIf.objects.exists()

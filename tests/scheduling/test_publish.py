"""Publishing: one transaction, one winner, nothing published ever changes."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from time_machine import travel

from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.outbox.models import OutgoingMail
from scheduling import services
from scheduling.models import Plan, PlanEntry, PlanJob
from tests.factories import user
from tests.scheduling import factories
from tests.scheduling.plan_factories import MONDAY, make_day, make_month, make_week

NOON = dt.datetime(2026, 12, 8, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
State = Plan.State


def refused(plan: Plan, **kwargs: object) -> DomainError:
    with pytest.raises(DomainError) as caught:
        services.publish_plan(plan_id=plan.pk, by=None, **kwargs)  # type: ignore[arg-type]
    plan.refresh_from_db()
    return caught.value


def state(plan: Plan) -> str:
    return Plan.objects.values_list("state", flat=True).get(pk=plan.pk)


@pytest.mark.django_db
@travel(NOON, tick=False)
def test_publishing_supersedes_the_version_before_and_leaves_who_when_and_why() -> None:
    floor, wang = factories.floor(), factories.planner("wang")
    first = make_month(floor)
    stale = factories.month(floor, version=2, replaces=first)
    draft = factories.month(floor, version=3, replaces=first)
    plan = services.publish_plan(plan_id=draft.pk, by=wang, why="HT261102-072 came in")
    assert (plan.state, plan.published_by, plan.published_at) == (State.PUBLISHED, wang, NOON)
    assert (state(first), state(stale)) == (State.SUPERSEDED, State.SUPERSEDED)
    change = audit.history_of(plan).get(action="publish")
    assert (change.by, change.at, change.why) == (wang, NOON, "HT261102-072 came in")
    assert audit.history_of(first).get().values == {"state": ["published", "superseded"]}


@pytest.mark.django_db
@travel(NOON, tick=False)
def test_publishing_writes_one_mail_per_receiver() -> None:
    floor, wang = factories.floor(), factories.planner("wang")
    gm = user("gm")
    services.publish_plan(plan_id=factories.month(floor).pk, by=wang)
    assert list(OutgoingMail.objects.filter(to_user=gm).values_list("rule_code", flat=True)) == ["E1b"]


@pytest.mark.django_db
@travel(NOON, tick=False)
def test_a_draft_overtaken_by_another_version_is_refused_with_who_and_when() -> None:
    floor, wang = factories.floor(), factories.planner("wang")
    late = factories.month(floor, version=1)
    other = factories.month(floor, version=2)
    services.publish_plan(plan_id=other.pk, by=wang)
    Plan.objects.filter(pk=late.pk).update(state=State.DRAFT)
    error = refused(late)
    assert error.code == "overtaken"
    assert "wang" in error.message
    assert "v2" in error.message
    assert "2026-12-08 12:00" in error.message
    assert late.state == State.DRAFT


@pytest.mark.django_db
@travel(NOON, tick=False)
def test_an_older_draft_is_not_published_over_a_newer_one() -> None:
    floor, wang = factories.floor(), factories.planner("wang")
    old, new = factories.month(floor, version=1), factories.month(floor, version=2, by=wang)
    error = refused(old)
    assert (error.code, error.params["plan_id"]) == ("newer_draft", new.pk)
    services.discard_draft(plan_id=new.pk, by=wang, why="wrong overtime")
    assert services.publish_plan(plan_id=old.pk, by=wang).state == State.PUBLISHED
    assert audit.history_of(new).get(action="discard").why == "wrong overtime"


@pytest.mark.django_db
@travel(NOON, tick=False)
@pytest.mark.parametrize("standing", [State.PUBLISHED, State.SUPERSEDED])
def test_only_a_draft_is_published_or_discarded(standing: str) -> None:
    floor = factories.floor()
    plan = make_month(floor, state=standing)
    assert refused(plan).code == standing
    with pytest.raises(DomainError):
        services.discard_draft(plan_id=plan.pk, by=None)
    assert state(plan) == standing


@pytest.mark.django_db
@travel(NOON, tick=False)
def test_a_week_plan_of_a_month_plan_that_was_replaced_is_refused() -> None:
    floor = factories.floor()
    month = make_month(floor)
    week = make_week(month, state="draft")
    second = factories.month(floor, version=2, replaces=month)
    services.publish_plan(plan_id=second.pk, by=None)
    error = refused(week)
    assert (error.code, error.params["plan_id"]) == ("coarser_overtaken", second.pk)
    services.publish_plan(plan_id=make_week(second, version=2, state="draft").pk, by=None)


@pytest.mark.django_db
@travel(NOON, tick=False)
def test_a_day_plan_follows_the_published_week_plan_only() -> None:
    month = make_month(factories.floor())
    week = make_week(month)
    day = make_day(week, state="draft")
    newer = make_week(month, version=2, replaces=week, state="draft")
    services.publish_plan(plan_id=newer.pk, by=None)
    assert refused(day).code == "coarser_overtaken"
    assert services.publish_plan(plan_id=make_day(newer, version=2, state="draft").pk, by=None).state == State.PUBLISHED


@pytest.mark.django_db
def test_a_plan_whose_last_day_has_passed_is_not_published() -> None:
    month = make_month(factories.floor())
    week = make_week(month, monday=MONDAY, state="draft")
    with travel(dt.datetime(2026, 12, 13, 3, tzinfo=dt.UTC), tick=False):
        assert refused(week).code == "over"


@pytest.mark.django_db
@travel(NOON, tick=False)
def test_nothing_is_published_when_the_mails_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = factories.month(factories.floor())

    def fail(**_kwargs: object) -> None:
        raise RuntimeError("no template")

    monkeypatch.setattr("scheduling.notices.plan_published", fail)
    with pytest.raises(RuntimeError):
        services.publish_plan(plan_id=plan.pk, by=None)
    assert state(plan) == State.DRAFT
    assert not audit.history_of(plan).filter(action="publish").exists()


CHANGES: dict[str, Callable[[Plan], object]] = {
    "pairs of an entry": lambda plan: plan.entries.update(pairs=1),
    "delete entries": lambda plan: plan.entries.all().delete(),
    "add an entry": lambda plan: PlanEntry.objects.create(
        plan=plan,
        order_line_id=plan.jobs.all()[0].order_line_id,
        stage=plan.entries.all()[0].stage,
        team=plan.entries.all()[0].team,
        day=plan.last_day,
        position=99,
        pairs=1,
        minutes=1.0,
    ),
    "finish of a job": lambda plan: plan.jobs.update(late_days=3),
    "delete jobs": lambda plan: PlanJob.objects.filter(plan=plan).delete(),
    "metrics": lambda plan: Plan.objects.filter(pk=plan.pk).update(metrics={}),
    "back to draft": lambda plan: Plan.objects.filter(pk=plan.pk).update(state=State.DRAFT),
    "who published": lambda plan: Plan.objects.filter(pk=plan.pk).update(published_by=None, published_at=None, state=State.DRAFT),
    "delete the plan": lambda plan: plan.delete(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("standing", [State.PUBLISHED, State.SUPERSEDED])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_database_refuses_to_change_what_was_published(change: Callable[[Plan], object], standing: str) -> None:
    plan = make_month(factories.floor(lines=2), state=standing)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        change(plan)


@pytest.mark.django_db
def test_the_database_refuses_to_move_an_entry_between_plans() -> None:
    floor = factories.floor(lines=2)
    published, draft = make_month(floor), factories.month(floor, version=2)
    draft.entries.update(position=F("position") + 100)
    for source, target in ((draft, published), (published, draft)):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            source.entries.update(plan=target)


@pytest.mark.django_db
def test_a_draft_may_be_changed_and_deleted() -> None:
    draft = factories.month(factories.floor(lines=2))
    draft.entries.filter(position=1).delete()
    draft.jobs.update(late_days=1)
    draft.delete()
    assert not Plan.objects.exists()


@pytest.mark.django_db(transaction=True)
@travel(NOON, tick=False)
def test_of_two_people_who_publish_at_once_one_wins_and_the_other_is_told() -> None:
    floor = factories.floor(lines=2)
    people = [factories.planner("wang"), factories.planner("lu")]
    user("gm")
    drafts = [factories.month(floor, version=1), factories.month(floor, version=2)]
    drafts[0].delete()  # both look at version 2
    start = Barrier(2)

    def publish(n: int) -> Plan | DomainError:
        try:
            start.wait(10)
            return services.publish_plan(plan_id=drafts[1].pk, by=people[n])
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(publish, range(2)))
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, Plan)]
    [loser] = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
    assert loser.code == "published"
    assert str(winner.published_by) in loser.message
    assert OutgoingMail.objects.count() == 1  # the general manager's
    assert audit.history_of(winner).filter(action="publish").count() == 1


@pytest.mark.django_db(transaction=True)
@travel(NOON, tick=False)
def test_of_two_drafts_published_at_once_one_stands_and_the_other_is_refused() -> None:
    floor = factories.floor(lines=2)
    drafts = [factories.month(floor, version=1), factories.month(floor, version=2)]
    start = Barrier(2)

    def publish(draft: Plan) -> str:
        try:
            start.wait(10)
            return services.publish_plan(plan_id=draft.pk, by=None).state
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(publish, drafts))
    assert outcomes in (["newer_draft", "published"], ["published", "superseded"])
    assert [state(draft) for draft in drafts][1] == State.PUBLISHED
    assert Plan.objects.filter(state=State.PUBLISHED).count() == 1

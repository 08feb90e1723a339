"""The minutes of a size-skip trial become the rates that plans count with (C4)."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from quality import services as quality
from quality.models import PreparationPlan, StyleRelease, Trial
from scheduling.adapters import read_snapshot
from scheduling.models import Stage, StyleRate
from scheduling.selectors.trial_minutes import trial_minutes
from scheduling.services.trial_minutes import take_trial_minutes
from tests import factories
from tests.quality import support

pytestmark = pytest.mark.django_db

D = Department
SHEET = {"cutting": "4.20", "stitching": "21.00", "bottoming": "6.00", "lasting": "11.50", "packing": "3.00"}
# 24 pairs by 2 people in 60 minutes
MEASURED = Decimal("5.00")


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(support.NOON, tick=False):
        yield


@pytest.fixture
def plan() -> PreparationPlan:
    plan = support.planned()
    stages = {stage.code: stage for stage in Stage.objects.all()}
    for code, minutes in SHEET.items():
        StyleRate.objects.create(style=plan.style, stage=stages[code], minutes=Decimal(minutes))
    return plan


def rates(plan: PreparationPlan) -> dict[str, Decimal]:
    return dict(StyleRate.objects.filter(style=plan.style).values_list("stage__code", "minutes"))


def sheet(trial: Trial) -> Trial:
    return Trial.objects.prefetch_related("stages__step").get(pk=trial.pk)


def test_measured_minutes_are_what_the_next_plan_counts_with(plan: PreparationPlan) -> None:
    trial = support.tried(plan)
    planner = factories.user(D.PLANNING)
    done = take_trial_minutes(trial=trial, by=planner)
    assert {stage.code: pair for stage, pair in done.changed.items()} == {
        code: (Decimal(SHEET[code]), MEASURED) for code in ("cutting", "stitching", "bottoming", "lasting")
    }
    [line] = read_snapshot(default_plant()).lines
    assert dict(line.rates) == {"cutting": 5.0, "stitching": 5.0, "bottoming": 5.0, "lasting": 5.0, "packing": 3.0}
    trial.refresh_from_db()
    assert (trial.minutes_taken_by, trial.minutes_taken_at) == (planner, support.NOON)
    rate = StyleRate.objects.get(style=plan.style, stage__code="stitching")
    [change] = audit.history_of(rate)
    assert (change.by, change.values, change.why) == (planner, {"minutes": ["21.00", "5.00"]}, "trial 1")


def test_taken_twice_changes_nothing_the_second_time(plan: PreparationPlan) -> None:
    trial = support.tried(plan)
    take_trial_minutes(trial=trial, by=factories.user(D.PLANNING))
    assert take_trial_minutes(trial=trial, by=factories.user(D.TECHNICAL)).changed == {}
    assert audit.history_of(*StyleRate.objects.filter(style=plan.style)).count() == 4


def test_a_stage_that_nobody_rated_gets_its_first_rate(plan: PreparationPlan) -> None:
    StyleRate.objects.filter(style=plan.style, stage__code="lasting").delete()
    done = take_trial_minutes(trial=support.tried(plan), by=factories.user(D.PLANNING))
    assert {stage.code: before for stage, (before, _now) in done.changed.items()}["lasting"] is None
    assert rates(plan)["lasting"] == MEASURED


def test_a_trial_that_is_not_measured_everywhere_gives_no_rates(plan: PreparationPlan) -> None:
    support.deliver_all(plan)
    trial = support.trial_of(plan)
    cutting = trial.stages.get(step__code="cutting")
    measured = quality.Measured(pairs=24, people=2, clock_minutes=Decimal(60))
    quality.report_stage(stage=cutting, measured=measured, note="", by=factories.user(D.WORKSHOP), today=support.TODAY)
    with pytest.raises(DomainError) as error:
        take_trial_minutes(trial=trial, by=factories.user(D.PLANNING))
    assert error.value.code == "not_measured"
    assert rates(plan) == {code: Decimal(minutes) for code, minutes in SHEET.items()}
    assert not trial_minutes(sheet(trial)).is_measured


def test_minutes_of_an_earlier_trial_are_refused_once_a_later_one_was_measured(plan: PreparationPlan) -> None:
    first = support.tried(plan)
    quality.sign_release(style=plan.style, result=StyleRelease.Result.REDO, note="鞋口起皱", by=factories.user(D.QC))
    second = support.trial_of_redo(plan)
    assert trial_minutes(sheet(first)).is_newest  # the second is not measured yet
    support.measure_all(second, minutes="72")
    with pytest.raises(DomainError) as error:
        take_trial_minutes(trial=first, by=factories.user(D.PLANNING))
    assert error.value.code == "newer_trial"
    first.refresh_from_db()
    assert first.minutes_taken_at is None
    take_trial_minutes(trial=second, by=factories.user(D.PLANNING))
    assert rates(plan)["stitching"] == Decimal("6.00")


def test_the_page_says_what_it_changes_before_it_is_done(plan: PreparationPlan) -> None:
    trial = support.tried(plan)  # 600 pairs in the open order
    rows = {row.stage.code: row for row in trial_minutes(sheet(trial)).rows}
    assert rows["stitching"].hours == Decimal("-160.0")
    assert rows["cutting"].hours == Decimal("8.0")
    assert rows["cutting"].change == pytest.approx(Decimal("0.19"), abs=Decimal("0.001"))
    client = Client()
    client.force_login(factories.user(D.PLANNING))
    address = reverse("scheduling:trial_rates", args=[trial.pk])
    shown = client.get(address).content.decode()
    assert "−160.0" in shown
    assert "+19%" in shown
    assert address in client.get(reverse("quality:trial", args=[trial.pk])).content.decode()
    answer = client.post(address)
    assert answer.headers["Location"] == reverse("quality:trial", args=[trial.pk])
    assert rates(plan)["stitching"] == MEASURED
    assert "21.00 → 5.00" in client.get(reverse("quality:trial", args=[trial.pk])).content.decode()


@pytest.mark.parametrize("department", [D.SALES, D.WORKSHOP, D.QC, D.PURCHASING])
def test_only_planning_and_technical_change_rates(plan: PreparationPlan, department: Department) -> None:
    trial = support.tried(plan)
    client = Client()
    client.force_login(factories.user(department))
    address = reverse("scheduling:trial_rates", args=[trial.pk])
    assert client.post(address).status_code == 403
    assert address not in client.get(reverse("quality:trial", args=[trial.pk])).content.decode()
    assert rates(plan)["stitching"] == Decimal(SHEET["stitching"])


def test_dates_of_the_trial_do_not_depend_on_the_rates(plan: PreparationPlan) -> None:
    trial = support.tried(plan)
    before = support.expected_on(plan)
    take_trial_minutes(trial=trial, by=factories.user(D.PLANNING))
    assert support.expected_on(plan) == before
    assert isinstance(before, dt.date)

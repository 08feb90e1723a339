"""The demo's pre-production and tooling: ten styles at ten points, told by the rules."""

import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.core.management import call_command

from orders.models import Style
from planning_site.core import clock
from planning_site.core.models import Change
from planning_site.core.plants import default_plant
from planning_site.outbox.models import OutgoingMail
from quality.demo import load_pre_production, load_tooling
from quality.models import Delay, Escalation, ItemVersion, PlanItem, PreparationPlan, StyleRelease, Tool, Trial
from quality.selectors import ReleaseState, release_of, tool_caps

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("day", ["2026-11-26 10:00+08:00", "2027-03-07 10:00+08:00"])  # a Thursday, and a Sunday
def test_ten_new_styles_stand_at_ten_points_and_a_trial_failed(day: str) -> None:
    with time_machine.travel(day, tick=False):
        call_command("load_demo")
        today = clock.today()
        plans = list(PreparationPlan.objects.select_related("style").order_by("pk"))
        outlooks = [release_of(plan.style) for plan in plans]
        assert len(plans) == 10
        states = Counter(outlook.state for outlook in outlooks)
        assert (states[ReleaseState.RELEASED], states[ReleaseState.WITH_ACTIONS], states[ReleaseState.REDO]) == (1, 1, 1)
        assert Counter(plan.state for plan in plans) == {"agreed": 8, "returned": 1, "proposed": 1}
        assert Counter(Trial.objects.values_list("state", flat=True)) == {
            "passed": 2,
            "failed": 1,
            "with_qc": 1,
            "running": 1,
            "planned": 1,
        }
        assert Delay.objects.get().cause == Delay.Cause.CUSTOMER
        [late] = Escalation.objects.select_related("item__step")
        assert (late.item.step.code, late.days_late) == ("process_sheet", 2)
        assert Style.objects.filter(is_new=True).count() == 10
        assert not PlanItem.objects.filter(done_on__gt=today).exists()
        assert ItemVersion.objects.filter(state="returned").count() == 1
        # the past is in the past: nothing was signed, delivered or written after now
        late = clock.now() + dt.timedelta(seconds=1)
        assert not Change.objects.filter(at__gt=late).exists()
        assert StyleRelease.objects.filter(signed_at__lt=clock.now() - dt.timedelta(days=1)).count() == 3
        assert OutgoingMail.objects.filter(rule_code="C3").exists()
        assert load_pre_production() == []


@time_machine.travel("2026-11-26 10:00+08:00", tick=False)
def test_every_style_has_its_last_and_no_size_that_is_ordered_is_without_one() -> None:
    call_command("load_demo")
    styles = list(Style.objects.all())
    caps = tool_caps(default_plant(), styles=styles)
    assert all(any(stage == "lasting" for stage, _tool in caps.uses[style.pk]) for style in styles)
    assert all(caps.cap(style.pk, "lasting", size) for style in styles for size in style.sizes)
    assert all(caps.cap(style.pk, "cutting", size) for style in styles if style.is_new for size in style.sizes)
    assert Counter(Tool.objects.exclude(kind="last").values_list("kind", flat=True)) == {"die": 10, "mould": 4}
    moulded = [style for style in styles if any(stage == "bottoming" for stage, _tool in caps.uses[style.pk])]
    assert moulded
    assert all(caps.cap(style.pk, "bottoming", size) for style in moulded for size in style.sizes)
    assert caps.unrated == ()
    assert load_tooling() == 0

"""QC's report (C5): who may sign what on which trial, which signature counts, and what it opens."""

import datetime as dt

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.outbox.models import OutgoingMail
from quality import services
from quality.models import PreparationPlan, StyleRelease, Trial
from quality.selectors import ReleaseState, not_ready, release_of, release_states
from quality.services import require_released, sign_release
from tests import factories
from tests.quality import support
from tests.quality.support import NOON, TODAY
from tests.support.refusals import raises_refusal

pytestmark = pytest.mark.django_db
Result = StyleRelease.Result


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False) as hand:
        yield hand


@pytest.fixture
def inspector() -> User:
    return factories.user(Department.QC, name="zheng")


@pytest.fixture
def plan() -> PreparationPlan:
    made = support.planned("HD2601")
    support.tried(made)
    return made


@pytest.mark.parametrize(
    ("result", "state", "released", "trial_state"),
    [
        (Result.PASSED, ReleaseState.RELEASED, True, Trial.State.PASSED),
        (Result.PASSED_WITH_ACTIONS, ReleaseState.WITH_ACTIONS, True, Trial.State.PASSED),
        (Result.REDO, ReleaseState.REDO, False, Trial.State.FAILED),
    ],
)
def test_a_signature_decides_whether_mass_production_opens(
    plan: PreparationPlan, inspector: User, result: str, state: ReleaseState, released: bool, trial_state: str
) -> None:
    """C5"""
    style = plan.style
    assert release_states([style.pk]) == {style.pk: ReleaseState.WAITING}
    with raises_refusal("not_released"):
        require_released([style.pk])
    release = sign_release(style=style, result=result, note="后跟垫 1 mm", by=inspector)
    assert release.trial is not None
    assert release.trial.state == trial_state
    assert release_states([style.pk]) == {style.pk: state}
    assert release_of(style).is_released is released
    if released:
        require_released([style.pk])
    else:
        with raises_refusal("not_released"):
            require_released([style.pk])


def test_without_a_trial_handed_over_nothing_is_signed(inspector: User) -> None:
    """C5 comes after C4"""
    made = support.planned()
    with raises_refusal("no_trial"):
        sign_release(style=made.style, result=Result.PASSED, note="", by=inspector)
    support.deliver_all(made)
    trial = support.trial_of(made)
    support.measure_all(trial)
    with raises_refusal("no_trial"):
        sign_release(style=made.style, result=Result.PASSED, note="", by=inspector)
    services.hand_over(trial=trial, by=factories.user(Department.WORKSHOP))
    sign_release(style=made.style, result=Result.PASSED, note="", by=inspector)


def test_an_item_that_was_sent_back_after_the_trial_keeps_it_closed(plan: PreparationPlan, inspector: User) -> None:
    """C2, C5"""
    version = support.item(plan, "templates").versions.get()
    services.review_version(version=version, signed=False, reason="42 码短", by=factories.user(Department.TECHNICAL))
    with raises_refusal("items"):
        sign_release(style=plan.style, result=Result.PASSED_WITH_ACTIONS, note="x", by=inspector)
    sign_release(style=plan.style, result=Result.REDO, note="样板", by=inspector)


def test_open_problems_allow_a_pass_with_actions_only(plan: PreparationPlan, inspector: User) -> None:
    chen = factories.user(Department.TECHNICAL)
    trial = plan.style.trials.get()
    problem = services.add_problem(trial=trial, kind="templates", place="扣位", text="高 3 mm", owner=chen, due_on=TODAY, by=inspector)
    with raises_refusal("problems"):
        sign_release(style=plan.style, result=Result.PASSED, note="", by=inspector)
    sign_release(style=plan.style, result=Result.PASSED_WITH_ACTIONS, note="改样板 v3", by=inspector)
    services.close_problem(problem=problem, remedy="样板 v3", by=chen)
    sign_release(style=plan.style, result=Result.PASSED, note="", by=inspector)
    assert release_of(plan.style).state == ReleaseState.RELEASED


def test_planning_production_and_technical_are_told_at_once(plan: PreparationPlan, inspector: User) -> None:
    """C5: WS → QC → PROD, PLAN"""
    people = {name: factories.user(name, language="en") for name in (Department.PLANNING, Department.PRODUCTION, Department.SALES)}
    sign_release(style=plan.style, result=Result.PASSED, note="", by=inspector)
    subject = "HD2601: QC's report: pass"
    told = {name: OutgoingMail.objects.filter(to_user=user, subject=subject).count() for name, user in people.items()}
    assert told == {Department.PLANNING: 1, Department.PRODUCTION: 1, Department.SALES: 0}


def test_a_redo_moves_the_release_until_the_next_trial_is_made(plan: PreparationPlan, inspector: User) -> None:
    """C4, C5: after the plan's last day the redone trial is what is waited for."""
    late = dt.datetime(2027, 1, 4, 4, tzinfo=dt.UTC)
    with time_machine.travel(late, tick=False):
        sign_release(style=plan.style, result=Result.REDO, note="后跟松", by=inspector)
        outlook = release_of(plan.style)
        assert outlook.expected_on is not None
        assert outlook.expected_on > dt.date(2027, 1, 4)
        assert [cell.step.code for cell in outlook.holds if cell.step.group == "trial"]
        trial = support.trial_of_redo(plan)
        assert trial.number == 2
        support.measure_all(trial, today=dt.date(2027, 1, 5))
        services.hand_over(trial=trial, by=factories.user(Department.WORKSHOP))
        sign_release(style=plan.style, result=Result.PASSED, note="", by=inspector)
    assert release_of(plan.style).is_released
    assert plan.style.releases.count() == 2


def test_the_newest_signature_counts_and_the_older_stays(plan: PreparationPlan, inspector: User) -> None:
    style = plan.style
    for result, note in [(Result.PASSED, ""), (Result.REDO, "扣位高"), (Result.PASSED_WITH_ACTIONS, "改样板 v3")]:
        sign_release(style=style, result=result, note=note, by=inspector)
    assert release_states([style.pk])[style.pk] == ReleaseState.WITH_ACTIONS
    assert style.releases.count() == 3


def test_states_of_many_styles_take_two_queries(django_assert_num_queries: DjangoAssertNumQueries, plan: PreparationPlan) -> None:
    old, waiting = factories.style(), factories.style(is_new=True)
    StyleRelease.objects.create(style=plan.style, result=Result.PASSED, signed_by=factories.user(Department.QC))
    ids = [old.pk, waiting.pk, plan.style_id]
    with django_assert_num_queries(2):
        states = release_states([*ids, 0])
    assert states == dict(zip(ids, [ReleaseState.OLD, ReleaseState.WAITING, ReleaseState.RELEASED], strict=True))


@pytest.mark.parametrize("result", [Result.REDO, Result.PASSED_WITH_ACTIONS])
def test_a_result_that_asks_for_work_says_for_which(plan: PreparationPlan, inspector: User, result: str) -> None:
    with raises_refusal("note"):
        sign_release(style=plan.style, result=result, note="  ", by=inspector)
    assert not plan.style.releases.exists()


@pytest.mark.parametrize("department", [department for department in Department if department != Department.QC])
def test_nobody_but_qc_signs(department: Department) -> None:
    with raises_refusal("not_qc"):
        sign_release(style=factories.style(is_new=True), result=Result.PASSED, note="", by=factories.user(department))


def test_an_old_style_needs_no_signature(inspector: User) -> None:
    old = factories.style()
    with raises_refusal("not_new"):
        sign_release(style=old, result=Result.PASSED, note="", by=inspector)
    require_released([old.pk])


def test_a_double_click_signs_once(plan: PreparationPlan, inspector: User) -> None:
    sign_release(style=plan.style, result=Result.PASSED, note="", by=inspector)
    with pytest.raises(DomainError, match="zheng"):
        sign_release(style=plan.style, result=Result.PASSED, note="", by=factories.user(Department.QC))
    assert plan.style.releases.count() == 1


def test_a_signature_leaves_who_what_and_why(plan: PreparationPlan, inspector: User) -> None:
    sign_release(style=plan.style, result=Result.PASSED, note="", by=inspector)
    sign_release(style=plan.style, result=Result.REDO, note="扣位高 3 mm", by=inspector)
    change = audit.history_of(plan.style)[0]
    assert (change.by, change.why) == (inspector, "扣位高 3 mm")
    assert change.values == {"release": ["pass", "redo"]}


class TestGate:
    """C5: no signature, no mass production; what planning asks."""

    def test_all_styles_that_are_closed_are_named(self) -> None:
        closed = [support.planned(code).style for code in ("HD1", "HD2")]
        opened = support.released("HD3").style
        with pytest.raises(DomainError, match=r"HD1 .*HD2") as caught:
            require_released([closed[0].pk, opened.pk, closed[1].pk, factories.style("OLD").pk])
        assert caught.value.params["styles"] == [style.pk for style in closed]

    def test_a_style_is_ready_for_a_day_after_its_expected_release_and_for_no_earlier(self) -> None:
        plan = support.planned("HD1")
        assert plan.announced_on is not None
        day = plan.announced_on
        [held] = not_ready({plan.style_id: day})
        assert (held.style, held.expected_on, held.start) == (plan.style, day, day)
        assert held.holds is not None
        assert (
            not_ready({plan.style_id: day + dt.timedelta(days=1), support.released("HD2").style.pk: TODAY, factories.style().pk: TODAY})
            == []
        )

    def test_a_style_without_a_plan_or_without_a_day_is_never_ready(self) -> None:
        far = dt.date(2028, 1, 3)
        unplanned, stuck = support.new_style("HD1"), support.planned("HD2")
        services.report_delay(
            item=support.item(stuck, "dies"), cause="machine", reason="x", new_day=None, by=factories.user(Department.TECHNICAL)
        )
        held = not_ready({unplanned.pk: far, stuck.style_id: far})
        assert [(row.style.code, row.expected_on) for row in held] == [("HD1", None), ("HD2", None)]
        assert held[0].holds is None
        assert held[1].holds is not None
        assert held[1].holds.step.code == "dies"

"""The size-skip trial (C4): planned, measured, problems, handed to QC (C5)."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from planning_site.core.departments import Department
from planning_site.outbox.models import OutgoingMail
from quality import services
from quality.models import PreparationPlan, Trial, TrialProblem
from quality.selectors import measured_minutes, release_of
from tests import factories
from tests.quality import support
from tests.quality.support import NOON, TODAY
from tests.support.refusals import raises_refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False) as hand:
        yield hand


@pytest.fixture
def plan() -> PreparationPlan:
    made = support.planned("HD2601")
    support.deliver_all(made)
    return made


def measured(pairs: int = 24, people: int = 2, minutes: str = "60") -> services.Measured:
    return services.Measured(pairs=pairs, people=people, clock_minutes=Decimal(minutes))


class TestPlanning:
    def test_each_department_has_its_day_and_the_workshops_are_told(self, plan: PreparationPlan) -> None:
        """C4"""
        ma = factories.user(Department.WORKSHOP, language="en")
        trial = support.trial_of(plan, sizes={"40": 12, "38": 6})
        assert list(trial.sizes.items()) == [("38", 6), ("40", 12)]
        assert trial.pairs == 18
        assert {stage.step.code: stage.planned_on for stage in trial.stages.select_related("step")} == support.trial_days(plan)
        mail = OutgoingMail.objects.get(to_user=ma)
        assert mail.rule_code == "C4"
        assert "38×6 40×12" in mail.text

    @pytest.mark.parametrize(("code", "sizes"), [("sizes", {}), ("sizes", {"46": 12}), ("sizes", {"38": 501}), ("sizes", {"38": 0})])
    def test_sizes_are_those_of_the_style_and_some_dozens_of_pairs(self, plan: PreparationPlan, code: str, sizes: dict[str, int]) -> None:
        with raises_refusal(code):
            services.plan_trial(
                style=plan.style, sizes=sizes, days=support.trial_days(plan), by=factories.user(Department.PLANNING), today=TODAY
            )
        assert not Trial.objects.exists()

    @pytest.mark.parametrize(("code", "stage", "day"), [("closed_day", "lasting", 27), ("order_of_days", "lasting", 1), ("days", "x", 22)])
    def test_days_are_worked_and_in_the_order_of_the_route(self, plan: PreparationPlan, code: str, stage: str, day: int) -> None:
        days = support.trial_days(plan) | {stage: dt.date(2026, 12, day)}
        with raises_refusal(code):
            services.plan_trial(style=plan.style, sizes={"38": 12}, days=days, by=factories.user(Department.PLANNING), today=TODAY)

    def test_one_trial_at_a_time_and_none_after_the_release(self, plan: PreparationPlan) -> None:
        trial = support.trial_of(plan)
        with raises_refusal("running"):
            support.trial_of(plan)
        support.measure_all(trial)
        services.hand_over(trial=trial, by=factories.user(Department.WORKSHOP))
        services.sign_release(style=plan.style, result="pass", note="", by=factories.user(Department.QC))
        with raises_refusal("released"):
            support.trial_of(plan)

    def test_a_stranger_plans_no_trial_and_a_style_without_a_plan_has_none(self, plan: PreparationPlan) -> None:
        with raises_refusal("not_planning"):
            services.plan_trial(style=plan.style, sizes={"38": 1}, days={}, by=factories.user(Department.SALES), today=TODAY)
        with raises_refusal("no_plan"):
            services.plan_trial(style=support.new_style(), sizes={"38": 1}, days={}, by=factories.user(Department.PLANNING), today=TODAY)


class TestMeasuring:
    def test_person_minutes_a_pair_come_from_people_clock_and_pairs(self, plan: PreparationPlan) -> None:
        trial = support.trial_of(plan)
        stage = trial.stages.get(step__code="cutting")
        kept = services.report_stage(
            stage=stage, measured=measured(24, 3, "36"), note="手工", by=factories.user(Department.WORKSHOP), today=TODAY
        )
        assert (kept.minutes_per_pair, kept.done_on) == (Decimal("4.50"), TODAY)
        trial.refresh_from_db()
        assert trial.state == Trial.State.RUNNING
        assert release_of(plan.style).by_code["cutting"].done_on == TODAY

    def test_it_is_compared_with_the_process_sheet(self, plan: PreparationPlan) -> None:
        trial = services.plan_trial(
            style=plan.style,
            sizes={"38": 24},
            days=support.trial_days(plan),
            sheet_minutes={"cutting": Decimal("4.00")},
            by=factories.user(Department.TECHNICAL),
            today=TODAY,
        )
        support.measure_all(trial, minutes="60", people=2)
        stages = {stage.step.code: stage for stage in trial.stages.select_related("step")}
        assert stages["cutting"].against_sheet == Decimal("0.25")
        assert stages["lasting"].against_sheet is None

    def test_nothing_is_cut_before_every_item_has_its_proof(self) -> None:
        """C4 comes after C2"""
        made = support.planned()
        trial = support.trial_of(made)
        by = factories.user(Department.WORKSHOP, language="en")
        with raises_refusal("items"):
            services.report_stage(stage=trial.stages.get(step__code="cutting"), measured=measured(), note="", by=by, today=TODAY)
        support.deliver_all(made)
        services.report_stage(stage=trial.stages.get(step__code="cutting"), measured=measured(), note="", by=by, today=TODAY)

    def test_departments_report_in_the_order_of_the_route_and_the_parallel_ones_in_any(self, plan: PreparationPlan) -> None:
        trial = support.trial_of(plan)
        by = factories.user(Department.WORKSHOP)
        stages = {stage.step.code: stage for stage in trial.stages.select_related("step")}

        def report(code: str) -> None:
            services.report_stage(stage=stages[code], measured=measured(), note="", by=by, today=TODAY)

        with raises_refusal("before"):
            report("stitching")
        report("cutting")
        report("bottoming")
        with raises_refusal("before"):
            report("lasting")
        with raises_refusal("open_stages"):
            services.hand_over(trial=trial, by=by)
        report("stitching")
        report("lasting")
        assert services.hand_over(trial=trial, by=by).state == Trial.State.WITH_QC
        with raises_refusal("state"):
            report("cutting")

    @pytest.mark.parametrize(
        ("code", "pairs", "people", "minutes"), [("pairs", 25, 2, "60"), ("minutes", 24, 0, "60"), ("minutes", 24, 2, "0")]
    )
    def test_impossible_figures_are_refused(self, plan: PreparationPlan, code: str, pairs: int, people: int, minutes: str) -> None:
        trial = support.trial_of(plan)
        with raises_refusal(code):
            services.report_stage(
                stage=trial.stages.get(step__code="cutting"),
                measured=measured(pairs, people, minutes),
                note="",
                by=factories.user(Department.WORKSHOP),
                today=TODAY,
            )

    def test_the_newest_measured_trial_gives_the_minutes_for_the_rates(self, plan: PreparationPlan) -> None:
        assert measured_minutes(plan.style) is None
        trial = support.trial_of(plan)
        with raises_refusal("not_measured"):
            services.mark_minutes_taken(trial=trial, by=None)
        support.measure_all(trial, minutes="60", people=2)
        found = measured_minutes(plan.style)
        assert found is not None
        assert found.trial == trial
        assert found.minutes == dict.fromkeys(("cutting", "stitching", "bottoming", "lasting"), Decimal("5.00"))
        wang = factories.user(Department.PLANNING)
        assert services.mark_minutes_taken(trial=trial, by=wang).minutes_taken_by == wang

    def test_qc_hears_that_the_pairs_are_there(self, plan: PreparationPlan) -> None:
        """C5"""
        zheng = factories.user(Department.QC, language="en")
        trial = support.trial_of(plan)
        support.measure_all(trial)
        services.hand_over(trial=trial, by=factories.user(Department.WORKSHOP))
        assert OutgoingMail.objects.get(to_user=zheng, rule_code="C5").subject == "HD2601: trial 1 waits for QC's report"
        with raises_refusal("transition"):
            services.hand_over(trial=trial, by=factories.user(Department.WORKSHOP))


class TestProblems:
    def test_a_problem_has_a_photo_and_its_owner_is_told(self, plan: PreparationPlan) -> None:
        """C4"""
        chen = factories.user(Department.TECHNICAL, language="en")
        problem = add(plan, owner=chen, photo=services.Upload("鞋 扣.PNG", support.png()))
        assert problem.photo is not None
        assert (problem.photo.filename, problem.photo.content_type) == ("鞋 扣.png", "image/png")
        assert OutgoingMail.objects.get(to_user=chen, key__startswith="problem").text.count("高 3 mm") == 1

    def test_a_photo_is_a_picture(self, plan: PreparationPlan) -> None:
        with raises_refusal("content"):
            add(plan, photo=services.Upload("a.png", support.PDF))
        assert not TrialProblem.objects.exists()

    def test_it_is_closed_once_with_what_was_done_by_owner_technical_or_qc(self, plan: PreparationPlan) -> None:
        ma = factories.user(Department.WORKSHOP)
        problem = add(plan, owner=ma)
        with raises_refusal("no_remedy"):
            services.close_problem(problem=problem, remedy="", by=ma)
        with raises_refusal("not_owner"):
            services.close_problem(problem=problem, remedy="x", by=factories.user(Department.WORKSHOP))
        assert services.close_problem(problem=problem, remedy="垫 1 mm", by=ma).closed_by == ma
        with raises_refusal("closed"):
            services.close_problem(problem=problem, remedy="x", by=ma)

    def test_a_due_day_that_has_passed_is_refused(self, plan: PreparationPlan) -> None:
        with raises_refusal("past"):
            add(plan, due_on=dt.date(2026, 11, 21))


def add(
    plan: PreparationPlan,
    *,
    owner: object = None,
    photo: services.Upload | None = None,
    due_on: dt.date = dt.date(2026, 11, 25),
) -> TrialProblem:
    trial = plan.style.trials.first() or support.trial_of(plan)
    return services.add_problem(
        trial=trial,
        kind=TrialProblem.Kind.TEMPLATES,
        place="扣位",
        text="高 3 mm",
        owner=owner or factories.user(Department.TECHNICAL),
        due_on=due_on,
        by=factories.user(Department.QC),
        photo=photo,
    )

"""Items are delivered as versions with a proof (C2), or their owner says that they cannot come (C3)."""

import datetime as dt

import pytest
import time_machine

from planning_site.core import audit
from planning_site.core.calendar import calendar_of
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.outbox.models import OutgoingMail
from quality import services
from quality.models import Delay, ItemVersion, PreparationPlan, StoredFile
from quality.selectors import release_of
from tests import factories
from tests.quality.support import NOON, TODAY, item, pdf, planned, trial_of
from tests.support.refusals import raises_refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False) as hand:
        yield hand


@pytest.fixture
def plan() -> PreparationPlan:
    return planned("HD2644")


@pytest.fixture
def chen() -> User:
    return factories.user(Department.TECHNICAL, name="chen", language="en")


@pytest.fixture
def zhou() -> User:
    return factories.user(Department.TECHNICAL, name="zhou", language="en")


class TestDelivery:
    """C2"""

    def test_a_file_is_a_proof_at_once(self, plan: PreparationPlan, chen: User) -> None:
        version = services.deliver(item=item(plan, "dies"), note="全码", files=[pdf("刀模 v1.pdf")], by=chen)
        assert version.number == 1
        assert item(plan, "dies").done_on == TODAY
        assert [file.filename for file in version.files.all()] == ["刀模 v1.pdf"]
        assert "done" in [change.action for change in audit.history_of(plan)]

    def test_a_comment_is_not_a_delivery_until_technical_has_signed_it(self, plan: PreparationPlan, chen: User, zhou: User) -> None:
        version = services.deliver(item=item(plan, "dies"), note="在车间架上", files=[], by=chen)
        assert item(plan, "dies").done_on is None
        assert "dies" in [cell.step.code for cell in release_of(plan.style).missing]
        assert OutgoingMail.objects.filter(to_user=zhou, subject="HD2644 Cutting dies v1 to sign").exists()
        with raises_refusal("own"):
            services.review_version(version=version, signed=True, reason="", by=chen)
        services.review_version(version=version, signed=True, reason="", by=zhou)
        assert item(plan, "dies").done_on == TODAY

    def test_neither_file_nor_word_is_nothing(self, plan: PreparationPlan, chen: User) -> None:
        with raises_refusal("nothing"):
            services.deliver(item=item(plan, "dies"), note="  ", files=[], by=chen)
        assert not ItemVersion.objects.exists()

    def test_a_version_that_is_sent_back_opens_the_item_and_the_next_closes_it(self, plan: PreparationPlan, chen: User, zhou: User) -> None:
        first = services.deliver(item=item(plan, "templates"), note="", files=[pdf()], by=chen)
        with raises_refusal("no_reason"):
            services.review_version(version=first, signed=False, reason="", by=zhou)
        services.review_version(version=first, signed=False, reason="42 码帮面短 2 mm", by=zhou)
        assert item(plan, "templates").done_on is None
        assert OutgoingMail.objects.get(to_user=chen, subject="HD2644 Templates v1 sent back").text.count("42 码帮面短 2 mm") == 1
        second = services.deliver(item=item(plan, "templates"), note="改好", files=[pdf("b.pdf")], by=chen)
        assert second.number == 2
        assert item(plan, "templates").done_on == TODAY
        with raises_refusal("old_version"):
            services.review_version(version=first, signed=True, reason="", by=zhou)
        assert list(item(plan, "templates").versions.values_list("number", "state")) == [(2, "submitted"), (1, "returned")]

    def test_a_later_signature_does_not_move_the_day_of_the_proof(self, plan: PreparationPlan, chen: User, zhou: User) -> None:
        version = services.deliver(item=item(plan, "templates"), note="", files=[pdf()], by=chen)
        with time_machine.travel(NOON + dt.timedelta(days=3), tick=False):
            services.review_version(version=version, signed=True, reason="", by=zhou)
        assert item(plan, "templates").done_on == TODAY

    def test_only_its_owner_technical_and_planning_deliver(self, plan: PreparationPlan) -> None:
        he = factories.user(Department.SALES)
        with raises_refusal("not_owner"):
            services.deliver(item=item(plan, "confirmation_sample"), note="", files=[pdf()], by=he)
        plan.items.filter(step__code="confirmation_sample").update(owner=he)
        services.deliver(item=item(plan, "confirmation_sample"), note="", files=[pdf()], by=he)
        assert item(plan, "confirmation_sample").done_on == TODAY

    def test_steps_of_the_trial_are_not_delivered(self, plan: PreparationPlan, chen: User) -> None:
        with raises_refusal("not_an_item"):
            services.deliver(item=item(plan, "cutting"), note="", files=[pdf()], by=chen)

    def test_a_file_that_is_refused_leaves_nothing(self, plan: PreparationPlan, chen: User) -> None:
        with raises_refusal("content"):
            services.deliver(item=item(plan, "dies"), note="", files=[pdf(), services.Upload("a.pdf", b"<script>")], by=chen)
        assert not ItemVersion.objects.exists()
        assert not StoredFile.objects.exists()

    def test_the_same_file_is_stored_once(self, plan: PreparationPlan, chen: User) -> None:
        for code in ("dies", "templates"):
            services.deliver(item=item(plan, code), note="", files=[pdf("same.pdf")], by=chen)
        assert StoredFile.objects.count() == 1

    def test_a_late_delivery_shows_by_how_many_working_days(self, plan: PreparationPlan, chen: User) -> None:
        due = item(plan, "dies").planned_on
        late = calendar_of(plan.plant).add(due, 2)
        with time_machine.travel(dt.datetime.combine(late, dt.time(4), dt.UTC), tick=False):
            services.deliver(item=item(plan, "dies"), note="", files=[pdf()], by=chen)
            cell = release_of(plan.style).by_code["dies"]
        assert (cell.days_late, cell.shape, cell.is_late) == (2, "done", False)


class TestDelay:
    """C3"""

    def test_cannot_because_tells_sales_and_planning_at_once_and_moves_the_release(self, plan: PreparationPlan, chen: User) -> None:
        he, wang = factories.user(Department.SALES, language="en"), factories.user(Department.PLANNING)
        qc = factories.user(Department.QC)
        dies = item(plan, "confirmation_sample")
        new_day = calendar_of(plan.plant).add(dies.planned_on, 6)
        delay = services.report_delay(item=dies, cause=Delay.Cause.CUSTOMER, reason="客户要换扣", new_day=new_day, by=chen)
        release = calendar_of(plan.plant).add(plan.required_on, 6)
        assert (delay.release_before, delay.release_after) == (plan.required_on, release)
        outlook = release_of(plan.style)
        assert outlook.expected_on == release
        assert outlook.slack == -6
        assert [cell.step.code for cell in outlook.late] == ["confirmation_sample"]
        mail = OutgoingMail.objects.get(to_user=he)
        assert (mail.rule_code, mail.state) == ("C3", OutgoingMail.State.QUEUED)
        assert "客户要换扣" in mail.text
        assert "change by the customer" in mail.text
        assert "6 working days too late" in mail.text
        assert plan.style.order_lines.get().order.number in mail.text
        assert OutgoingMail.objects.filter(to_user=wang, rule_code="C3").count() == 1
        assert not OutgoingMail.objects.filter(to_user=qc).exists()

    def test_without_a_day_nobody_can_name_the_release(self, plan: PreparationPlan, chen: User) -> None:
        delay = services.report_delay(item=item(plan, "dies"), cause="machine", reason="刀模机坏", new_day=None, by=chen)
        assert delay.release_after is None
        outlook = release_of(plan.style)
        assert (outlook.expected_on, outlook.slack) == (None, None)
        assert outlook.holds[-1].step.code != "dies"
        assert outlook.by_code["dies"].is_late
        assert outlook.by_code["cutting"].is_pushed
        with raises_refusal("same"):
            services.report_delay(item=item(plan, "dies"), cause="machine", reason="刀模机坏", new_day=None, by=chen)

    def test_a_delay_within_the_slack_of_the_others_moves_nothing_and_is_told_all_the_same(self, plan: PreparationPlan, chen: User) -> None:
        he = factories.user(Department.SALES)
        card = item(plan, "colour_card")
        plan.items.filter(pk=card.pk).update(planned_on=TODAY)
        services.report_delay(item=item(plan, "colour_card"), cause="other", reason="x", new_day=dt.date(2026, 11, 25), by=chen)
        assert release_of(plan.style).expected_on == plan.required_on
        assert OutgoingMail.objects.filter(to_user=he).count() == 1

    def test_a_delivery_ends_the_delay_and_brings_the_release_back(self, plan: PreparationPlan, chen: User) -> None:
        services.report_delay(item=item(plan, "dies"), cause="machine", reason="x", new_day=None, by=chen)
        services.deliver(item=item(plan, "dies"), note="", files=[pdf()], by=chen)
        assert release_of(plan.style).expected_on == plan.required_on
        plan.refresh_from_db()
        assert plan.announced_on == plan.required_on

    @pytest.mark.parametrize(
        ("code", "day", "reason"),
        [
            ("no_reason", dt.date(2026, 12, 21), " "),
            ("past", dt.date(2026, 11, 21), "x"),
            ("closed_day", dt.date(2026, 11, 29), "x"),
        ],
    )
    def test_what_is_no_report(self, plan: PreparationPlan, chen: User, code: str, day: dt.date, reason: str) -> None:
        with raises_refusal(code):
            services.report_delay(item=item(plan, "dies"), cause="other", reason=reason, new_day=day, by=chen)
        assert not Delay.objects.exists()
        assert not OutgoingMail.objects.filter(rule_code="C3").exists()

    def test_a_stranger_reports_nothing_and_a_delivered_item_cannot_be_late(self, plan: PreparationPlan, chen: User) -> None:
        with raises_refusal("not_owner"):
            services.report_delay(item=item(plan, "dies"), cause="other", reason="x", new_day=None, by=factories.user(Department.SALES))
        services.deliver(item=item(plan, "dies"), note="", files=[pdf()], by=chen)
        with raises_refusal("done"):
            services.report_delay(item=item(plan, "dies"), cause="other", reason="x", new_day=None, by=chen)

    def test_a_department_reports_that_it_cannot_make_the_trial(self, plan: PreparationPlan, chen: User) -> None:
        trial_of(plan)
        day = calendar_of(plan.plant).add(item(plan, "lasting").planned_on, 2)
        services.report_delay(item=item(plan, "lasting"), cause="machine", reason="夹帮机坏", new_day=day, by=chen)
        assert release_of(plan.style).by_code["lasting"].expected_on == day

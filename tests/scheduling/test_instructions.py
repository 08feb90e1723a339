"""Instruction orders (E3): contents, what is missing, versions with their differences, issue and acknowledgement."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from orders.models import Order, OrderLine
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.outbox.models import OutgoingMail
from procurement.models import Usage
from quality.models import PlanItem
from scheduling.instructions import Contents, contents_of, differences
from scheduling.models import InstructionOrder, InstructionReceiver, InstructionVersion
from scheduling.selectors.instructions import sheet_of, waiting_for
from scheduling.services import instructions as services
from tests import factories
from tests.scheduling import instruction_factories as given
from tests.scheduling.factories import planner
from tests.scheduling.pages import browser, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("factory_noon", "in_english")]


def order_line(*, is_new: bool = False, packing: str = "", pairs: int = 100) -> OrderLine:
    style = factories.style(is_new=is_new)
    order = factories.order(factories.line(style, colour="黑", sizes={"38": pairs - 40, "39": 40}))
    Order.objects.filter(pk=order.pk).update(packing=packing)
    return OrderLine.objects.select_related("order__customer", "style", "colour").get(order=order)


def ready_line(**values: bool) -> OrderLine:
    line = order_line(is_new=values.get("is_new", False))
    given.usage(line)
    return line


def made(line: OrderLine, by: User | None = None) -> InstructionOrder:
    return services.make_instruction(line_id=line.pk, by=by)


class TestContents:
    """E3: instruction number, due date, company style number, colour, quantity, size run, material specifications, packaging details."""

    def test_totals_are_pairs_times_usage_times_loss(self) -> None:
        line = ready_line()
        found = contents_of([line], {})[line.pk]
        leather, sole = found.specification
        assert (leather.part, leather.name, leather.code, leather.colour, leather.unit) == ("面料", "面料", "M-BK", "黑", "平方英尺")
        assert leather.total == Decimal("270.000")  # 100 × 2.5 × 1.08
        assert sole.by_size == {"38": Decimal(60), "39": Decimal(40)}
        assert [row.code for row in found.packaging] == ["BOX"]
        assert (found.due_on, found.style, found.colour, found.pairs, found.sizes) == (
            line.due_on,
            line.style.code,
            "黑",
            100,
            {"38": 60, "39": 40},
        )

    def test_what_was_issued_is_read_back_the_same(self) -> None:
        line = ready_line(is_new=True)
        given.preparation(line.style)
        found = contents_of([line], {})[line.pk]
        assert Contents.from_json(found.to_json()) == found

    def test_a_size_without_usage_makes_the_total_unknown_and_is_named(self) -> None:
        line = ready_line()
        Usage.objects.filter(part="大底").update(grading=Usage.Grading.SIZE, by_size={"38": 1})
        sheet = sheet_of(made(line).pk, user=planner())
        assert sheet is not None
        assert sheet.contents.materials[1].total is None
        assert sheet.lacks == ["大底 大底: no usage for size 39"]

    def test_old_styles_need_no_approval_new_ones_all_three(self) -> None:
        old, new = ready_line(), ready_line(is_new=True)
        found = contents_of([old, new], {})
        assert [proof.is_given for proof in found[old.pk].proofs] == [True, True, True]
        assert [proof.is_given for proof in found[new.pk].proofs] == [False, False, False]

    def test_queries_do_not_grow_with_the_lines(self, django_assert_max_num_queries: object) -> None:
        lines = [ready_line(is_new=n % 2 == 0) for n in range(4)]
        with django_assert_max_num_queries(10):  # type: ignore[operator]
            contents_of(lines, {})


class TestMissing:
    def test_an_unsigned_process_sheet_is_named_with_its_owner_and_day(self) -> None:
        line = ready_line(is_new=True)
        chen = factories.user(Department.TECHNICAL, name="chen")
        given.preparation(line.style, done=False, owner=chen)
        with pytest.raises(DomainError, match=r"Process sheet not signed yet \(planned 10 Dec, chen\)"):
            services.issue_instruction(instruction_id=made(line).pk, by=planner())
        assert not InstructionVersion.objects.exists()

    def test_no_usage_and_no_packaging_are_named(self) -> None:
        line = order_line()
        outcome = services.make_for_ready_lines(line_ids=[line.pk], by=planner())
        assert not outcome.done
        assert outcome.held[0].reasons == [
            f"no material: {line.style.code} 黑 has no usage",
            "no packaging details: neither boxes and cartons in the usage nor a packing text",
        ]

    def test_a_packing_text_of_planning_is_enough(self) -> None:
        line = order_line()
        given.usage(line, packaging=False)
        order = made(line)
        services.add_to_instruction(
            instruction_id=order.pk, additions=services.Additions("D7", "12 pairs a carton", ""), revision=1, by=planner()
        )
        version = services.issue_instruction(instruction_id=order.pk, by=planner())
        assert (version.content["packing"], version.content["die_no"]) == ("12 pairs a carton", "D7")


class TestNumbers:
    def test_numbers_run_through_the_month(self) -> None:
        first, second = (made(ready_line()).number for _ in range(2))
        assert (first, second) == ("ZL2612-001", "ZL2612-002")

    def test_a_line_gets_one_order_however_often_it_is_asked_for(self) -> None:
        line = ready_line()
        assert made(line) == made(line)

    def test_a_closed_order_gets_none(self) -> None:
        line = ready_line()
        Order.objects.update(state=Order.State.CANCELLED)
        with pytest.raises(DomainError) as refused:
            made(line)
        assert refused.value.code == "not_open"

    def test_bulk_makes_the_ready_ones_and_names_the_others(self) -> None:
        ready, bare = ready_line(), order_line()
        outcome = services.make_for_ready_lines(line_ids=[ready.pk, bare.pk], by=planner())
        assert [order.order_line_id for order in outcome.done] == [ready.pk]
        assert [held.line for held in outcome.held] == [bare]


class TestVersions:
    def test_a_second_version_names_what_changed(self) -> None:
        line = ready_line()
        order = made(line)
        services.issue_instruction(instruction_id=order.pk, by=planner())
        OrderLine.objects.filter(pk=line.pk).update(sizes={"38": 60, "39": 60}, pairs=120, due_on=dt.date(2027, 1, 5))
        version = services.issue_instruction(instruction_id=order.pk, by=planner(), why="customer asked for more")
        found = {(row["field"], row["what"]): (row["old"], row["new"]) for row in version.differences}
        assert version.version == 2
        assert found["due_on", ""] == ("2026-12-29", "2027-01-05")
        assert found["size", "39"] == ("40", "60")
        assert found["material", "面料 M-BK"] == ("2.5 平方英尺 +8% = 270", "2.5 平方英尺 +8% = 324")
        assert ("size", "38") not in found

    def test_nothing_new_is_not_issued_again(self) -> None:
        order = made(ready_line())
        services.issue_instruction(instruction_id=order.pk, by=planner())
        with pytest.raises(DomainError, match="nothing has changed"):
            services.issue_instruction(instruction_id=order.pk, by=planner())
        assert order.versions.count() == 1

    def test_a_new_version_of_the_process_sheet_is_a_difference(self) -> None:
        line = ready_line(is_new=True)
        plan = given.preparation(line.style)
        before = contents_of([line], {})[line.pk]
        given.deliver(PlanItem.objects.get(plan=plan, step__code="process_sheet"), number=2)
        after = contents_of([line], {})[line.pk]
        assert [(row.what, row.old, row.new) for row in differences(before, after)] == [("process_sheet", "v1", "v2")]

    @pytest.mark.parametrize(
        "change",
        [
            lambda: InstructionVersion.objects.update(content={}),
            lambda: InstructionReceiver.objects.update(department="sales"),
            lambda: InstructionReceiver.objects.all().delete(),
        ],
        ids=["content", "receiver", "delete"],
    )
    def test_the_database_refuses_to_change_what_was_issued(self, change: Callable[[], object]) -> None:
        given.receivers()
        services.issue_instruction(instruction_id=made(ready_line()).pk, by=planner())
        with pytest.raises(IntegrityError), transaction.atomic():
            change()

    def test_two_editors_do_not_overwrite_each_other(self) -> None:
        order = made(ready_line())
        services.add_to_instruction(instruction_id=order.pk, additions=services.Additions("", "", "first"), revision=1, by=planner())
        with pytest.raises(DomainError) as refused:
            services.add_to_instruction(instruction_id=order.pk, additions=services.Additions("", "", "second"), revision=1, by=planner())
        assert refused.value.code == "conflict"


class TestIssue:
    def test_every_unit_of_e3_gets_one_mail_with_the_file(self) -> None:
        people = given.receivers()
        version = services.issue_instruction(instruction_id=made(ready_line()).pk, by=planner())
        mails = {mail.to_user: mail for mail in OutgoingMail.objects.prefetch_related("attachments")}
        assert set(mails) == set(people.values())
        for mail in mails.values():
            assert mail.rule_code == "E3"
            assert [file.filename for file in mail.attachments.all()] == ["ZL2612-001-v1.xlsx"]
            assert reverse("scheduling:instruction", args=[version.instruction_id]) in mail.text

    def test_many_at_once_are_one_mail_per_person(self) -> None:
        people = given.receivers()
        orders = [made(ready_line()).pk for _ in range(3)]
        services.issue_instructions(instruction_ids=orders, by=planner())
        assert OutgoingMail.objects.count() == len(people)
        assert InstructionReceiver.objects.count() == 3 * len(people)

    def test_each_receiver_acknowledges_the_version_that_stands(self) -> None:
        people = given.receivers()
        buyer = people[Department.PURCHASING]
        line = ready_line()
        order = made(line)
        first = services.issue_instruction(instruction_id=order.pk, by=planner())
        services.acknowledge(version_ids=[first.pk], by=buyer)
        assert waiting_for(buyer) == []
        OrderLine.objects.filter(pk=line.pk).update(due_on=dt.date(2027, 1, 5))
        second = services.issue_instruction(instruction_id=order.pk, by=planner())
        assert [row.version_id for row in waiting_for(buyer)] == [second.pk]
        assert [row.version_id for row in waiting_for(people[Department.QC])] == [second.pk]  # not the superseded one

    def test_who_did_not_receive_it_cannot_acknowledge_it(self) -> None:
        given.receivers()
        version = services.issue_instruction(instruction_id=made(ready_line()).pk, by=planner())
        with pytest.raises(DomainError):
            services.acknowledge(version_ids=[version.pk], by=factories.user(Department.PURCHASING))
        assert not InstructionReceiver.objects.exclude(acknowledged_at=None).exists()


class TestPages:
    def test_one_click_makes_it_and_the_page_says_what_is_missing(self) -> None:
        line = order_line()
        client = browser(Department.PLANNING)
        response = client.post(reverse("scheduling:instructions_make"), {"line": line.pk})
        text = text_of(client, response.headers["Location"])
        assert "ZL2612-001" in text
        assert "It cannot be issued yet" in text
        assert f"{line.style.code} 黑 has no usage" in text

    def test_issue_acknowledge_and_print_with_a_code(self) -> None:
        order = made(ready_line())
        buyer = Client()
        buyer.force_login(given.receivers()[Department.PURCHASING])
        browser(Department.PLANNING).post(reverse("scheduling:instructions_issue"), {"instruction": order.pk})
        page = reverse("scheduling:instruction", args=[order.pk])
        assert 'class="qr"' in buyer.get(page).content.decode()
        assert "Acknowledge v1" in text_of(buyer, page)
        buyer.post(reverse("scheduling:instructions_acknowledge"), {"versions": [order.versions.get().pk]})
        assert "1 of 5 acknowledged" in text_of(buyer, page)

    def test_the_list_filters_by_state_and_stays_within_its_queries(self, django_assert_max_num_queries: object) -> None:
        given.receivers()
        bare, waiting = order_line(), ready_line()
        order = made(waiting)
        services.issue_instruction(instruction_id=order.pk, by=planner())
        client = browser(Department.PLANNING)
        url = reverse("scheduling:instructions")
        assert bare.order.number in text_of(client, url + "?state=none")
        assert waiting.order.number not in text_of(client, url + "?state=none")
        assert waiting.order.number in text_of(client, url + "?state=waiting")
        with django_assert_max_num_queries(15):  # type: ignore[operator]
            client.get(url)
        with django_assert_max_num_queries(15):  # type: ignore[operator]
            client.get(reverse("scheduling:instruction", args=[order.pk]))

    def test_the_file_has_the_columns_of_form_7(self) -> None:

        order = made(ready_line())
        services.issue_instruction(instruction_id=order.pk, by=planner())
        response = browser(Department.QC).get(reverse("scheduling:instruction_export", args=[order.pk]))
        rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(response.content)).active]
        head = next(row for row in rows if row[0] == "Part")
        assert head[:8] == ["Part", "Material", "Specification", "Colour", "Unit", "Usage per pair", "Loss, percent", "Total usage"]
        assert any(row[0] == "面料" and row[7] == 270 for row in rows)

    def test_nobody_but_planning_makes_or_issues(self) -> None:
        line = ready_line()
        for department in (Department.SALES, Department.PURCHASING, Department.QC):
            assert browser(department).post(reverse("scheduling:instructions_make"), {"line": line.pk}).status_code == 403

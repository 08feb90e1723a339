"""Inspections: what passes counts as finished, what fails makes the tail; samples; reversals; two inspectors at once."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection, connections
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.models import Order, OrderLine
from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from quality import services
from quality.models import DefectCode, Inspection
from quality.sampling import LOTS, SAMPLES, plan_for
from quality.selectors import failed_pairs, passed_pairs, tails
from quality.services import Count, Findings, Found
from tests import factories
from tests.quality import support
from tests.quality.support import NOON
from tests.support.refusals import raises_refusal

pytestmark = pytest.mark.django_db
RUN = {"38": 120, "41": 240, "45": 40}


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False) as hand:
        yield hand


@pytest.fixture
def zheng() -> User:
    return factories.user(Department.QC, name="zheng")


@pytest.fixture
def line() -> OrderLine:
    return factories.first_line(factories.order(factories.line(sizes=RUN)))


def defect(code: str = "bonding") -> DefectCode:
    return DefectCode.objects.get(code=code)


def full(*counts: tuple[str, int, int], defects: tuple[Found, ...] | None = None) -> Findings:
    """(size, presented, failed), every pair checked."""
    failed = sum(count[2] for count in counts)
    found = defects if defects is not None else ((Found(defect(), failed),) if failed else ())
    return Findings([Count(size, presented, presented, bad) for size, presented, bad in counts], found)


def final(line: OrderLine, findings: Findings, by: User, **more: object) -> Inspection:
    return services.inspect_line(line=line, kind="final", findings=findings, by=by, **more)  # type: ignore[arg-type]


def test_what_fails_does_not_count_as_finished_and_makes_the_tail(line: OrderLine, zheng: User) -> None:
    final(line, full(("38", 120, 0), ("41", 200, 6)), zheng)
    assert passed_pairs([line.pk]) == {line.pk: {"38": 120, "41": 194}}
    tail = tails([line])[line.pk]
    assert (tail.missing, tail.pairs, tail.passed_pairs) == ({"41": 46, "45": 40}, 86, 314)
    final(line, full(("41", 46, 0), ("45", 40, 0)), zheng)
    assert tails([line])[line.pk].pairs == 0


def test_an_order_that_nobody_inspected_is_all_tail(line: OrderLine) -> None:
    assert tails([line])[line.pk].missing == RUN


def test_in_line_inspections_finish_nothing(line: OrderLine, zheng: User) -> None:
    services.inspect_line(line=line, kind="in_line", stage="lasting", findings=full(("41", 50, 3)), by=zheng)
    assert passed_pairs([line.pk]) == {}
    assert failed_pairs([line.pk]) == {line.pk: {"41": 3}}
    assert failed_pairs([line.pk], stage="cutting") == {}
    with raises_refusal("stage"):
        services.inspect_line(line=line, kind="in_line", findings=full(("41", 50, 3)), by=zheng)


def test_more_than_was_ordered_never_passes(line: OrderLine, zheng: User) -> None:
    final(line, full(("45", 40, 2)), zheng)
    final(line, full(("45", 2, 0)), zheng)
    with pytest.raises(DomainError, match=r"45.*40.*1") as caught:
        final(line, full(("45", 1, 0)), zheng)
    assert caught.value.code == "too_many"


def test_a_reversed_inspection_counts_for_nothing_and_stays(line: OrderLine, zheng: User) -> None:
    posted = final(line, full(("45", 40, 0)), zheng)
    with raises_refusal("no_reason"):
        services.reverse_inspection(inspection=posted, reason="", by=zheng)
    services.reverse_inspection(inspection=posted, reason="数错了", by=zheng)
    with raises_refusal("reversed"):
        services.reverse_inspection(inspection=posted, reason="again", by=zheng)
    assert passed_pairs([line.pk]) == {}
    assert tails([line])[line.pk].missing == RUN
    assert Inspection.objects.get().reversal_reason == "数错了"
    assert [change.action for change in audit.history_of(posted)] == ["reverse", "inspect"]
    final(line, full(("45", 40, 0)), zheng)


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("counts", []),
        ("counts", [Count("41", 10, 10, 0), Count("41", 10, 10, 0)]),
        ("counts", [Count("41", 10, 8, 0)]),
        ("counts", [Count("41", 10, 10, 11)]),
        ("counts", [Count("41", 0, 0, 0)]),
        ("sizes", [Count("39", 10, 10, 0)]),
        ("defects", [Count("41", 10, 10, 1)]),
    ],
)
def test_impossible_counts_are_refused(line: OrderLine, zheng: User, code: str, counts: list[Count]) -> None:
    with raises_refusal(code):
        final(line, Findings(counts), zheng)
    assert not Inspection.objects.exists()


def test_only_qc_inspects_and_no_order_that_is_done_with(line: OrderLine, zheng: User) -> None:
    with raises_refusal("not_qc"):
        final(line, full(("41", 1, 0)), factories.user(Department.WORKSHOP))
    Order.objects.update(state=Order.State.CANCELLED)
    with raises_refusal("closed_order"):
        final(line, full(("41", 1, 0)), zheng)


class TestSample:
    """ISO 2859-1, level II, AQL 2.5 and 4.0."""

    @pytest.mark.parametrize(
        ("lot", "sample", "major", "minor"),
        [
            (2, 2, 0, 0),
            (8, 5, 0, 0),
            (40, 13, 0, 1),
            (90, 20, 1, 1),
            (150, 20, 1, 2),
            (240, 32, 2, 3),
            (500, 50, 3, 5),
            (1_200, 80, 5, 7),
            (3_200, 125, 7, 10),
            (10_000, 200, 10, 14),
            (35_000, 315, 14, 21),
            (400_000, 500, 21, 21),
        ],
    )
    def test_the_table(self, lot: int, sample: int, major: int, minor: int) -> None:
        plan = plan_for(lot)
        assert (plan.sample, plan.major, plan.minor) == (sample, major, minor)

    @given(st.integers(1, 600_000), st.integers(1, 600_000))
    @settings(deadline=None)
    def test_a_larger_lot_never_has_a_smaller_sample_and_no_sample_exceeds_its_lot(self, one: int, other: int) -> None:
        small, large = sorted((one, other))
        assert plan_for(small).sample <= plan_for(large).sample
        assert plan_for(small).major <= plan_for(large).major
        assert plan_for(small).minor <= plan_for(large).minor
        assert plan_for(small).sample <= small

    def test_the_tables_fit_each_other(self) -> None:
        assert len(LOTS) == len(SAMPLES)
        with pytest.raises(ValueError, match="at least one"):
            plan_for(0)

    def sampled(self, line: OrderLine, zheng: User, *found: Found, failed: int = 0) -> Inspection:
        counts = [Count("41", 240, 32, failed)]
        return final(line, Findings(counts, found), zheng, method="sample")

    def test_a_lot_within_its_numbers_passes_without_the_failed_pairs(self, line: OrderLine, zheng: User) -> None:
        posted = self.sampled(line, zheng, Found(defect("bonding"), 2), Found(defect("glue"), 3), failed=5)
        assert posted.is_accepted
        assert passed_pairs([line.pk]) == {line.pk: {"41": 235}}

    @pytest.mark.parametrize(("code", "count"), [("bonding", 3), ("glue", 4), ("needle", 1)])
    def test_one_defect_too_many_turns_the_whole_lot_back(self, line: OrderLine, zheng: User, code: str, count: int) -> None:
        posted = self.sampled(line, zheng, Found(defect(code), count), failed=count)
        assert not posted.is_accepted
        assert passed_pairs([line.pk]) == {line.pk: {}}
        assert tails([line])[line.pk].missing == RUN

    def test_too_small_a_sample_is_refused(self, line: OrderLine, zheng: User) -> None:
        with raises_refusal("sample"):
            final(line, Findings([Count("41", 240, 31, 0)]), zheng, method="sample")


def test_a_defect_keeps_its_photo_and_place(line: OrderLine, zheng: User) -> None:
    found = Found(defect(), 2, size="41", place="后跟", photo=services.Upload("x.png", support.png()))
    posted = final(line, full(("41", 10, 2), defects=(found,)), zheng)
    kept = posted.defects.get()
    assert kept.photo is not None
    assert (kept.size, kept.place, kept.photo.is_picture) == ("41", "后跟", True)


def test_defects_are_master_data_that_qc_edits(zheng: User) -> None:
    made = services.save_defect(code="heel", name="跟歪", name_en="Crooked heel", severity="major", is_active=True, by=zheng)
    changed = services.save_defect(code="heel", name="跟歪", name_en="", severity="critical", is_active=False, by=zheng, defect=made)
    assert audit.history_of(changed)[0].values["severity"] == ["major", "critical"]
    with raises_refusal("taken"):
        services.save_defect(code="heel", name="x", name_en="", severity="minor", is_active=True, by=zheng)
    with raises_refusal("not_qc"):
        services.save_defect(code="y", name="x", name_en="", severity="minor", is_active=True, by=factories.user(Department.TECHNICAL))


@pytest.mark.django_db(transaction=True)
def test_two_inspectors_at_once_do_not_pass_the_same_pairs_twice() -> None:
    """The winner posts, the loser is told how many passed before."""
    line = factories.first_line(factories.order(factories.line(sizes={"41": 100})))
    people = [factories.user(Department.QC) for _ in range(4)]
    findings = Findings([Count("41", 60, 60, 0)])
    outcomes: list[str] = []
    barrier = threading.Barrier(len(people))

    def post(by: User) -> None:
        barrier.wait()
        try:
            final(line, findings, by)
            outcomes.append("posted")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post, args=[by]) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["posted", "too_many", "too_many", "too_many"]
    assert passed_pairs([line.pk]) == {line.pk: {"41": 60}}
    assert connection.is_usable()


def test_a_day_can_be_named(line: OrderLine, zheng: User) -> None:
    assert final(line, full(("41", 1, 0)), zheng, day=dt.date(2026, 11, 20)).day == dt.date(2026, 11, 20)

"""Kits of real jobs: from bill, stock, issues and purchase orders to rows that planning reads (E4.2, E4.4)."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from orders.models import OrderLine
from planning_site.core.models import Plant, User
from planning_site.core.plants import default_plant
from procurement.models import JobKit, Material, Usage, UsageVersion, Warehouse
from procurement.selectors.kits import Ready, kit_ready_day, kits_on, ready_by_stage
from procurement.services import requirements, stock
from procurement.services.stock_picking import Wanted
from tests import factories
from tests.procurement import stock_factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY = dt.date(2026, 12, 8)
WANT = {"38": 60, "39": 120, "40": 60}
STARTS = {"cutting": dt.date(2026, 12, 14), "bottoming": dt.date(2026, 12, 18), "packing": dt.date(2026, 12, 24)}


@pytest.fixture
def frozen() -> object:
    with time_machine.travel("2026-12-08 10:00+08:00", tick=False):
        yield


@pytest.fixture
def plant() -> Plant:
    return default_plant()


@pytest.fixture
def lining() -> Material:
    return stock_factories.material("LN-BK", unit="码")


@pytest.fixture
def sole() -> Material:
    return stock_factories.sole("S15")


@pytest.fixture
def job(plant: Plant, lining: Material, sole: Material) -> OrderLine:
    line = stock_factories.job(WANT)
    bill(line, (lining, "里料", "0.2", "cutting", "5"), (sole, "大底", "1", "bottoming", "1"))
    requirements.set_needed_days(plant=plant, days={(line.pk, stage): day for stage, day in STARTS.items()}, source="周计划")
    return line


def bill(line: OrderLine, *rows: tuple[Material, str, str, str, str]) -> None:
    version, _is_new = UsageVersion.objects.get_or_create(style_colour=line.colour, valid_from=dt.date(2026, 1, 1))
    for material, part, per_pair, stage, loss in rows:
        Usage.objects.create(
            version=version, part=part, material=material, per_pair=Decimal(per_pair), stage=stage, loss_percent=Decimal(loss)
        )


def kit_of(line: OrderLine) -> JobKit:
    requirements.recalculate(default_plant())
    return JobKit.objects.get(order_line=line)


def fill_soles(sole: Material, quantities: dict[str, int]) -> None:
    for size, quantity in quantities.items():
        stock_factories.fill(sole, quantity, size=size)


def test_a_job_with_everything_in_stock_is_full_and_ready_today(job: OrderLine, lining: Material, sole: Material) -> None:
    stock_factories.fill(lining, "50.4")
    fill_soles(sole, WANT)
    kit = kit_of(job)
    assert (kit.state_now, kit.state_at_start, kit.pairs_now, kit.wanted) == ("full", "full", 240, 240)
    assert (kit.is_ready_now, kit.is_tight, kit.missing, kit.instead) == (True, False, [], {})
    assert {part: cell["state"] for part, cell in kit.cells.items()} == {"里料": "here", "大底": "here"}
    assert kit_ready_day([job.pk]) == {job.pk: dict.fromkeys(WANT, Ready(TODAY))}


def test_counted_pieces_make_a_kit_without_their_loss_cut_material_does_not(job: OrderLine, lining: Material, sole: Material) -> None:
    """60 soles are 60 pairs whatever the loss reserve; lining for 240 pairs is 240 × 0.2 × 1.05."""
    stock_factories.fill(lining, "50.399")
    fill_soles(sole, WANT)
    kit = kit_of(job)
    assert kit.cells["大底"]["state"] == "here"
    assert (kit.cells["里料"]["state"], kit.cells["里料"]["missing"]) == ("short", 0.001)
    assert (kit.state_now, kit.pairs_now) == ("proportional", 237), "rounded down in every size"


def test_a_short_sole_breaks_the_sizes_names_itself_and_leaves_the_whole_sizes(job: OrderLine, lining: Material, sole: Material) -> None:
    stock_factories.fill(lining, 60)
    fill_soles(sole, {"38": 60, "39": 30, "40": 60})
    kit = kit_of(job)
    assert (kit.state_now, kit.pairs_now) == ("broken", 150)
    assert kit.sizes == {"38": [60, 60, 60], "39": [120, 30, 30], "40": [60, 60, 60]}
    assert kit.instead == {"38": 60, "40": 60}
    [missing] = kit.missing
    assert (missing["code"], missing["sizes"], missing["state"], missing["day"]) == ("S15", {"39": 90}, "short", None)
    assert kit_ready_day([job.pk])[job.pk] == {"38": Ready(TODAY), "39": Ready(None, ("S15",)), "40": Ready(TODAY)}
    assert ready_by_stage([job.pk]) == {
        (job.pk, "cutting"): Ready(TODAY),
        (job.pk, "bottoming"): Ready(None, ("S15",)),
    }


@pytest.mark.parametrize(
    ("promised_on", "state", "cell", "at_start", "is_tight"),
    [
        (dt.date(2026, 12, 11), "confirmed", "coming", "full", False),
        (dt.date(2026, 12, 11), "waiting", "tight", "full", True),
        (dt.date(2026, 12, 16), "confirmed", "tight", "full", True),
        (dt.date(2026, 12, 19), "confirmed", "late", "broken", False),
        (None, "confirmed", "open", "broken", False),
        (dt.date(2026, 12, 7), "confirmed", "open", "broken", False),
    ],
)
def test_a_receipt_counts_from_its_promised_day_and_without_a_day_never(
    job: OrderLine,
    lining: Material,
    sole: Material,
    promised_on: dt.date | None,
    state: str,
    cell: str,
    at_start: str,
    is_tight: bool,
) -> None:
    """The soles are needed on the 16th, two working days before bottoming starts on the 18th; a day that has passed is no day."""
    stock_factories.fill(lining, 60)
    fill_soles(sole, {"38": 60, "39": 30, "40": 60})
    line = stock_factories.ordered(sole, 91, promised_on=promised_on, state=state, size="39")
    kit = kit_of(job)
    assert (kit.cells["大底"]["state"], kit.state_at_start, kit.is_tight) == (cell, at_start, is_tight)
    assert kit.state_now == "broken"
    if at_start == "broken":
        assert kit.missing[0]["lines"] == [line.pk]
    ready = kit_ready_day([job.pk])[job.pk]["39"]
    assert ready.day == (promised_on if cell != "open" else None)
    assert ready.missing == (("S15",) if cell == "open" else ())


def test_kits_grow_on_the_days_on_which_something_comes(
    job: OrderLine, lining: Material, sole: Material, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stock_factories.fill(lining, 60)
    fill_soles(sole, {"38": 60})
    stock_factories.ordered(sole, 121, promised_on=dt.date(2026, 12, 10), size="39")
    stock_factories.ordered(sole, 61, promised_on=dt.date(2026, 12, 14), size="40")
    kit_of(job)
    expected = {8: (60, 0, 0), 9: (60, 0, 0), 10: (60, 120, 0), 13: (60, 120, 0), 14: (60, 120, 60), 31: (60, 120, 60)}
    for day, pairs in expected.items():
        with django_assert_num_queries(1):
            found = kits_on(dt.date(2026, 12, day), [job.pk])
        assert found == {job.pk: dict(zip(WANT, pairs, strict=True))}
    assert kits_on(TODAY, [job.pk], stage="cutting") == {job.pk: WANT}
    assert kits_on(TODAY, [job.pk], stage="lasting") == {job.pk: WANT}, "a stage that takes no material may run every pair"


def test_the_job_that_is_due_first_claims_first(plant: Plant, job: OrderLine, lining: Material, sole: Material) -> None:
    later = factories.first_line(
        factories.order(factories.line(job.style, colour=job.colour.name, sizes=WANT, due_on=dt.date(2027, 1, 20)))
    )
    stock_factories.fill(lining, 200)
    fill_soles(sole, {"38": 100, "39": 200, "40": 100})
    first, second = kit_of(job), kit_of(later)
    assert (first.state_now, second.state_now) == ("full", "proportional")
    for size, wanted in WANT.items():
        assert first.sizes[size][1] + second.sizes[size][1] <= {"38": 100, "39": 200, "40": 100}[size]
        assert first.sizes[size][1] == wanted


def test_what_a_job_was_given_counts_for_it_and_for_nobody_else(plant: Plant, job: OrderLine, lining: Material, sole: Material) -> None:
    later = factories.first_line(
        factories.order(factories.line(job.style, colour=job.colour.name, sizes=WANT, due_on=dt.date(2027, 1, 20)))
    )
    person: User = factories.user()
    stock_factories.fill(lining, "50.4")
    fill_soles(sole, WANT)
    lines = [Wanted(Decimal("50.4"), lining), *(Wanted(Decimal(pairs), sole, size=size) for size, pairs in WANT.items())]
    stock.issue(plant=plant, job=later, lines=lines, by=person, warehouse=Warehouse.MAIN)
    assert (kit_of(later).state_now, kit_of(job).state_now) == ("full", "none")


def test_a_job_without_a_bill_is_not_ready_and_says_so(plant: Plant) -> None:
    line = stock_factories.job(WANT)
    requirements.recalculate(plant)
    assert not JobKit.objects.filter(order_line=line).exists()
    ready = kit_ready_day([line.pk])[line.pk]
    assert {entry.day for entry in ready.values()} == {None}
    assert all(entry.missing for entry in ready.values())
    assert kits_on(TODAY, [line.pk]) == {}


def test_only_the_kits_of_jobs_that_use_a_material_are_calculated_again(
    plant: Plant, job: OrderLine, lining: Material, sole: Material
) -> None:
    stock_factories.fill(lining, 60)
    kit_of(job)
    fill_soles(sole, WANT)
    requirements.refresh(plant, [sole.pk])
    assert JobKit.objects.get(order_line=job).state_now == "full"
    requirements.recalculate(plant)
    again = JobKit.objects.get(order_line=job)
    assert again.state_now == "full"

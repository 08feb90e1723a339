"""The demo's purchasing stands when the demo is loaded: needs, kits, chase lists, and a sole supplier who is late (D5, D7, E4.1-E5.2)."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from pytest_django import DjangoDbBlocker

from orders.models import OrderLine
from planning_site.core import clock
from planning_site.core.calendar import calendar_of
from planning_site.core.models import Change, User
from planning_site.core.plants import default_plant
from procurement.demo import LATE_DAYS, LATE_SIZES, load_purchasing
from procurement.models import Chase, JobKit, PurchaseOrderLine, RequirementRun, StockBalance
from procurement.selectors import kits_chase, work
from procurement.selectors.impact import lines_hit_by_order
from procurement.services.requirements import request_where_changed
from tests.procurement.demo_factory import loaded

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with loaded(django_db_blocker, "2027-03-07 10:00+08:00"):  # a Sunday, in another year than the books
        yield


def test_needs_kits_and_chase_lists_are_there_without_waiting_for_a_worker(demo: None) -> None:
    plant, today = default_plant(), clock.today()
    run = RequirementRun.objects.get()
    assert (run.state, run.jobs, run.gaps) == ("done", 300, [])
    assert JobKit.objects.count() == OrderLine.objects.count() == 300
    assert len(set(JobKit.objects.values_list("state_at_start", flat=True))) > 1
    found = {view.code: kits_chase.missing_in(view, plant, calendar_of(plant), today).count() for view in kits_chase.views_of(plant)}
    assert found["E5.2"]
    assert found["E4.1"] >= found["E5.2"]
    assert found["D5"]
    assert found["E5.1"]
    assert work.short_materials(plant).count() > 100
    assert request_where_changed() == 0, "nothing has changed since it was calculated"


def test_a_sole_supplier_is_late_and_it_is_written_down_whom_it_hits(demo: None) -> None:
    today = clock.today()
    late = PurchaseOrderLine.objects.filter(promised_on__gt=dt.date.min, first_promised_on__isnull=False).exclude(state="received")
    moved = [line for line in late.select_related("order", "material") if line.promised_on != line.first_promised_on]
    assert len(moved) == len(LATE_SIZES)
    assert {line.material.category for line in moved} == {"底材"}
    for line in moved:
        assert line.promised_on
        assert line.first_promised_on
        assert line.promised_on - line.first_promised_on == dt.timedelta(days=LATE_DAYS)
        assert any(hit.is_late for hit in lines_hit_by_order(line.order)[line.pk])
        last, first = line.order.chases.all()
        assert (last.new_date, first.new_date) == (line.promised_on, None)
        assert first.at < last.at < clock.now()
        assert last.ask_again_on == today + dt.timedelta(days=2)
        [change] = Change.objects.filter(object_type="procurement.purchaseorderline", object_id=line.pk)
        assert (change.at, change.why, change.by) == (last.at, last.answer, User.objects.get(username="lu"))
    assert load_purchasing() == [], "the story is told once"
    assert Chase.objects.count() == 2 * len(LATE_SIZES)


def test_quantities_stay_those_of_the_workbooks(demo: None) -> None:
    assert PurchaseOrderLine.objects.count() == 697
    assert set(StockBalance.objects.values_list("lot", "place")) == {("", "")}
    ordered = PurchaseOrderLine.objects.aggregate(sum=Sum("quantity"))["sum"]
    assert ordered == Decimal(ordered).quantize(Decimal("0.1")), "as the workbook has them, to a tenth"


def test_the_pages_of_the_first_morning_have_something_to_show(demo: None) -> None:
    client = Client()
    client.force_login(User.objects.get(username="lu"))
    pages = ("/procurement/", "/procurement/?tab=late", "/procurement/?tab=early", "/procurement/plan/", "/procurement/kits/?within=all")
    for page in pages:
        text = client.get(page).content.decode()
        assert 'class="empty' not in text, page
        assert "<tbody>" in text, page

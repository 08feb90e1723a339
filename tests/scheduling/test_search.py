"""The search of the whole site: what is found, in which order, and that nobody finds what is not theirs to open."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from planning_site.core.departments import Department
from planning_site.core.models import User
from scheduling.models import PlanJob
from scheduling.search import MAX_LENGTH, Hit, hits_for
from tests import factories
from tests.scheduling.plan_factories import add_lines, make_floor, make_month

pytestmark = pytest.mark.django_db

D = Department


@pytest.fixture
def reader() -> User:
    return factories.user(D.PLANNING)


def found(reader: User, text: str) -> dict[str, tuple[Hit, ...]]:
    return {kind.title: kind.hits for kind in hits_for(reader, text)}


def order_titles(reader: User, text: str) -> list[str]:
    return [hit.title for hit in found(reader, text).get("订单", ())]


@pytest.fixture
def order() -> str:
    """The number of an order of 华荣贸易, PO98676, for HD2616 in white."""
    style = factories.style("HD2616", colours=("白",))
    return factories.order(factories.line(style), of=factories.customer("华荣贸易"), po="PO98676").number


@pytest.mark.parametrize("text", ["98676", "po986", "2616", "hd2616 华荣", "华荣", "ＨＤ２６１６", "  2616  "])
def test_an_order_is_found_by_part_of_its_po_style_or_customer(reader: User, order: str, text: str) -> None:
    assert order_titles(reader, text) == [f"{order} · HD2616 白"]


def test_an_order_is_found_by_its_number_and_leads_to_its_page(reader: User, order: str) -> None:
    hit = found(reader, order)["订单"][0]
    assert hit.url.startswith(reverse("orders:list"))
    assert "华荣贸易 · PO98676 · 100 双 · 交期 " in hit.detail


def test_the_newest_orders_come_first_and_a_kind_is_cut_at_eight(reader: User) -> None:
    style = factories.style("HD2616")
    for day in range(1, 13):
        factories.order(factories.line(style), ordered_on=dt.date(2026, 11, day))
    titles = order_titles(reader, "HD2616")
    assert len(titles) == 8
    assert titles == sorted(titles, reverse=True)
    assert titles[0].startswith("HT261112")


def test_each_order_shows_how_it_stands_in_the_month_plan(reader: User) -> None:
    floor = make_floor(styles=1)
    add_lines(floor, 30, pairs=5000)
    month = make_month(floor)
    late = month.jobs.filter(outcome=PlanJob.Outcome.LATE).select_related("order_line__order").latest("late_days")
    hit = found(reader, late.order_line.order.number)["订单"][0]
    assert (hit.state, hit.word) == ("late", f"迟 {late.late_days} 天")
    unplanned = factories.order(factories.line(floor.styles[0]), po="PO-NEW")
    assert found(reader, "PO-NEW")["订单"][0].word == "没排上"
    unplanned.state = unplanned.State.CANCELLED
    unplanned.save(update_fields=["state"])
    assert found(reader, "PO-NEW")["订单"][0].state == "frozen"


def test_styles_and_customers_lead_into_the_order_book(reader: User, order: str) -> None:
    assert found(reader, "2616")["货号"][0].url == "/orders/?q=HD2616"
    assert [hit.title for hit in found(reader, "荣贸")["客户"]] == ["华荣贸易"]


def test_pages_are_found_by_name_and_only_those_that_one_may_open(reader: User) -> None:
    assert [hit.url for hit in found(reader, "周计划")["页面"]] == [reverse("scheduling:week")]
    assert [hit.title for hit in found(factories.user(D.SALES), "录单")["页面"]] == ["录单"]
    assert "页面" not in found(reader, "录单")


def test_without_a_text_it_offers_the_newest_orders_and_all_pages(reader: User, order: str) -> None:
    start = found(reader, "")
    assert start["订单"][0].title.startswith(order)
    assert len(start["页面"]) >= 6


def test_somebody_without_a_department_finds_nothing(order: str) -> None:
    assert hits_for(factories.user(), order) == []


def test_signs_of_the_pattern_language_stand_for_themselves(reader: User, order: str) -> None:
    assert found(reader, "%%%").get("客户") is None
    assert found(reader, "_____").get("货号") is None


def test_the_field_gets_a_fragment_and_the_address_bar_a_page(client: Client, reader: User, order: str) -> None:
    client.force_login(reader)
    url = reverse("inbox:search") + "?q=2616"
    fragment = client.get(url, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in fragment
    assert order in fragment
    page = client.get(url).content.decode()
    assert "<html" in page
    assert 'value="2616"' in page
    assert "没有符合“zzz”的" in client.get(reverse("inbox:search") + "?q=zzz", headers={"hx-request": "true"}).content.decode()


def test_a_typed_text_is_never_taken_for_markup(client: Client, reader: User) -> None:
    client.force_login(reader)
    page = client.get(reverse("inbox:search"), {"q": "<script>alert(1)</script>" + "x" * 500}).content.decode()
    assert "<script>alert" not in page
    assert f'value="&lt;script&gt;alert(1)&lt;/script&gt;{"x" * (MAX_LENGTH - 25)}"' in page


def test_it_takes_few_queries_whatever_is_found(
    reader: User, order: str, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(reader)
    with django_assert_max_num_queries(15):
        client.get(reverse("inbox:search"), {"q": "2616"}, headers={"hx-request": "true"})


@pytest.mark.parametrize("text", ["问 HD2616 1200", "问hd2616 1200双", "ask HD2616 1200", "问 HD2616 １２００"])
def test_a_date_asked_in_the_search_leads_to_its_answer(reader: User, text: str) -> None:
    [hit] = found(reader, text)["页面"]
    assert hit.title == "问交期：HD2616 1,200 双"
    assert hit.url == reverse("scheduling:promise", query={"style": "HD2616", "pairs": "1200"})


def test_who_may_not_ask_a_date_and_a_question_that_is_not_whole_lead_nowhere(reader: User) -> None:
    assert "页面" not in found(factories.user(D.PURCHASING), "问 HD2616 1200")
    assert "页面" not in found(reader, "问 HD2616")

"""The styles page: which styles wait, and how QC signs there."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orders.models import Order
from planning_site.core.departments import Department
from quality.models import StyleRelease
from quality.selectors import ReleaseState
from quality.services import sign_release
from tests import factories

pytestmark = pytest.mark.django_db
STYLES = "/quality/styles/"
Result = StyleRelease.Result


def listed(client: Client, **query: str) -> list[str]:
    return re.findall(r'<th scope="row">([^<]*)</th>', client.get(STYLES, query).content.decode())


@pytest.fixture
def qc(client: Client) -> Client:
    client.force_login(factories.user(Department.QC, name="zheng", language="en"))
    return client


def test_new_styles_with_open_orders_are_listed_first_due_first(qc: Client) -> None:
    late, soon = factories.style("HD2644", is_new=True), factories.style("HD2601", is_new=True)
    factories.order(factories.line(late, due_on=dt.date(2027, 1, 15)))
    factories.order(factories.line(soon, sizes={"38": 120}, due_on=dt.date(2027, 1, 8)))
    factories.order(factories.line(soon, sizes={"39": 80}, due_on=dt.date(2027, 2, 1)))
    factories.order(factories.line(factories.style("OLD")))
    factories.style("NOT-ORDERED", is_new=True)
    done = factories.order(factories.line(factories.style("DONE", is_new=True)))
    Order.objects.filter(pk=done.pk).update(state=Order.State.CLOSED)
    assert listed(qc) == ["HD2601", "HD2644"]
    [row] = [row for row in re.findall(r"(?s)<tr data-row>.*?</tr>", qc.get(STYLES).content.decode()) if "HD2601" in row]
    assert '/orders/?q=HD2601">2</a></td><td class="num">200</td>' in row


def test_the_list_is_filtered_by_state_and_words(qc: Client) -> None:
    signer = factories.user(Department.QC)
    for code, result in {"HD1": None, "HD2": Result.PASSED, "HD3": Result.REDO}.items():
        style = factories.style(code, is_new=True, family="女靴" if code == "HD2" else "男正装")
        factories.order(factories.line(style))
        if result:
            sign_release(style=style, result=result, note="x", by=signer)
    assert listed(qc, state=ReleaseState.WAITING) == ["HD1"]
    assert listed(qc, state=ReleaseState.RELEASED) == ["HD2"]
    assert listed(qc, state=ReleaseState.REDO) == ["HD3"]
    assert listed(qc, q="女靴") == ["HD2"]
    assert listed(qc, q="hd3") == ["HD3"]
    assert len(listed(qc, state="unheard of")) == 3
    counts = dict(qc.get(STYLES).context["states"])
    assert counts == {ReleaseState.WAITING: 1, ReleaseState.RELEASED: 1, ReleaseState.REDO: 1}


def test_the_page_takes_few_queries(qc: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(12):
        factories.order(factories.line(factories.style(is_new=True)))
    with django_assert_max_num_queries(12):
        qc.get(STYLES)


def test_without_new_styles_the_page_says_why_it_is_empty(qc: Client) -> None:
    assert "No open order asks for a new style" in qc.get(STYLES).content.decode()
    factories.order(factories.line(factories.style(is_new=True)))
    assert "No style fits" in qc.get(STYLES, {"q": "zzz"}).content.decode()


def test_qc_signs_on_the_page_and_sees_it(qc: Client) -> None:
    style = factories.style("HD2601", is_new=True)
    factories.order(factories.line(style))
    address = reverse("quality:sign", args=[style.pk])
    assert address in qc.get(STYLES).content.decode()
    page = qc.post(address, {"result": "pass_with_actions", "note": "后跟垫 1 mm"}, follow=True).content.decode()
    assert "HD2601: pass with actions." in page
    assert "后跟垫 1 mm" in page
    assert "zheng" in page


def test_the_panel_answers_htmx_with_its_part_only_and_with_a_redirect_when_signed(qc: Client) -> None:
    style = factories.style("HD2601", is_new=True)
    address = reverse("quality:sign", args=[style.pk])
    panel = qc.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in panel
    assert "Sign HD2601" in panel
    signed = qc.post(address, {"result": "pass"}, headers={"HX-Request": "true"})
    assert signed["HX-Redirect"] == STYLES


def test_a_redo_without_a_note_comes_back_filled_with_the_error_at_the_note(qc: Client) -> None:
    style = factories.style(is_new=True)
    response = qc.post(reverse("quality:sign", args=[style.pk]), {"result": "redo"})
    assert response.context["form"].errors == {"note": ["Write down what has to be done."]}
    assert re.search(r'value="redo"[^>]*checked|checked[^>]*value="redo"', response.content.decode())
    assert not style.releases.exists()


def test_only_qc_reaches_the_form_and_old_styles_have_none(client: Client) -> None:
    style, old = factories.style(is_new=True), factories.style()
    for department in (Department.TECHNICAL, Department.PLANNING, Department.GM):
        client.force_login(factories.user(department))
        assert client.get(STYLES).status_code == 200
        assert client.get(reverse("quality:sign", args=[style.pk])).status_code == 403
        assert client.post(reverse("quality:sign", args=[style.pk]), {"result": "pass"}).status_code == 403
    client.force_login(factories.user(Department.QC))
    assert client.get(reverse("quality:sign", args=[old.pk])).status_code == 404

"""Pages of inspections and tooling: entry on a phone, lists, reversal, paste, export."""

import io
import re

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orders.models import OrderLine
from planning_site.core.departments import Department
from planning_site.core.plants import default_plant
from planning_site.core.translations import compile_catalogue
from quality import services
from quality.models import DefectCode, Inspection, Tool
from quality.pasting import read_paste
from quality.selectors import passed_pairs
from quality.services import Count, Findings
from tests import factories
from tests.procurement import stock_factories
from tests.quality import support
from tests.quality.support import NOON
from tests.quality.test_tooling import make

pytestmark = pytest.mark.django_db
NEW = "/quality/inspections/new/"
QUERIES = 15


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False) as hand:
        yield hand


def signed_in(*departments: Department, language: str = "en", name: str = "") -> Client:
    client = Client()
    client.force_login(factories.user(*departments, language=language, name=name))
    return client


@pytest.fixture
def zheng() -> Client:
    return signed_in(Department.QC, name="zheng")


@pytest.fixture
def line() -> OrderLine:
    return factories.first_line(factories.order(factories.line(factories.style("HD9"), sizes={"38": 120, "41": 240})))


def defect(code: str = "bonding") -> str:
    return str(DefectCode.objects.get(code=code).pk)


def posted(**fields: object) -> dict[str, object]:
    return {"day": "2026-11-23", "method": "full", **fields}


class TestInspections:
    def test_an_order_is_found_while_typing_and_inspected_by_size(self, zheng: Client, line: OrderLine) -> None:
        factories.order(factories.line(factories.style("OTHER")))
        hits = zheng.get(reverse("quality:inspection_lines"), {"q": "hd9", "kind": "final"}).content.decode()
        [link] = re.findall(r'href="([^"]+)"', hits)
        assert "360 of 360 open" in hits
        url = link.replace("&amp;", "&")
        html = zheng.get(url).content.decode()
        assert "Sample for 360 pairs (ISO 2859-1, level II): 50 pairs, at most 3 major" in html
        data = posted(presented_38=120, presented_41=200, failed_41=6, defect_0=defect(), defect_count_0=6, defect_size_0="41")
        page = zheng.post(url, data, follow=True).content.decode()
        assert "Posted: 6 of 320 failed." in page
        assert "314 of 360 pairs have passed, 46 are open." in page
        assert passed_pairs([line.pk]) == {line.pk: {"38": 120, "41": 194}}

    def test_what_is_wrong_comes_back_filled(self, zheng: Client, line: OrderLine) -> None:
        url = f"{NEW}?kind=final&line={line.pk}"
        back = zheng.post(url, posted(presented_41=241))
        assert "that is 1 too many" in back.content.decode()
        assert 'value="241"' in back.content.decode()
        back = zheng.post(url, posted(presented_41=10, defect_0=defect()))
        assert back.context["form"].errors == {"defect_0": ["A defect has a name and a number of pairs."]}
        assert not Inspection.objects.exists()

    def test_a_sample_turns_a_lot_back_and_says_so(self, zheng: Client, line: OrderLine) -> None:
        data = posted(method="sample", presented_41=240, checked_41=32, failed_41=3, defect_0=defect(), defect_count_0=3)
        page = zheng.post(f"{NEW}?kind=final&line={line.pk}", data, follow=True).content.decode()
        assert "the lot of 240 is turned back" in page
        assert "lot turned back" in page

    def test_in_line_asks_for_the_stage(self, zheng: Client, line: OrderLine) -> None:
        url = f"{NEW}?kind=in_line&line={line.pk}"
        zheng.post(url, posted(stage="lasting", presented_41=20, failed_41=0))
        assert Inspection.objects.get().stage == "lasting"

    def test_a_receipt_is_chosen_and_inspected_by_size(self, zheng: Client) -> None:
        sole = stock_factories.sole("S15-BK")
        receipt = support.received(sole, "CG261118-003", {"38": 100, "39": 90})
        choice = zheng.get(f"{NEW}?kind=incoming", {"kind": "incoming", "q": "cg261118"}).content.decode()
        [link] = re.findall(r'href="([^"]+receipt=[^"]+)"', choice)
        assert "190 of 190 双 open" in choice
        url = link.replace("&amp;", "&")
        assert 'value="100"' in zheng.get(url).content.decode()
        data = posted(presented_38=100, presented_39=90, failed_39=4, defect_0=defect("leather"), defect_count_0=4)
        page = zheng.post(url, data, follow=True).content.decode()
        assert "4 双 left the free stock and count in no kit." in page
        kept = Inspection.objects.get()
        assert (kept.receipt, kept.material, kept.failed) == (receipt, sole, 4)
        assert list(kept.sizes.values_list("size", "passed")) == [("38", 100), ("39", 86)]
        assert "No receipt waits" in zheng.get(f"{NEW}?kind=incoming").content.decode()
        assert "of these 0 are not inspected yet" in zheng.post(url, data).content.decode()

    def test_what_is_blocked_is_released_by_qc_on_its_page(self, zheng: Client) -> None:
        made = support.turned_back(stock_factories.sole("S15-BK"), failed=4)
        page, release = (reverse(f"quality:{name}", args=[made.pk]) for name in ("inspection", "blocked_release"))
        assert release not in signed_in(Department.WAREHOUSE).get(page).content.decode()
        assert release in zheng.get(page).content.decode()
        html = zheng.post(release, {"reason": "客户同意让步接收"}, follow=True).content.decode()
        assert "Released. It is free stock again." in html
        assert "0 双 still lie there." in html

    def test_it_is_reversed_with_a_reason_on_its_page(self, zheng: Client, line: OrderLine) -> None:
        zheng.post(f"{NEW}?kind=final&line={line.pk}", posted(presented_41=10))
        made = Inspection.objects.get()
        page = reverse("quality:inspection", args=[made.pk])
        reverse_url = reverse("quality:inspection_reverse", args=[made.pk])
        assert reverse_url in zheng.get(page).content.decode()
        assert reverse_url not in signed_in(Department.WORKSHOP).get(page).content.decode()
        html = zheng.post(reverse_url, {"reason": "数错了"}, follow=True).content.decode()
        assert "Reversed by zheng" in html
        assert reverse_url not in html

    def test_lists_are_filtered_paged_and_take_few_queries(
        self, zheng: Client, line: OrderLine, django_assert_max_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        by = factories.user(Department.QC)
        for n in range(6):
            services.inspect_line(line=line, kind="final", findings=Findings([Count("41", 10 + n, 10 + n, 0)]), by=by)
        made = support.turned_back(stock_factories.sole("S15-BK"), failed=4)
        url = reverse("quality:inspections")
        zheng.get(url)
        for path in (
            url,
            f"{NEW}?kind=final",
            f"{NEW}?kind=final&line={line.pk}",
            reverse("quality:inspection", args=[Inspection.objects.first().pk]),
            f"{NEW}?kind=incoming",
            f"{NEW}?kind=incoming&receipt={made.receipt_id}&material={made.material_id}",
        ):  # type: ignore[union-attr]
            with django_assert_max_num_queries(QUERIES):
                assert zheng.get(path).status_code == 200
        assert made.reference in zheng.get(url, {"kind": "incoming"}).content.decode()
        assert made.reference not in zheng.get(url, {"q": "HD9"}).content.decode()
        assert "No inspection fits" in zheng.get(url, {"q": "zzz"}).content.decode()
        monkeypatch.setattr("quality.views.inspections.PER_PAGE", 3)
        assert len(zheng.get(url, {"page": "2"}).context["page"].object_list) == 3

    def test_defects_are_edited_by_qc(self, zheng: Client) -> None:
        url = reverse("quality:defects")
        zheng.post(url, {"code": "heel", "name": "跟歪", "name_en": "Heel", "severity": "major", "is_active": "on"})
        heel = DefectCode.objects.get(code="heel")
        zheng.post(f"{url}?edit={heel.pk}", {"code": "heel", "name": "跟斜", "name_en": "Heel", "severity": "minor"})
        heel.refresh_from_db()
        assert (heel.name, heel.severity, heel.is_active) == ("跟斜", "minor", False)
        back = zheng.post(url, {"code": "glue", "name": "x", "severity": "minor"})
        assert back.context["form"].errors
        assert signed_in(Department.TECHNICAL).post(url, {}).status_code == 403
        assert "Add a defect" not in signed_in(Department.TECHNICAL).get(url).content.decode()


class TestTools:
    def test_the_register_shows_pieces_pairs_a_day_gaps_and_styles(self, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
        client = signed_in(Department.WORKSHOP)
        style = factories.style("HD1")
        for n in range(6):
            tool = make(f"L{n}", {("38", "good"): 50, ("39", "repair"): 8}, turns=None if n == 5 else "4")
            services.set_styles(tool=tool, stage="lasting", styles=[style], by=None)
        make("D1", {("38", "good"): 1}, kind="die")
        url = reverse("quality:tools")
        client.get(url)
        with django_assert_max_num_queries(QUERIES):
            html = client.get(url).content.decode()
        assert "<small>38</small><b>50</b>" in html
        assert "<small>200</small>" in html
        assert 'class="gap"><small>39</small><b>0</b><i class="t-risk">−8</i><small>0</small>' in html
        assert "not known" in html
        numbers = re.compile(r'tools/\d+/">([^<]+)</a>')
        assert numbers.findall(client.get(url, {"kind": "die"}).content.decode()) == ["D1"]
        assert numbers.findall(client.get(url, {"q": "hd1 L3"}).content.decode()) == ["L3"]
        assert "D1" not in numbers.findall(client.get(url, {"gaps": "1"}).content.decode())
        assert "Add a tool" not in html

    def test_a_tool_is_added_changed_with_a_reason_and_linked_to_styles(self) -> None:
        chen = signed_in(Department.TECHNICAL)
        factories.style("HD1")
        new = reverse("quality:tool_new")
        data = {"kind": "last", "number": "L131", "turns_a_day": "4", "pairs_per_turn": "1", "stage": "lasting", "styles": "hd1"}
        data |= {"size_0": "38", "good_0": "50", "size_1": "39#", "good_1": "60", "repair_1": "2"}
        chen.post(new, data)
        tool = Tool.objects.get()
        assert [link.style.code for link in tool.styles.all()] == ["HD1"]
        url = reverse("quality:tool", args=[tool.pk])
        back = chen.post(url, data | {"good_1": "58"})
        assert back.context["form"].errors == {"why": ["Give the reason: whoever reads the history needs it."]}
        chen.post(url, data | {"good_1": "58", "why": "断楦"})
        assert tool.sizes.get(size="39", state="good").pieces == 58
        assert "断楦" in chen.get(url).content.decode()

    @pytest.mark.parametrize(
        ("field", "change"),
        [
            ("styles", {"styles": "HDX"}),
            ("stage", {"stage": ""}),
            ("turns_a_day", {"turns_a_day": "0"}),
            ("size_1", {"size_1": "38"}),
            ("size_0", {"size_0": "x"}),
            ("number", {"number": ""}),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, field: str, change: dict[str, str]) -> None:
        factories.style("HD1")
        data = {"kind": "last", "number": "L131", "pairs_per_turn": "1", "stage": "lasting", "styles": "HD1", "size_0": "38", "good_0": "5"}
        back = signed_in(Department.TECHNICAL).post(reverse("quality:tool_new"), data | {"size_1": "39", "good_1": "6"} | change)
        assert field in back.context["form"].errors
        assert not Tool.objects.exists()

    def test_lines_from_excel_show_what_they_change_before_they_are_kept(self) -> None:
        chen = signed_in(Department.TECHNICAL)
        make("L131", {("38", "good"): 50})
        url = reverse("quality:tools_paste")
        lines = "类别\t楦号\t码\t数量\n楦头\tL131\t38\t48\n楦头\tL140\t38\t30"
        shown = chen.post(url, {"text": lines}).content.decode()
        assert "2 new or changed, 0 unchanged, 0 wrong" in shown
        assert "50 → 48" in shown
        assert Tool.objects.count() == 1
        back = chen.post(url, {"text": lines, "write": "1"})
        assert back.context["form"].errors.keys() == {"why"}
        assert Tool.objects.count() == 1
        chen.post(url, {"text": lines, "write": "1", "why": "盘点"})
        assert Tool.objects.get(number="L131").sizes.get().pieces == 48
        assert Tool.objects.get(number="L140").sizes.get().pieces == 30

    def test_a_wrong_line_keeps_everything_out(self) -> None:
        chen = signed_in(Department.TECHNICAL)
        lines = "类别\t楦号\t码\t数量\n楦头\tL131\t38\t48\n楦头\tL140\t38\t三十"
        html = chen.post(reverse("quality:tools_paste"), {"text": lines, "write": "1", "why": "x"}).content.decode()
        assert "line 3" in html
        assert "三十" in html
        assert not Tool.objects.exists()

    @pytest.mark.parametrize("language", ["en", ""])
    def test_the_export_pasted_back_changes_nothing(self, language: str) -> None:
        compile_catalogue("quality")
        make("L131", {("38", "good"): 50, ("39", "worn"): 3, ("39", "repair"): 1, ("40", "scrapped"): 2})
        make("M1", {("", "good"): 2}, kind="mould", turns=None, per_turn=2)
        response = signed_in(Department.SALES, language=language).get(reverse("quality:tools_export"))
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        assert sheet is not None
        rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        text = "\n".join("\t".join(row) for row in rows[1:])
        reading = read_paste(text, plant=default_plant())
        assert (reading.changes, reading.unchanged, reading.wrong) == ((), 2, ())

"""Tooling by size: what it allows a day, what is usable, how it is pasted, and what planning reads of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from quality import services
from quality.models import StyleTool, Tool, ToolSize
from quality.pasting import Reading, read_paste
from quality.selectors import ToolStock, tool_caps, tool_stocks
from quality.selectors.tooling import pairs_a_day, tool_row
from quality.services import ToolData
from tests import factories
from tests.support.refusals import raises_refusal

pytestmark = pytest.mark.django_db
GOOD = ToolSize.State.GOOD


@pytest.fixture
def chen() -> User:
    return factories.user(Department.TECHNICAL)


def make(number: str, pieces: dict[tuple[str, str], int], *, kind: str = "last", turns: str | None = "4", per_turn: int = 1) -> Tool:
    data = ToolData(kind, number, turns_a_day=Decimal(turns) if turns else None, pairs_per_turn=per_turn)
    return services.save_tool(plant=default_plant(), data=data, pieces=pieces, by=None)


class TestCaps:
    def test_pieces_times_turns_bound_a_size_and_what_is_broken_counts_for_nothing(self, chen: User) -> None:
        style = factories.style("HD1", sizes=("38", "41"))
        last = make("L131", {("38", "good"): 50, ("39", "good"): 60, ("39", "worn"): 4, ("40", "repair"): 70})
        services.set_styles(tool=last, stage="lasting", styles=[style], by=chen)
        caps = tool_caps(default_plant(), styles=[style])
        assert caps.pairs_a_day == {(last.pk, "38"): 200, (last.pk, "39"): 256, (last.pk, "40"): 0, (last.pk, "41"): 0}
        assert caps.uses == {style.pk: [("lasting", last.pk)]}
        assert caps.names == {last.pk: "L131"}
        assert [caps.cap(style.pk, "lasting", size) for size in style.sizes] == [200, 256, 0, 0]

    def test_blank_turns_are_not_zero_they_bound_nothing_and_are_named(self, chen: User) -> None:
        style = factories.style(sizes=("38", "39"))
        dies = make("D1", {("38", "good"): 2}, kind="die", turns=None)
        services.set_styles(tool=dies, stage="cutting", styles=[style], by=chen)
        caps = tool_caps(default_plant(), styles=[style])
        assert caps.pairs_a_day == {(dies.pk, "38"): None, (dies.pk, "39"): 0}
        assert caps.unrated == (dies.pk,)
        assert caps.cap(style.pk, "cutting", "38") is None
        assert caps.cap(style.pk, "cutting", "39") == 0

    def test_the_least_of_several_tools_bounds_and_one_for_every_size_serves_each(self, chen: User) -> None:
        style = factories.style(sizes=("38", "39"))
        for tool in (
            make("M1", {("38", "good"): 2, ("39", "good"): 3}, kind="mould", turns="40", per_turn=2),
            make("M2", {("", "good"): 1}, kind="mould", turns="200"),
        ):
            services.set_styles(tool=tool, stage="bottoming", styles=[style], by=chen)
        caps = tool_caps(default_plant(), styles=[style])
        assert [caps.cap(style.pk, "bottoming", size) for size in ("38", "39")] == [160, 200]
        assert caps.cap(style.pk, "lasting", "38") is None

    def test_a_piece_for_every_size_serves_those_that_have_none_of_their_own(self, chen: User) -> None:
        style = factories.style(sizes=("38", "40"))
        mould = make("M1", {("38", "good"): 2, ("39", "repair"): 1, ("", "good"): 5}, kind="mould", turns="10")
        services.set_styles(tool=mould, stage="bottoming", styles=[style], by=chen)
        caps = tool_caps(default_plant(), styles=[style])
        assert [caps.cap(style.pk, "bottoming", size) for size in style.sizes] == [20, 50, 50]

    def test_stocks_are_what_caps_are_made_of_and_tools_without_turns_are_named_and_left_out(self, chen: User) -> None:
        one, two = factories.style(sizes=("38", "39")), factories.style(sizes=("38", "38"))
        last = make("L1", {("38", "good"): 10, ("38", "worn"): 1, ("39", "scrapped"): 4}, turns="2.5", per_turn=2)
        dies = make("D1", {("", "good"): 1}, kind="die", turns=None)
        services.set_styles(tool=last, stage="lasting", styles=[one, two], by=chen)
        services.set_styles(tool=dies, stage="cutting", styles=[one], by=chen)
        found = tool_stocks(default_plant(), styles=[one, two])
        assert found.tools == (ToolStock(last.pk, "L1", {"38": 11}, Decimal("2.5"), 2, "last"),)
        assert found.uses == {one.pk: {"cutting": frozenset(), "lasting": frozenset({last.pk})}, two.pk: {"lasting": frozenset({last.pk})}}
        assert (found.unrated, found.unrated_of) == (("D1",), {one.pk: ("D1",)})
        [stock] = found.tools
        cap = tool_caps(default_plant(), styles=[one]).cap(one.pk, "lasting", "38")
        assert cap == int(stock.pieces["38"] * stock.turns * stock.pairs_per_turn) == 55

    def test_a_last_that_two_styles_share_is_one_tool(self, chen: User) -> None:
        one, two = factories.style(sizes=("38", "39")), factories.style(sizes=("38", "38"))
        last = make("L1", {("38", "good"): 10})
        services.set_styles(tool=last, stage="lasting", styles=[one, two], by=chen)
        caps = tool_caps(default_plant(), styles=[one, two])
        assert caps.uses == {one.pk: [("lasting", last.pk)], two.pk: [("lasting", last.pk)]}
        assert caps.pairs_a_day[last.pk, "38"] == 40

    def test_a_style_without_tools_is_bounded_by_nothing(self) -> None:
        style = factories.style()
        caps = tool_caps(default_plant(), styles=[style])
        assert (caps.pairs_a_day, caps.uses) == ({}, {})
        assert caps.cap(style.pk, "lasting", "38") is None

    @given(st.integers(0, 500), st.decimals("0.1", "50", places=1), st.integers(1, 8))
    def test_a_cap_is_whole_pairs_and_never_more_than_the_pieces_make(self, pieces: int, turns: Decimal, per_turn: int) -> None:
        cap = pairs_a_day(Tool(turns_a_day=turns, pairs_per_turn=per_turn), pieces)
        assert cap is not None
        assert 0 <= cap <= pieces * turns * per_turn < cap + 1


class TestRegister:
    def test_a_change_of_pieces_needs_a_reason_and_leaves_it(self, chen: User) -> None:
        tool = make("L1", {("38", "good"): 10, ("39", "good"): 8})
        data = ToolData("last", "L1", turns_a_day=Decimal(4))
        with raises_refusal("no_reason"):
            services.save_tool(plant=tool.plant, data=data, pieces={("38", "good"): 9, ("38", "repair"): 1}, by=chen, tool=tool)
        assert tool.sizes.count() == 2
        services.save_tool(plant=tool.plant, data=data, pieces={("38", "good"): 9, ("38", "repair"): 1}, by=chen, why="断楦", tool=tool)
        change = audit.history_of(tool)[0]
        assert (change.by, change.why) == (chen, "断楦")
        assert change.values == {"38 good": [10, 9], "38 repair": [0, 1], "39 good": [8, 0]}
        row = tool_row(Tool.objects.prefetch_related("sizes", "styles").get(pk=tool.pk))
        assert row.cells == [("38", 9, 1, 36)]

    def test_a_change_of_nothing_writes_nothing(self, chen: User) -> None:
        tool = make("L1", {("38", "good"): 10})
        before = audit.history_of(tool).count()
        services.save_tool(
            plant=tool.plant, data=ToolData("last", "L1", turns_a_day=Decimal(4)), pieces={("38", "good"): 10}, by=chen, tool=tool
        )
        assert audit.history_of(tool).count() == before

    @pytest.mark.parametrize("code", ["not_keeper", "no_number", "taken", "pieces"])
    def test_what_is_no_tool(self, chen: User, code: str) -> None:
        make("L1", {})
        by = factories.user(Department.SALES) if code == "not_keeper" else chen
        number = {"no_number": " ", "taken": "L1"}.get(code, "L2")
        pieces = {("38", "good"): -1} if code == "pieces" else {}
        with raises_refusal(code):
            services.save_tool(plant=default_plant(), data=ToolData("last", number), pieces=pieces, by=by)

    def test_the_same_number_may_stand_for_a_die_and_a_last(self) -> None:
        make("L1", {})
        make("L1", {}, kind="die")
        assert Tool.objects.count() == 2

    def test_lasts_find_the_styles_that_name_them_once(self) -> None:
        styles = [factories.style(), factories.style()]
        make("L131", {("38", "good"): 10})
        assert services.link_lasts(plant=default_plant(), styles=styles, by=None) == 2
        assert services.link_lasts(plant=default_plant(), styles=styles, by=None) == 0
        assert set(StyleTool.objects.values_list("stage", flat=True)) == {"lasting"}

    def test_a_style_that_is_not_named_any_more_is_not_made_with_it(self, chen: User) -> None:
        one, two = factories.style("HD1"), factories.style("HD2")
        tool = make("L1", {})
        services.set_styles(tool=tool, stage="lasting", styles=[one], by=chen)
        services.set_styles(tool=tool, stage="lasting", styles=[two], by=chen)
        assert [link.style for link in tool.styles.all()] == [two]
        assert audit.history_of(tool)[0].values == {"lasting": ["HD1", "HD2"]}


class TestPaste:
    """Lines from Excel: understood or named, never guessed."""

    def read(self, text: str, kind: str = "") -> Reading:
        return read_paste(text, plant=default_plant(), kind=kind)

    def test_a_column_per_field(self) -> None:
        reading = self.read(
            "类别\t楦号\t码\t数量\t状态\t周转/天\t位置\n楦头\tL131\t38#\t50双\t好\t4\tA架\n楦头\tL131\t39\t６０\t\t\t\n楦头\tL131\t39\t4\t维修\t\t\n"
        )
        assert reading.wrong == ()
        [change] = reading.changes
        assert change.data == ToolData("last", "L131", turns_a_day=Decimal(4), location="A架")
        assert change.pieces == {("38", "good"): 50, ("39", "good"): 60, ("39", "repair"): 4}
        assert reading.can_be_written

    def test_a_column_per_size(self) -> None:
        [change] = self.read("楦号\t38#\t39#\t40#\nL131\t50\t\t0\n", kind="last").changes
        assert change.pieces == {("38", "good"): 50, ("40", "good"): 0}

    @pytest.mark.parametrize(
        ("text", "line", "value"),
        [
            ("楦号\t码\t数量\t类别\nL1\t38\t五十\t楦头", 2, "五十"),
            ("楦号\t码\t数量\t类别\nL1\t38\t-1\t楦头", 2, "-1"),
            ("楦号\t码\t数量\t类别\nL1\t3x8\t1\t楦头", 2, "3x8"),
            ("楦号\t码\t数量\t类别\n\t38\t1\t楦头", 2, ""),
            ("楦号\t码\t数量\t类别\nL1\t38\t1\t锤子", 2, "锤子"),
            ("楦号\t码\t数量\t类别\t状态\nL1\t38\t1\t楦头\t半好", 2, "半好"),
            ("楦号\t码\t数量\t类别\nL1\t38\t1\t楦头\n\nL1\t38\t2\t楦头", 4, "38"),
            ("楦号\t码\t数量\t类别\t周转/天\nL1\t38\t1\t楦头\t0", 2, "0"),
            ("码\t数量\n38\t1", 1, "码 数量"),
            ("楦号\t码\t数量\nL1\t38\t1", 1, "楦号 码 数量"),
            ("楦号\t类别\nL1\t楦头", 1, "楦号 类别"),
        ],
    )
    def test_what_cannot_be_read_is_named_with_line_and_cell_and_nothing_is_written(self, text: str, line: int, value: str) -> None:
        reading = self.read(text)
        [wrong] = reading.wrong
        assert (wrong.line, wrong.value) == (line, value)
        assert wrong.reason
        assert not reading.can_be_written

    def test_sizes_that_are_not_named_keep_their_pieces_and_the_same_again_changes_nothing(self) -> None:
        make("L131", {("38", "good"): 50, ("41", "good"): 9})
        text = "类别\t楦号\t码\t数量\n楦头\tL131\t38\t48"
        [change] = self.read(text).changes
        assert change.pieces == {("38", "good"): 48, ("41", "good"): 9}
        assert change.data.turns_a_day == Decimal(4)
        again = self.read(text.replace("48", "50"))
        assert (again.changes, again.unchanged) == ((), 1)

    def test_nothing_is_nothing(self) -> None:
        assert self.read("\n \n") == Reading()

    @given(st.text(max_size=300))
    def test_no_text_makes_it_fall(self, text: str) -> None:
        reading = self.read("类别\t楦号\t码\t数量\n" + text)
        assert len(reading.changes) + reading.unchanged + len(reading.wrong) <= len(text.splitlines())

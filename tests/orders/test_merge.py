"""Two editors of one order: what the second one's form shows after the first has saved."""

from orders.forms.snapshot import Difference, Snapshot, Texts, merge

HEADER = {"po": "PO1", "packing": "", "note": "old"}
LINE = {"style": "HD2616", "colour": "白", "price": "10.00", "size-38": "12", "size-39": "24"}


def snapshot(header: Texts | None = None, **lines: Texts) -> Snapshot:
    return {"header": HEADER | (header or {}), "lines": {name.removeprefix("n"): line for name, line in lines.items()}}


def named(differences: list[Difference]) -> set[tuple[str, str, str, str, bool]]:
    return {(item.where, item.name, item.mine, item.theirs, item.clash) for item in differences}


def test_fields_of_one_editor_only_are_taken_and_kept_without_a_clash() -> None:
    merged = merge(snapshot(), snapshot({"po": "PO2"}), snapshot({"packing": "box"}))
    assert merged.header == {"po": "PO2", "packing": "box", "note": "old"}
    assert named(merged.differences) == {("", "packing", "", "box", False)}


def test_a_field_that_both_changed_keeps_mine_and_shows_both() -> None:
    merged = merge(snapshot(), snapshot({"note": "mine"}), snapshot({"note": "theirs"}))
    assert merged.header["note"] == "mine"
    assert named(merged.differences) == {("", "note", "mine", "theirs", True)}


def test_the_same_change_of_both_is_no_difference() -> None:
    assert merge(snapshot(), snapshot({"note": "same"}), snapshot({"note": "same"})).differences == []


def test_sizes_of_a_line_merge_one_by_one() -> None:
    merged = merge(snapshot(n7=LINE), snapshot(n7=LINE | {"size-38": "13"}), snapshot(n7=LINE | {"size-38": "14", "size-39": "30"}))
    assert merged.lines == [LINE | {"size-38": "13", "size-39": "30", "id": "7"}]
    assert named(merged.differences) == {("HD2616 白", "size-38", "13", "14", True), ("HD2616 白", "size-39", "24", "30", False)}


def test_lines_that_each_added_are_both_there() -> None:
    red, black = LINE | {"colour": "红"}, LINE | {"colour": "黑"}
    merged = merge(snapshot(n7=LINE), {"header": HEADER, "lines": {"7": LINE, "new-2": red}}, snapshot(n7=LINE, n8=black))
    assert [(line["colour"], line["id"]) for line in merged.lines] == [("白", "7"), ("黑", "8"), ("红", "")]


def test_a_line_that_i_took_out_stays_out_unless_it_was_changed_meanwhile() -> None:
    assert merge(snapshot(n7=LINE), snapshot(), snapshot(n7=LINE)).lines == []
    merged = merge(snapshot(n7=LINE), snapshot(), snapshot(n7=LINE | {"size-38": "99"}))
    assert [line["size-38"] for line in merged.lines] == ["99"]
    assert named(merged.differences) == {("HD2616 白", "line", "", "HD2616 白", True)}


def test_a_line_that_they_took_out_goes_unless_i_changed_it() -> None:
    gone = merge(snapshot(n7=LINE), snapshot(n7=LINE), snapshot())
    assert gone.lines == []
    assert named(gone.differences) == {("HD2616 白", "line", "HD2616 白", "", False)}
    kept = merge(snapshot(n7=LINE), snapshot(n7=LINE | {"size-38": "99"}), snapshot())
    assert [(line["size-38"], line["id"]) for line in kept.lines] == [("99", "")]
    assert named(kept.differences) == {("HD2616 白", "line", "HD2616 白", "", True)}


def test_without_the_base_every_difference_is_a_clash() -> None:
    nothing: Snapshot = {"header": {}, "lines": {}}
    merged = merge(nothing, snapshot({"po": "PO2"}), snapshot({"po": "PO3"}))
    assert merged.header["po"] == "PO2"
    assert all(difference.clash for difference in merged.differences)

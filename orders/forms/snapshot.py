"""An order as flat texts: what a form is filled from, what an editor started from, and what two editors made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from orders.models import Order, OrderLine

Texts = dict[str, str]


class Snapshot(TypedDict):
    """`header` by field name; `lines` by id (new ones by `new-1`), each by field name with a field per size of its style."""

    header: Texts
    lines: dict[str, Texts]


def text_of(value: Any) -> str:
    """A value as a form field holds it: a day in ISO, people and customers by their name, which is theirs alone."""
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(value)


def snapshot_of(order: Order, names: tuple[str, ...], *, with_price: bool) -> Snapshot:
    """The order as it is stored; its lines come with style and colour."""
    header = {name: text_of(getattr(order, name)) for name in names}
    return {"header": header, "lines": {str(line.pk): line_texts(line, with_price=with_price) for line in order.lines.all()}}


def line_texts(line: OrderLine, *, with_price: bool) -> Texts:
    """Sizes that were not ordered are 0: the line is complete."""
    texts = {"style": line.style.code, "colour": line.colour.name, "due_on": line.due_on.isoformat(), "note": line.note}
    if with_price:
        texts["price"] = text_of(line.price)
    return texts | {f"size-{size}": str(line.sizes.get(size, 0)) for size in line.style.sizes}


@dataclass
class Difference:
    """A field that both editors changed (`clash`), or only the other one. `where` names the line, `name` the field."""

    where: str
    name: str
    mine: str
    theirs: str
    clash: bool
    line: str = ""


@dataclass
class Merged:
    """What the form shows after somebody else saved first: his changes taken over, mine kept where both touched a field."""

    header: Texts
    lines: list[Texts]
    differences: list[Difference] = field(default_factory=list)


def merge(base: Snapshot, mine: Snapshot, theirs: Snapshot) -> Merged:
    """Three ways: a field that I left as it was takes their value; one that both changed keeps mine and is named with both values."""
    merged = Merged(header={}, lines=[])
    merged.header, merged.differences = _merge_fields("", base["header"], mine["header"], theirs["header"])
    for key, their_line in theirs["lines"].items():
        base_line, my_line = base["lines"].get(key), mine["lines"].get(key)
        if my_line is not None:
            fields, differences = _merge_fields(label(their_line), base_line or {}, my_line, their_line)
            for difference in differences:
                difference.line = key
            merged.lines.append({**fields, "id": key})
            merged.differences += differences
        elif base_line != their_line:  # new, or I took it out while it was being changed: it stays until both have seen it
            merged.lines.append({**their_line, "id": key})
            merged.differences.append(Difference(label(their_line), "line", "", label(their_line), clash=base_line is not None, line=key))
    for key, my_line in mine["lines"].items():
        if key not in theirs["lines"] and my_line != base["lines"].get(key):
            merged.lines.append({**my_line, "id": ""})
            if key in base["lines"]:
                merged.differences.append(Difference(label(my_line), "line", label(my_line), "", clash=True))
        elif key not in theirs["lines"]:
            merged.differences.append(Difference(label(my_line), "line", label(my_line), "", clash=False))
    return merged


def label(line: Mapping[str, str]) -> str:
    return f"{line.get('style', '')} {line.get('colour', '')}".strip()


def _merge_fields(where: str, base: Texts, mine: Texts, theirs: Texts) -> tuple[Texts, list[Difference]]:
    out, differences = {}, []
    for name in [*theirs, *(name for name in mine if name not in theirs)]:
        my_value, their_value, base_value = mine.get(name, ""), theirs.get(name, ""), base.get(name, "")
        i_changed, they_changed = my_value != base_value, their_value != base_value
        out[name] = my_value if i_changed else their_value
        if they_changed and my_value != their_value:
            differences.append(Difference(where, name, my_value, their_value, clash=i_changed))
    return out, differences

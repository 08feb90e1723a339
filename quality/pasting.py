"""A tooling register pasted from Excel: what was understood of each line, and what it would change. Nothing is guessed.

Two layouts, told apart by the first line: a column per field (kind, number, size, pieces, state …), or a column per size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from orders.sizes import size_key
from planning_site.core.models import Plant
from planning_site.workbooks.cells import UnreadableError, half_width, read_decimal, read_integer, read_size
from quality.models import Tool, ToolSize
from quality.services.tooling import ToolData

MAX_LINES = 5_000
MAX_NUMBER = 40
MAX_PIECES = 1_000_000
KINDS = {
    Tool.Kind.LAST: ("楦头", "楦", "last", "lasts"),
    Tool.Kind.DIE: ("刀模", "斩刀", "die", "dies", "cutting die"),
    Tool.Kind.MOULD: ("底模", "模具", "模", "mould", "mold", "moulds"),
    Tool.Kind.OTHER: ("其他", "other"),
}
STATES = {
    ToolSize.State.GOOD: ("好", "良好", "可用", "good", "ok"),
    ToolSize.State.WORN: ("磨损", "旧", "worn"),
    ToolSize.State.REPAIR: ("修", "维修", "在修", "repair", "in repair"),
    ToolSize.State.SCRAPPED: ("报废", "废", "scrapped", "scrap"),
}
FIELDS = {
    "kind": ("类别", "种类", "工装", "kind", "type"),
    "number": ("编号", "楦号", "刀模号", "模号", "工装号", "number", "tool no.", "no.", "last no."),
    "name": ("名称", "部件", "部位", "name", "part"),
    "size": ("码", "尺码", "size"),
    "pieces": ("数量", "双数", "套数", "双/套", "pairs", "sets", "pieces", "qty", "quantity", "pairs or sets"),
    "turns": ("周转", "日周转", "周转/天", "次/天", "turns", "turns a day"),
    "per_turn": ("每次双数", "模腔", "双/次", "pairs a turn", "cavities"),
    "state": ("状态", "state", "condition"),
    "location": ("位置", "库位", "地点", "location", "place"),
}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
STATE_OF = {word: state for state, words in STATES.items() for word in words}
FIELD_OF = {word: name for name, words in FIELDS.items() for word in words}


@dataclass(frozen=True)
class Wrong:
    """A cell that cannot be read: line (from 1), what stands there, why."""

    line: int
    value: str
    reason: str


@dataclass
class Pasted:
    """A tool as the lines say, with its pieces by (size, state)."""

    kind: str
    number: str
    name: str = ""
    turns: Decimal | None = None
    per_turn: int | None = None
    location: str = ""
    pieces: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What a pasted tool would do: the stored tool (None: new), its data and all of its pieces afterwards, and the differences as words."""

    tool: Tool | None
    data: ToolData
    pieces: dict[tuple[str, str], int]
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """What was understood of a paste."""

    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    wrong: tuple[Wrong, ...] = ()

    @property
    def can_be_written(self) -> bool:
        return bool(self.changes) and not self.wrong


def read_paste(text: str, *, plant: Plant, kind: str = "") -> Reading:
    """Read lines of tab-separated cells; `kind` holds where the lines do not say one. A size that is not named keeps its pieces."""
    lines = [[half_width(cell) for cell in line.split("\t")] for line in text.splitlines()]
    numbered = [(n, cells) for n, cells in enumerate(lines, 1) if any(cells)]
    if not numbered:
        return Reading()
    if len(numbered) > MAX_LINES:
        return Reading(wrong=(Wrong(MAX_LINES + 1, "", _("At most %(n)d lines at a time.") % {"n": MAX_LINES}),))
    head_line, head = numbered[0]
    reader = _Reader(head, kind)
    if reader.problem:
        return Reading(wrong=(Wrong(head_line, " ".join(head), reader.problem),))
    for n, cells in numbered[1:]:
        reader.take(n, cells)
    return _compared(list(reader.tools.values()), reader.wrong, plant)


class _Reader:
    """Reads line by line."""

    def __init__(self, head: Sequence[str], kind: str) -> None:
        self.tools: dict[tuple[str, str], Pasted] = {}
        self.wrong: list[Wrong] = []
        self.kind = kind
        self.columns: dict[str, int] = {}
        self.sizes: dict[int, str] = {}
        for index, cell in enumerate(head):
            name = FIELD_OF.get(cell.lower())
            size = _size_or_none(cell)
            if name and name not in self.columns:
                self.columns[name] = index
            elif size:
                self.sizes[index] = size
        self.problem = self._problem()

    def _problem(self) -> str:
        if "number" not in self.columns:
            return _("The first line names the columns; one of them is the number of the tool.")
        if not self.sizes and "pieces" not in self.columns:
            return _("A column of pieces is missing, or a column for each size.")
        if "kind" not in self.columns and not self.kind:
            return _("Say which kind of tool it is, or add a column with it.")
        return ""

    def take(self, n: int, cells: Sequence[str]) -> None:
        """One line; what is wrong with it is kept with its cell."""
        try:
            kind = self._word(cells, "kind", KIND_OF, self.kind, _("This is no kind of tool."))
            number = self._text(cells, "number")
            if not number or len(number) > MAX_NUMBER:
                raise _CellError(number, _("A tool has a number."))
            state = self._word(cells, "state", STATE_OF, ToolSize.State.GOOD, _("This is no state of a tool."))
            tool = self.tools.setdefault((kind, number), Pasted(kind, number))
            tool.name = self._text(cells, "name")[:60] or tool.name
            tool.location = self._text(cells, "location")[:60] or tool.location
            self._figures(tool, cells)
            for size, pieces in self._pieces(cells):
                if (size, state) in tool.pieces:
                    raise _CellError(size, _("This size and state of the tool stands twice."))
                tool.pieces[size, state] = pieces
        except _CellError as error:
            self.wrong.append(Wrong(n, error.value, error.reason))

    def _text(self, cells: Sequence[str], name: str) -> str:
        index = self.columns.get(name, -1)
        return cells[index].strip() if 0 <= index < len(cells) else ""

    def _word(self, cells: Sequence[str], name: str, known: Mapping[str, str], default: str, reason: str) -> str:
        text = self._text(cells, name)
        if not text:
            if not default:
                raise _CellError(text, reason)
            return default
        if text.lower() not in known:
            raise _CellError(text, reason)
        return str(known[text.lower()])

    def _figures(self, tool: Pasted, cells: Sequence[str]) -> None:
        turns, per_turn = self._text(cells, "turns"), self._text(cells, "per_turn")
        try:
            if turns:
                tool.turns = read_decimal(turns)
            if per_turn:
                tool.per_turn = read_integer(per_turn)
        except UnreadableError as error:
            raise _CellError(turns or per_turn, error.message) from error
        if (tool.turns is not None and not 0 < tool.turns < 10_000) or (tool.per_turn is not None and not 0 < tool.per_turn < 1_000):
            raise _CellError(turns or per_turn, _("Turns and pairs a turn are more than 0."))

    def _pieces(self, cells: Sequence[str]) -> list[tuple[str, int]]:
        """Sizes with their pieces: one of a column per field, many of a column per size; blank is not known and left alone."""
        if not self.sizes:
            size_text, count = self._text(cells, "size"), self._text(cells, "pieces")
            size = _size_or_none(size_text) if size_text else ""
            if size is None:
                raise _CellError(size_text, _("This is not a size."))
            return [(size, _count(count))] if count else []
        return [(size, _count(cells[index])) for index, size in self.sizes.items() if index < len(cells) and cells[index]]


class _CellError(ValueError):
    def __init__(self, value: str, reason: str) -> None:
        super().__init__(reason)
        self.value, self.reason = value, reason


def _size_or_none(cell: str) -> str | None:
    try:
        return read_size(cell)
    except UnreadableError:
        return None


def _count(text: str) -> int:
    try:
        count = read_integer(text, units=("双", "副", "套", "只", "pairs", "sets"))
    except UnreadableError as error:
        raise _CellError(text, error.message) from error
    if count is None or not 0 <= count <= MAX_PIECES:
        raise _CellError(text, _("Pieces are not negative."))
    return count


def _compared(pasted: Sequence[Pasted], wrong: Sequence[Wrong], plant: Plant) -> Reading:
    """Compare with the register."""
    stored = {(tool.kind, tool.number): tool for tool in Tool.objects.filter(plant=plant).prefetch_related("sizes")}
    changes, unchanged = [], 0
    for row in pasted:
        tool = stored.get((row.kind, row.number))
        change = _change(row, tool)
        if tool is None or change.differences:
            changes.append(change)
        else:
            unchanged += 1
    return Reading(tuple(changes), unchanged, tuple(wrong))


def _change(row: Pasted, tool: Tool | None) -> Change:
    before: dict[tuple[str, str], int] = defaultdict(int)
    if tool:
        before.update({(size.size, size.state): size.pieces for size in tool.sizes.all()})
    data = ToolData(
        kind=row.kind,
        number=row.number,
        name=row.name or (tool.name if tool else ""),
        turns_a_day=row.turns if row.turns is not None else (tool.turns_a_day if tool else None),
        pairs_per_turn=row.per_turn or (tool.pairs_per_turn if tool else 1),
        location=row.location or (tool.location if tool else ""),
        note=tool.note if tool else "",
    )
    differences = [
        f"{size or '–'} {ToolSize.State(state).label}: {before.get((size, state), 0)} → {pieces}"
        for (size, state), pieces in sorted(row.pieces.items(), key=lambda item: (size_key(item[0][0]) if item[0][0] else 0, item[0][1]))
        if before.get((size, state), 0) != pieces
    ]
    if tool:
        fields = ("name", "turns_a_day", "pairs_per_turn", "location")
        differences += [
            f"{getattr(tool, name) or '–'} → {getattr(data, name)}" for name in fields if getattr(tool, name) != getattr(data, name)
        ]
    return Change(tool, data, {**before, **row.pieces}, tuple(differences))

"""What the import pages show of a job, in words; templates only lay it out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from planning_site.core.departments import Department
from planning_site.workbooks import registry
from planning_site.workbooks.book import column_letters
from planning_site.workbooks.headers import SIZE_PREFIX
from planning_site.workbooks.models import ColumnMapping, ImportJob
from planning_site.workbooks.registry import SheetKind
from planning_site.workbooks.services import jobs

DEFAULT_KIND = "orders.order_book"
SHOWN_ROWS = 40
CHIPS = {
    "uploaded": "wait", "reading": "wait", "ready": "draft", "approved": "wait", "importing": "wait", "done": "done", "dropped": "wait",
    "refused": "late", "failed": "late",
}  # fmt: skip


@dataclass(frozen=True)
class JobList:
    """The last jobs of a person."""

    jobs: Iterable[ImportJob]

    def rows(self) -> list[dict[str, Any]]:
        """Return each job with the shape of its state."""
        return [{"job": job, "chip": CHIPS[job.state]} for job in self.jobs]


@dataclass(frozen=True)
class CellView:
    """A cell of a shown row: its text, and where it is wrong what to write there; `name` is its input's."""

    text: str
    is_wrong: bool = False
    name: str = ""
    change: tuple[str, str] | None = None
    is_number: bool = False
    label: str = ""


@dataclass(frozen=True)
class RowView:
    """A row as in Excel, its cells in the order of the columns, what is wrong or changed below it."""

    number: int
    cells: list[CellView]
    wrong: list[dict[str, Any]] = field(default_factory=list)
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    title: str = ""


class SheetView:
    """A sheet that was understood."""

    def __init__(self, index: int, data: Mapping[str, Any]) -> None:
        self.index = index
        self.data = data
        self.name: str = data["sheet"]
        self.kind: SheetKind = registry.kind_of(data["kind"])
        self.heads = [cell for cell in data["cells"] if cell["meaning"]]

    @property
    def anchor(self) -> str:
        return f"s{self.index}"

    def meaning(self, meaning: str) -> str:
        """Return what a column is taken for, in words."""
        if not meaning:
            return _("not used")
        if meaning.startswith(SIZE_PREFIX):
            return _("size %(size)s") % {"size": meaning.removeprefix(SIZE_PREFIX)}
        return str(self.kind.by_name[meaning].label)

    @cached_property
    def chips(self) -> list[dict[str, Any]]:
        """Return the columns as shown: sizes that stand side by side as one."""
        found: list[dict[str, Any]] = []
        for cell in self.data["cells"]:
            size = cell["meaning"].startswith(SIZE_PREFIX)
            if size and found and found[-1]["size"]:
                found[-1]["last"], found[-1]["count"] = cell, found[-1]["count"] + 1
            else:
                found.append({"first": cell, "last": cell, "size": size, "count": 1})
        return [self._chip(chip) for chip in found]

    def _chip(self, chip: dict[str, Any]) -> dict[str, Any]:
        first, last = chip["first"], chip["last"]
        if chip["count"] > 1:
            meaning = ngettext("%(n)s size", "%(n)s sizes", chip["count"]) % {"n": chip["count"]}
            return {"head": f"{first['letters']}–{last['letters']} {first['text']}–{last['text']}", "meaning": meaning, "size": True}
        return {"head": f"{first['letters']} {first['text']}", "meaning": self.meaning(first["meaning"]), "unused": not first["meaning"]}

    @cached_property
    def wrong(self) -> list[RowView]:
        return [self._row(row) for row in self.data["wrong"][:SHOWN_ROWS]]

    @property
    def more_wrong(self) -> int:
        return max(0, int(self.data["states"].get("wrong", 0)) - SHOWN_ROWS)

    @cached_property
    def changed(self) -> list[RowView]:
        return [self._row(row) for row in self.data["changed"][:SHOWN_ROWS]]

    @property
    def more_changed(self) -> int:
        return max(0, int(self.data["states"].get("changed", 0)) - SHOWN_ROWS)

    def _row(self, row: Mapping[str, Any]) -> RowView:
        blamed = {(item["row"], item["column"]) for item in row["wrong"]}
        names: dict[str, str] = {}
        cells = []
        for head in self.heads:
            cell = row["cells"].get(head["meaning"], {"text": "", "row": row["row"], "column": head["column"]})
            is_wrong = (cell["row"], column_letters(cell["column"])) in blamed
            name = f"cell-{self.index}-{cell['row']}-{cell['column']}" if is_wrong else ""
            label = f"{column_letters(cell['column'])}{cell['row']}"
            names[label] = name
            cells.append(
                CellView(cell["text"], is_wrong, name, self._change(row, head["meaning"]), head["meaning"].startswith(SIZE_PREFIX), label)
            )
        changes = [(self.change_label(name), _shown(old), _shown(new)) for name, (old, new) in row["changes"].items() if name != "sizes"]
        changes += _size_changes(row["changes"].get("sizes"))
        wrong = [item | {"name": names.get(f"{item['column']}{item['row']}", "")} for item in row["wrong"]]
        return RowView(row["row"], cells, wrong, changes, row["contract"])

    def _change(self, row: Mapping[str, Any], meaning: str) -> tuple[str, str] | None:
        """Return old and new of a changed cell."""
        if meaning.startswith(SIZE_PREFIX) and row["changes"].get("sizes"):
            size = meaning.removeprefix(SIZE_PREFIX)
            old, new = (run.get(size) for run in row["changes"]["sizes"])
            return (_shown(old), _shown(new)) if old != new else None
        pair = row["changes"].get({"total": "pairs"}.get(meaning, meaning))
        return (_shown(pair[0]), _shown(pair[1])) if pair else None

    def change_label(self, name: str) -> str:
        """Return a changed field in words."""
        item = self.kind.by_name.get(name)
        return str(item.label) if item is not None else {"pairs": _("pairs"), "sizes": _("sizes")}.get(name, name)


def _shown(value: Any) -> str:
    return "–" if value is None or value == "" else str(value)


def _size_changes(pair: Sequence[Mapping[str, int]] | None) -> list[tuple[str, Any, Any]]:
    """Return old and new pairs of every size that changed."""
    if not pair:
        return []
    old, new = pair
    sizes = sorted({*old, *new}, key=float)
    return [
        (_("size %(size)s") % {"size": size}, _shown(old.get(size)), _shown(new.get(size)))
        for size in sizes
        if old.get(size) != new.get(size)
    ]


class MappingView:
    """The form that says which column is what: of a sheet that was understood, or of one that was not."""

    CONSTANTS = ("customer", "due_on", "ordered_on", "salesperson")

    def __init__(self, data: Mapping[str, Any], kind: SheetKind, said: Mapping[str, Any]) -> None:
        self.sheet: str = data["sheet"]
        self.cells: list[Mapping[str, Any]] = data["cells"]
        self.header_row: int = data["header_row"]
        self.kind = kind
        self.said = said

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Return the kinds a table may be."""
        return table_kinds()

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Return each column with what it may be taken for."""
        choices = [(item.name, str(item.label) + ("*" if item.required else "")) for item in self.kind.fields if not item.preamble]
        return [{"cell": cell, "letters": column_letters(cell["column"]), "choices": choices} for cell in self.cells]

    @property
    def constants(self) -> list[dict[str, Any]]:
        """Return values that may be given for all rows."""
        given = self.said.get("constants", {})
        names = [name for name in self.CONSTANTS if name in self.kind.by_name]
        return [{"name": name, "label": self.kind.by_name[name].label, "value": given.get(name, "")} for name in names]

    @property
    def words(self) -> str:
        """Return replaced words of colours as they are typed: PRETO=黑."""
        return "; ".join(f"{word}={text}" for word, text in self.said.get("values", {}).get("colour", {}).items())

    @property
    def has_colours(self) -> bool:
        return "colour" in self.kind.by_name

    numbers_choices = ColumnMapping.Numbers.choices
    days_choices = ColumnMapping.Days.choices


class JobPage:
    """A job in words."""

    def __init__(self, job: ImportJob, *, kind: str = "", show: str = "") -> None:
        self.job = job
        self.result: Mapping[str, Any] = job.result or {}
        self.kind_wanted = kind
        self.show = show
        self.chip = CHIPS[job.state]
        self.percent = jobs.percent_of(job)

    @cached_property
    def sheets(self) -> list[SheetView]:
        return [SheetView(index, data) for index, data in enumerate(self.result.get("sheets", []))]

    @cached_property
    def before(self) -> ImportJob | None:
        """Return the job that imported the very same file before."""
        return jobs.imported_before(self.job) if self.is_open else None

    @property
    def is_open(self) -> bool:
        """Tell whether rows can still be corrected and imported."""
        return self.job.state == ImportJob.State.READY

    @property
    def good(self) -> int:
        return int(self.result.get("new", 0)) + int(self.result.get("changed", 0))

    @property
    def passed(self) -> str:
        """Return what was passed over, in words."""
        words = {
            "title": _("titles"), "subtotal": _("subtotals"), "signature": _("signatures"), "note": _("notes"),
        }  # fmt: skip
        counts = {name: sum(sheet.data["passed"].get(name, 0) for sheet in self.sheets) for name in words}
        return pgettext("list", ", ").join(f"{words[name]} {count}" for name, count in counts.items() if count)

    @property
    def notes(self) -> list[str]:
        """Return what was understood although it was not written plainly."""
        total: dict[str, int] = {}
        for sheet in self.sheets:
            for name, count in sheet.data["notes"].items():
                total[name] = total.get(name, 0) + count
        sentences = {
            "full_width": _("%(n)s cells with full-width digits, like ５４ → 54"),
            "unit": _("%(n)s cells with a unit, like 60双 → 60"),
            "text_number": _("%(n)s figures written as text"),
            "date_text": _("%(n)s dates written as text"),
        }
        return [sentences[name] % {"n": count} for name, count in total.items() if count]

    @property
    def kinds(self) -> str:
        """Return the kinds of sheets in words, each once."""
        return pgettext("list", ", ").join(dict.fromkeys(str(sheet.kind.label) for sheet in self.sheets if sheet.data["primary"]))

    @property
    def primary(self) -> list[SheetView]:
        return [sheet for sheet in self.sheets if sheet.data["primary"]]

    @property
    def columns_used(self) -> int:
        return max((len(sheet.heads) for sheet in self.primary), default=0)

    @property
    def columns_unused(self) -> int:
        return max((len(sheet.data["cells"]) - len(sheet.heads) for sheet in self.primary), default=0)

    @property
    def mappings(self) -> list[MappingView]:
        """Return the forms for columns: unknown sheets first, else the first table that was understood."""
        unknown = self.result.get("unknown", [])
        if unknown:
            wanted = self.kind_wanted in dict(table_kinds())
            kind = self.kind_wanted if wanted else DEFAULT_KIND
            return [MappingView(data, registry.kind_of(kind), self.job.mapping.get(data["signature"], {})) for data in unknown]
        tables = [sheet for sheet in self.primary if sheet.data["signature"]]
        return [MappingView(sheet.data, sheet.kind, self.job.mapping.get(sheet.data["signature"], {})) for sheet in tables[:1]]

    @property
    def withheld(self) -> list[dict[str, str]]:
        """Return sheets that are for other departments, with their names."""
        return [
            {"sheet": item["sheet"], "who": pgettext("list", ", ").join(str(Department(code).label) for code in item["departments"])}
            for item in self.result.get("withheld", [])
        ]

    @property
    def wrong_cells(self) -> list[dict[str, Any]]:
        return list(self.result.get("wrong_cells", []))[:SHOWN_ROWS]

    @property
    def changed_rows(self) -> list[RowView]:
        return [row for sheet in self.sheets for row in sheet.changed][:SHOWN_ROWS]


def table_kinds() -> list[tuple[str, str]]:
    """Return the kinds a table may be explained as."""
    return [(kind.code, str(kind.label)) for kind in registry.kinds() if not kind.form and not kind.companion_of]


def said_columns(post: QueryDict) -> dict[str, Any]:
    """Return what the form for columns says, as jobs.explain takes it."""
    heads, meanings = post.getlist("head"), post.getlist("meaning")
    words: dict[str, str] = {}
    for pair in post.get("words", "").replace("；", ";").split(";"):
        word, equals, text = pair.partition("=")
        if equals and word.strip():
            words[word.strip()] = text.strip()
    constants = {name.removeprefix("set-"): str(value).strip() for name, value in post.items() if name.startswith("set-")}
    return {
        "kind": post.get("kind", ""),
        "columns": dict(zip(heads, meanings, strict=False)),
        "constants": {name: value for name, value in constants.items() if value},
        "numbers": post.get("numbers", ""),
        "days": post.get("days", ""),
        "customer": post.get("customer", "").strip()[:100],
        "values": {"colour": words} if words else {},
        "teach": "teach" in post,
    }


def corrected_cells(job: ImportJob, post: QueryDict) -> list[tuple[str, int, int, str]]:
    """Return the wrong cells that a person typed something else into, or the one whose suggestion he took."""
    sheets = [sheet["sheet"] for sheet in job.result.get("sheets", [])]
    before = {
        (index, cell["row"], cell["column"]): cell["text"]
        for index, sheet in enumerate(job.result.get("sheets", []))
        for row in sheet["wrong"]
        for cell in row["cells"].values()
    }
    typed = {name: str(value) for name, value in post.items() if name.startswith("cell-")}
    name, equals, text = post.get("fix", "").partition("=")
    if equals:
        typed[name] = text
    cells = []
    for name, value in typed.items():
        place = tuple(int(part) if part.isdigit() else -1 for part in name.split("-")[1:])
        if len(place) == 3 and place in before and before[place[0], place[1], place[2]] != value:
            cells.append((sheets[place[0]], place[1], place[2], value))
    return cells

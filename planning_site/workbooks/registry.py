"""What each app says about the sheets it understands. Apps register their kinds in AppConfig.ready(); nothing here knows them."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from .words import normalise, signature_of, variants

if TYPE_CHECKING:
    from .results import Context, RowResult
    from .typed import Record


class FieldType(StrEnum):
    """What a column holds, which decides how its cells are read."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    PAIRS = "pairs"
    SIZE = "size"
    CHOICE = "choice"


@dataclass(frozen=True)
class Field:
    """One column (or labelled value) of a kind.

    `aliases` are its header words in any language. `required` columns must be there for the kind to be recognised; a row
    that has none of the `key` fields is no data row. `derived` values (totals, serial numbers) do not make a row a data row.
    `preamble` values stand above the header as `label: value`. `choices` maps words in lower case to values.
    """

    name: str
    label: Any
    aliases: tuple[str, ...]
    type: FieldType = FieldType.TEXT
    required: bool = False
    key: bool = False
    derived: bool = False
    preamble: bool = False
    needed: bool = False
    units: tuple[str, ...] = ()
    choices: Mapping[str, Any] = field(default_factory=dict)
    max_length: int = 0
    minimum: int | None = None
    maximum: int | None = None
    places: int | None = None


class Importer(Protocol):
    """What an app does with the rows of its kind; both run inside the transaction of the whole import."""

    def plan(self, records: Sequence["Record"], context: "Context") -> list["RowResult"]:
        """Compare rows with the database, in bulk: one result per record, with old and new values or what is wrong."""

    def write(self, results: Sequence["RowResult"], context: "Context") -> None:
        """Write the new and changed results in bulk."""


@dataclass(frozen=True)
class SheetKind:
    """One kind of sheet. `book` is the kind of workbook it belongs to; kinds of lower `priority` are written first.

    `size_run`: rows carry pairs by size, across (size columns) or one row per size (fields `size` and `pairs`), then rows
    equal in `group_by` are one record. `form`: labelled values and a size block instead of a table. `companion_of`: taken
    from a sheet whose best kind is that one, beside it. `block`: a table inside a form, which ends at the first blank row.
    """

    code: str
    book: str
    label: Any
    fields: tuple[Field, ...]
    importer: Importer
    priority: int
    size_run: bool = False
    form: bool = False
    group_by: tuple[str, ...] = ()
    companion_of: str = ""
    block: bool = False

    @cached_property
    def words(self) -> dict[str, str]:
        """Field name by normalised header word."""
        found: dict[str, str] = {}
        for item in self.fields:
            for alias in item.aliases:
                for word in variants(alias):
                    found.setdefault(word, item.name)
        return found

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Fields by name."""
        return {item.name: item for item in self.fields}


_kinds: dict[str, SheetKind] = {}


def register(kind: SheetKind) -> None:
    """Make a kind known; registering the same code twice is a programming error."""
    if kind.code in _kinds and _kinds[kind.code] is not kind:
        raise ValueError(f"sheet kind {kind.code} is registered twice")
    _kinds[kind.code] = kind


def kinds() -> tuple[SheetKind, ...]:
    """Return all kinds in the order in which they are written."""
    return tuple(sorted(_kinds.values(), key=lambda kind: (kind.priority, kind.code)))


def kind_of(code: str) -> SheetKind:
    """Return a kind by its code; KeyError when no app registered it."""
    return _kinds[code]


HeadRows = Callable[[], Iterable[Sequence[str]]]
_sums: list[HeadRows] = []


def register_sums(heads: HeadRows) -> None:
    """Make sheets known that only sum up the others of a file, such as our own exports have: they are passed over in silence.

    `heads` gives their head rows, in every language in which they are written.
    """
    _sums.append(heads)


def sums() -> frozenset[str]:
    """Return the signatures of the heads of such sheets."""
    return frozenset(signature_of(normalise(word) for word in row) for heads in _sums for row in heads())


@dataclass(frozen=True)
class Remapping:
    """What a person said about a customer's own file; kept by the signature of its header.

    `columns` maps a normalised header word to a field name, "" (not used) or "size:36"; `constants` are values the file
    does not carry (the customer); `values` replaces words by field (PRETO is 黑); `numbers` and `days` settle how figures
    and dates are written where the file does not show it.
    """

    kind: str
    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    numbers: str = ""
    days: str = ""


@dataclass(frozen=True)
class Knowledge:
    """All that recognition knows besides the kinds.

    `aliases` are added header words by kind, `remappings` what was remembered by signature, `sums` signatures of sheets that hold
    nothing of their own, `shift` is added to every date.
    """

    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    remappings: Mapping[str, Remapping] = field(default_factory=dict)
    shift: datetime.timedelta = datetime.timedelta()
    sums: frozenset[str] = frozenset()

"""Lines of an order as they are given to the services, checked and brought into the database."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from orders.models import Order, OrderLine, Style, StyleColour
from orders.sizes import in_order
from planning_site.core.errors import DomainError

MAX_PAIRS_OF_A_SIZE = 99_999  # more is a slip of the keyboard, not an order


class KeepPrice(Enum):
    """Given as a price by people who do not see prices: a line keeps the one it has, a new line has none."""

    KEEP = "keep"


@dataclass(frozen=True)
class LineInput:
    """One style and colour: `sizes` maps a size to whole pairs (zeros are left out), `price` is per pair."""

    style: Style
    colour: StyleColour
    sizes: Mapping[str, int]
    due_on: dt.date
    price: Decimal | KeepPrice | None = None
    note: str = ""
    id: int | None = None

    @property
    def key(self) -> tuple[int, int]:
        return self.style.pk, self.colour.pk

    @property
    def label(self) -> str:
        return f"{self.style} {self.colour}"


def check_lines(lines: Sequence[LineInput], ordered_on: dt.date) -> None:
    """What holds for the lines together and for their days. Raises DomainError."""
    if not lines:
        raise DomainError(_("An order needs at least one line."), "no_lines")
    seen: set[tuple[int, int]] = set()
    for line in lines:
        if line.key in seen:
            raise DomainError(_("%(line)s stands in two lines: put them together.") % {"line": line.label}, "line_twice")
        seen.add(line.key)
        if line.due_on < ordered_on:
            raise DomainError(
                _("%(line)s is due on %(due)s, before the order of %(ordered)s.")
                % {"line": line.label, "due": line.due_on, "ordered": ordered_on},
                "due_before_ordered",
            )
        if any(pairs > MAX_PAIRS_OF_A_SIZE for pairs in line.sizes.values()):
            raise DomainError(
                _("%(line)s has more than %(most)d pairs in one size.") % {"line": line.label, "most": MAX_PAIRS_OF_A_SIZE},
                "too_many_pairs",
            )


def fill(row: OrderLine, line: LineInput, position: int) -> OrderLine:
    """Bring the input into a row and check the row. Raises DomainError that names the line."""
    row.position = position
    row.style, row.colour = line.style, line.colour
    row.sizes = in_order(line.sizes)
    row.pairs = sum(row.sizes.values())
    row.due_on = line.due_on
    row.note = line.note
    if not isinstance(line.price, KeepPrice):
        row.price = line.price
    if not row.pairs:
        raise DomainError(_("%(line)s has no pairs.") % {"line": line.label}, "no_pairs")
    try:
        # The keys come from rows of this transaction, and lines that stand twice are refused above.
        row.full_clean(exclude=["order", "style", "colour"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise DomainError(f"{line.label}: {' '.join(error.messages)}", "line_invalid") from error
    return row


def match(rows: Iterable[OrderLine], lines: Sequence[LineInput]) -> list[OrderLine | None]:
    """Which row becomes which line; None where a new one is needed.

    A row is its style and colour: two lines that exchange their colours exchange nothing but their numbers, and what
    planning knows of a job stays with the right shoes. Only then does a row follow its id and become another shoe.
    """
    by_key = {(row.style_id, row.colour_id): row for row in rows}
    found: list[OrderLine | None] = [by_key.pop(line.key, None) for line in lines]
    by_id = {row.pk: row for row in by_key.values()}
    return [row or by_id.pop(line.id or 0, None) for row, line in zip(found, lines, strict=True)]


def write_lines(order: Order, lines: Sequence[LineInput]) -> None:
    """Make the order's lines those given: change, add and remove rows."""
    rows = list(order.lines.select_related("style", "colour"))
    matched = match(rows, lines)
    kept = {row.pk for row in matched if row is not None}
    # Removed lines go first: their style and colour may be wanted by a line that stays.
    order.lines.exclude(pk__in=kept).delete()
    new = []
    for position, (row, line) in enumerate(zip(matched, lines, strict=True), start=1):
        filled = fill(row or OrderLine(order=order), line, position)
        if row is None:
            new.append(filled)
        else:
            filled.save(update_fields=["position", "style", "colour", "sizes", "pairs", "price", "due_on", "note"])
    OrderLine.objects.bulk_create(new)

"""An order in figures, and its lines by size range, as its page shows them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from orders.models import Order, OrderLine
from orders.selectors.book import LIVE
from orders.sizes import total
from orders.views.rows import STATE_SHAPES


@dataclass(frozen=True)
class LineRow:
    """A line with its pairs by the sizes of its range; None where none were ordered."""

    line: OrderLine
    cells: list[int | None]
    days_overdue: int
    price: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True)
class RangeTable:
    """The lines of one size range with sums by size."""

    sizes: tuple[str, ...]
    rows: list[LineRow]
    sums: list[int | None]
    pairs: int

    @property
    def label(self) -> str:
        return f"{self.sizes[0]}–{self.sizes[-1]}"


@dataclass(frozen=True)
class Summary:
    """`amount` is None where prices are not seen or none is known; `unpriced` counts lines that it leaves out."""

    tables: list[RangeTable]
    pairs: int
    first_due: dt.date | None
    last_due: dt.date | None
    days_overdue: int
    with_price: bool
    amount: Decimal | None
    unpriced: int
    shape: str
    is_live: bool


def summary(order: Order, *, today: dt.date, with_price: bool) -> Summary:
    lines = list(order.lines.all())
    live = order.state in LIVE
    rows = [_row(line, today if live else None, with_price) for line in lines]
    groups: dict[tuple[str, ...], list[LineRow]] = {}
    for row in rows:
        groups.setdefault(row.line.style.sizes, []).append(row)
    amounts = [row.amount for row in rows if row.amount is not None]
    dues = [line.due_on for line in lines]
    return Summary(
        tables=[_table(sizes, members) for sizes, members in groups.items()],
        pairs=sum(line.pairs for line in lines),
        first_due=min(dues, default=None),
        last_due=max(dues, default=None),
        days_overdue=max((row.days_overdue for row in rows), default=0),
        with_price=with_price,
        amount=sum(amounts, Decimal(0)) if amounts else None,
        unpriced=sum(1 for line in lines if line.price is None) if with_price else 0,
        shape=STATE_SHAPES[Order.State(order.state)],
        is_live=live,
    )


def _row(line: OrderLine, today: dt.date | None, with_price: bool) -> LineRow:
    price = line.price if with_price else None
    return LineRow(
        line=line,
        cells=[line.sizes.get(size) for size in line.style.sizes],
        days_overdue=max((today - line.due_on).days, 0) if today else 0,
        price=price,
        amount=None if price is None else price * line.pairs,
    )


def _table(sizes: tuple[str, ...], rows: list[LineRow]) -> RangeTable:
    sums: Mapping[str, int] = total(row.line.sizes for row in rows)
    return RangeTable(sizes=sizes, rows=rows, sums=[sums.get(size) for size in sizes], pairs=sum(row.line.pairs for row in rows))

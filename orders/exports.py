"""The order book as 订单统计表: every filtered line with its sizes across, and subtotals by customer, style and month."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders import prices
from orders.models import Order, OrderLine
from orders.selectors.book import LIVE
from orders.sizes import size_key
from planning_site.core import clock
from planning_site.core.models import User
from planning_site.workbooks.writing import Column, SheetContent, workbook

CHUNK = 2000


def order_statistics(lines: QuerySet[OrderLine], *, user: User, facts: Iterable[str]) -> bytes:
    """An .xlsx workbook of the lines, in their order. Prices and amounts only where the person sees them; `facts` stand below the title."""
    rows = list(lines.iterator(chunk_size=CHUNK))
    meta = [_("Day: %(day)s") % {"day": clock.today().isoformat()}, *facts]
    with_price = prices.sees_some(user)
    sizes = sorted({size for line in rows for size in line.sizes}, key=size_key)
    columns = [*_columns_before(), *(Column(f"{size}#", 7, "int", total=True) for size in sizes), *_columns_after(with_price)]
    title = _("Order statistics")
    sheets = [SheetContent(title, columns, _book_rows(rows, sizes, user, with_price), meta=meta, total_label=_("Total"))]
    for name, key in _subtotals():
        sheets.append(
            SheetContent(name, _sum_columns(name, with_price), _sum_rows(rows, key, user, with_price), meta=meta, total_label=_("Total"))
        )
    return workbook(sheets)


def subtotal_heads() -> Iterator[list[str]]:
    """The head rows of the subtotal sheets in every language: by them an import tells these sheets from data."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for name, _key in _subtotals():
                for with_price in (False, True):
                    yield [column.header for column in _sum_columns(name, with_price)]


def _columns_before() -> list[Column]:
    return [
        Column(pgettext("column", "No."), 6, "int"),
        Column(_("Month"), 9),
        Column(_("Order date"), 12, "date"),
        Column(_("Salesperson"), 10),
        Column(_("Customer"), 20),
        Column(_("Customer PO"), 14),
        Column(_("Contract no."), 16),
        Column(_("Style no."), 12),
        Column(_("Colour"), 8),
    ]


def _columns_after(with_price: bool) -> list[Column]:
    money = [Column(_("Price"), 10, "decimal"), Column(_("Amount"), 14, "decimal", total=True)] if with_price else []
    return [
        Column(_("Total pairs"), 10, "int", total=True),
        *money,
        Column(_("Due date"), 12, "date"),
        Column(_("Days overdue"), 9, "int"),
        Column(_("State"), 9),
        Column(_("Remarks"), 24),
    ]


def _book_rows(rows: list[OrderLine], sizes: list[str], user: User, with_price: bool) -> Iterator[list[Any]]:
    today = clock.today()
    for number, line in enumerate(rows, start=1):
        order = line.order
        money = list(_money(line, user)) if with_price else []
        overdue = (today - line.due_on).days if order.state in LIVE and line.due_on < today else None
        yield [
            number,
            f"{line.due_on:%Y-%m}",
            order.ordered_on,
            order.salesperson.name if order.salesperson else "",
            order.customer.name,
            order.po,
            order.number,
            line.style.code,
            line.colour.name,
            *(line.sizes.get(size) for size in sizes),
            line.pairs,
            *money,
            line.due_on,
            overdue,
            Order.State(order.state).label,
            line.note,
        ]


def _money(line: OrderLine, user: User) -> tuple[Any, Any]:
    """Price and amount, or two blanks: what may not be seen and what is not known are no zeros."""
    if line.price is None or not prices.may_see(user, line.order):
        return None, None
    return line.price, line.price * line.pairs


def _subtotals() -> list[tuple[str, Callable[[OrderLine], str]]]:
    return [
        (_("By customer"), lambda line: line.order.customer.name),
        (_("By style"), lambda line: line.style.code),
        (_("By month"), lambda line: f"{line.due_on:%Y-%m}"),
    ]


def _sum_columns(name: str, with_price: bool) -> list[Column]:
    money = [Column(_("Amount of known prices"), 18, "decimal", total=True)] if with_price else []
    return [Column(name, 24), Column(pgettext("column", "Lines"), 9, "int", total=True), Column(_("Pairs"), 12, "int", total=True), *money]


def _sum_rows(rows: list[OrderLine], key: Callable[[OrderLine], str], user: User, with_price: bool) -> Iterator[list[Any]]:
    groups: dict[str, list[OrderLine]] = defaultdict(list)
    for line in rows:
        groups[key(line)].append(line)
    for name in sorted(groups):
        lines = groups[name]
        amounts = [amount for line in lines if (amount := _money(line, user)[1]) is not None]
        money = [sum(amounts) if amounts else None] if with_price else []
        yield [name, len(lines), sum(line.pairs for line in lines), *money]

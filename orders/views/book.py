"""The order book and its export."""

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from orders import prices
from orders.exports import order_statistics
from orders.filters import OrderFilter
from orders.models import OrderLine
from orders.selectors import order_book, totals
from orders.views.rows import book_row, columns
from planning_site.core import access, clock
from planning_site.core.requests import LoggedInRequest
from planning_site.workbooks.writing import XLSX

PAGE_SIZE = 100


if TYPE_CHECKING:
    _Paginator = Paginator[OrderLine]
else:
    _Paginator = Paginator


class CountedPaginator(_Paginator):
    """The sums of the page have counted the rows already."""

    def __init__(self, *args: object, rows: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.rows = rows

    @cached_property
    def count(self) -> int:
        return self.rows


@require_GET
def order_list(request: LoggedInRequest) -> HttpResponse:
    book = OrderFilter(request.GET, order_book())
    sums = totals(book.lines)
    page = CountedPaginator(book.lines, PAGE_SIZE, rows=sums.lines).get_page(request.GET.get("page"))
    with_price = prices.sees_some(request.user)
    context = {
        "book": book,
        "sums": sums,
        "page": page,
        "rows": [book_row(line, request.user, clock.today()) for line in page],
        "columns": columns(request.GET, book.sort, with_price=with_price),
        "with_price": with_price,
        "may_create": access.may(request.user, "orders:create", "write"),
        "unit": _("pairs"),
    }
    return render(request, "orders/list.html", context)


@require_GET
def export(request: LoggedInRequest) -> HttpResponse:
    """All filtered rows, not only those of the page."""
    book = OrderFilter(request.GET, order_book())
    content = order_statistics(
        book.lines, user=request.user, facts=[_("%(label)s: %(value)s") % {"label": chip.label, "value": chip.value} for chip in book.chips]
    )
    name = f"orders-{clock.today().isoformat()}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})

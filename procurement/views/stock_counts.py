"""Count sheets: made, counted on the phone, handed in, and approved by somebody else."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from planning_site.core import access
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from procurement.models import StockCount, Warehouse
from procurement.selectors import stock_lists
from procurement.services import stock_counts
from procurement.stock_form import number

State = StockCount.State
SHEETS_A_PAGE = 50
SHAPES = {State.COUNTING: "draft", State.SUBMITTED: "wait", State.POSTED: "ok", State.REFUSED: "risk", State.DROPPED: "frozen"}


@require_http_methods(["GET", "POST"])
def sheets(request: LoggedInRequest) -> HttpResponse:
    """The sheets, those that wait for approval first; POST makes a new one of what a search finds."""
    if request.method == "POST":
        return _open(request)
    rows = StockCount.objects.filter(plant=default_plant()).select_related("made_by", "counted_by", "decided_by")
    differs = Q(lines__counted__isnull=False) & ~Q(lines__counted=F("lines__book"))
    rows = rows.annotate(size=Count("lines"), done=Count("lines__counted"), differing=Count("lines", filter=differs)).order_by("-id")
    waiting = list(rows.filter(state=State.SUBMITTED))
    page = Paginator(rows.exclude(state=State.SUBMITTED), SHEETS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "groups": [(_("Waiting for approval"), waiting), (_("All others"), page.object_list)],
        "shapes": SHAPES,
        "warehouses": Warehouse.choices[:2],
        "categories": stock_lists.categories(),
        "may_count": access.may(request.user, "procurement:stock_count", "write"),
    }
    return render(request, "procurement/stock_counts.html", context)


def _open(request: LoggedInRequest) -> HttpResponse:
    q, category = request.POST.get("q", "").strip()[:60], request.POST.get("category", "")[:40]
    place = request.POST.get("place", "").strip()[:20]
    warehouse = Warehouse.TRANSIT if request.POST.get("warehouse") == Warehouse.TRANSIT else Warehouse.MAIN
    wanted = stock_lists.StockFilter(q=q, category=category, warehouse=warehouse)
    scope = " · ".join(part for part in (q, category, place) if part) or str(_("everything"))
    try:
        count = stock_counts.open_count(
            plant=default_plant(),
            warehouse=warehouse,
            materials=list(stock_lists.materials_in_stock(default_plant(), wanted)),
            scope=scope,
            by=request.user,
            place=place or None,
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("procurement:stock_counts")
    return redirect("procurement:stock_count", count.pk)


@require_http_methods(["GET", "POST"])
def sheet(request: LoggedInRequest, pk: int) -> HttpResponse:
    """One sheet. The counter does not see the books; whoever approves sees both, and the difference."""
    count = get_object_or_404(StockCount.objects.select_related("made_by", "counted_by", "decided_by", "document"), pk=pk)
    if request.method == "POST":
        return _counted(request, count)
    is_open = count.state in (State.COUNTING, State.REFUSED)
    lines = list(count.lines.select_related("material"))
    context = {
        "count": count,
        "shape": SHAPES[State(count.state)],
        "lines": [(line, None if is_open or line.counted is None or line.book is None else line.counted - line.book) for line in lines],
        "done": sum(line.counted is not None for line in lines),
        "is_open": is_open,
        "may_count": is_open and access.may(request.user, "procurement:stock_count", "write"),
        "may_decide": count.state == State.SUBMITTED and access.may(request.user, "procurement:stock_count_decide", "write"),
        "is_counter": count.counted_by_id == request.user.pk,
    }
    return render(request, "procurement/stock_count.html", context)


def _counted(request: LoggedInRequest, count: StockCount) -> HttpResponse:
    """Keep what was typed; hand the sheet in or drop it where asked."""
    try:
        counted: dict[int, Decimal | None] = {}
        for line in count.lines.select_related("material"):
            text = request.POST.get(f"q-{line.pk}")
            if text is not None:
                counted[line.pk] = number(text, f"{line.material.code} {line.size}".strip())
        act = request.POST.get("act", "")
        if act == "drop":
            stock_counts.drop(count=count, by=request.user)
            return redirect("procurement:stock_counts")
        stock_counts.write_down(count=count, counted=counted, by=request.user)
        if act == "submit":
            stock_counts.submit(count=count, by=request.user)
            messages.success(request, _("%(count)s waits for approval.") % {"count": count})
            return redirect("procurement:stock_counts")
        messages.success(request, _("%(count)s is kept.") % {"count": count})
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("procurement:stock_count", count.pk)


@require_POST
def decide(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Approve the differences, or send the sheet back, with the reason."""
    count = get_object_or_404(StockCount, pk=pk)
    act = stock_counts.refuse if request.POST.get("act") == "refuse" else stock_counts.approve
    try:
        count = act(count=count, by=request.user, why=request.POST.get("why", ""))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("procurement:stock_count", pk)
    messages.success(request, f"{count}: {count.get_state_display()}")
    return redirect("procurement:stock_count", pk)

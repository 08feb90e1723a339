"""Pages to look at stock: balances, the card of a material, pairs, documents and their slips."""

from __future__ import annotations

import datetime as dt
import uuid
from contextlib import suppress

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from planning_site.core import access, clock
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from procurement import stock_exports
from procurement.models import Material, MoveKind, StockDocument, Warehouse
from procurement.selectors import kits_matrix, stock_lists
from procurement.selectors.stock import received
from procurement.selectors.stock_lists import StockFilter
from procurement.services import stock_reversal
from procurement.stock_form import form_key
from procurement.views.kits import as_file, english

MATERIALS_A_PAGE = 60
ROWS_A_PAGE = 100
POSTING = ("stock_receive", "stock_issue", "stock_return", "stock_transfer", "stock_scrap", "stock_pairs")


def stock_filter(query: QueryDict) -> StockFilter:
    warehouse = query.get("warehouse", "")
    return StockFilter(
        q=query.get("q", "").strip()[:60],
        warehouse=warehouse if warehouse in Warehouse.values else "",
        category=query.get("category", "")[:40],
        by_size=query.get("view") == "sizes",
        is_empty=query.get("empty") == "1",
    )


@require_GET
def balances(request: LoggedInRequest) -> HttpResponse:
    """What lies where, by material; `view=sizes` has a column for each size."""
    plant, wanted = default_plant(), stock_filter(request.GET)
    page = Paginator(stock_lists.materials_in_stock(plant, wanted), MATERIALS_A_PAGE).get_page(request.GET.get("page"))
    rows = stock_lists.stock_rows(plant, list(page.object_list), wanted.warehouse)
    context = {
        "page": page,
        "rows": rows,
        "sizes": stock_lists.sizes_of(rows) if wanted.by_size else [],
        "wanted": wanted,
        "warehouses": Warehouse.choices,
        "warehouse_names": dict(Warehouse.choices),
        "categories": stock_lists.categories(),
        "may_post": access.may(request.user, "procurement:stock_issue", "write"),
    }
    return render(request, "procurement/stock.html", context)


@require_GET
def export(request: LoggedInRequest) -> HttpResponse:
    """All filtered balances, by size, lot and place."""
    plant, wanted = default_plant(), stock_filter(request.GET)
    materials = stock_lists.materials_in_stock(plant, wanted)
    content = stock_exports.balances_workbook(plant, materials, wanted)
    return as_file(content, f"stock-{clock.today().isoformat()}.xlsx")


@require_GET
def card(request: LoggedInRequest, pk: int) -> HttpResponse:
    """A material: where it lies, what is on its way, and its moves with the running balance."""
    plant, material = default_plant(), get_object_or_404(Material.objects.select_related("supplier"), pk=pk)
    size, warehouse = request.GET.get("size", ""), request.GET.get("warehouse", "")
    moves = stock_lists.moves_of(material, plant, size=size, warehouse=warehouse if warehouse in Warehouse.values else "")
    page = Paginator(moves, ROWS_A_PAGE).get_page(request.GET.get("page"))
    coming = list(material.on_order.filter(plant=plant, state__in=["confirmed", "waiting"]).select_related("order__supplier"))
    came = received([line.pk for line in coming])
    rows = stock_lists.stock_rows(plant, [material])
    context = {
        "material": material,
        "rows": [row for row in rows if row.total],
        "sizes": stock_lists.sizes_of(rows),
        "page": page,
        "moves": stock_lists.with_balance(moves, list(page.object_list)),
        "coming": [(line, line.quantity - came.get(line.pk, 0)) for line in coming],
        "size": size,
        "warehouse_names": dict(Warehouse.choices),
        "may_post": access.may(request.user, "procurement:stock_issue", "write"),
    }
    return render(request, "procurement/stock_card.html", context)


@require_GET
def pairs(request: LoggedInRequest) -> HttpResponse:
    """Finished pairs, and half-finished ones between stages, by order line."""
    plant, q = default_plant(), request.GET.get("q", "").strip()[:60]
    page = Paginator(stock_lists.lines_with_pairs(plant, q), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": stock_lists.pairs_rows(plant, [pk for pk in page.object_list if pk is not None]),
        "q": q,
        "stages": kits_matrix.stage_names(english=english()),
        "warehouse_names": dict(Warehouse.choices),
        "may_post": access.may(request.user, "procurement:stock_pairs", "write"),
    }
    return render(request, "procurement/stock_pairs_list.html", context)


@require_GET
def desk(request: LoggedInRequest) -> HttpResponse:
    """The storekeeper's first page: what he does, in large buttons, and what was posted today."""
    today = stock_lists.documents(default_plant(), day=clock.today())[:12]
    names = {
        "stock_receive": _("Receive"),
        "stock_issue": _("Issue to a job"),
        "stock_return": _("Take back"),
        "stock_transfer": _("Transfer"),
        "stock_scrap": _("Scrap"),
        "stock_pairs": _("Pairs in and out"),
        "stock_counts": _("Count"),
    }
    doors = [(f"procurement:{name}", words) for name, words in names.items() if access.may(request.user, f"procurement:{name}", "write")]
    return render(request, "procurement/stock_desk.html", {"doors": doors, "documents": today})


@require_GET
def documents(request: LoggedInRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    q, day = request.GET.get("q", "").strip()[:60], _day(request.GET.get("day", ""))
    rows = stock_lists.documents(default_plant(), q=q, kind=kind if kind in MoveKind.values else "", day=day)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "documents": page.object_list, "kinds": MoveKind.choices, "kind": kind, "q": q, "day": day}
    return render(request, "procurement/stock_documents.html", context)


@require_GET
def document(request: LoggedInRequest, pk: int) -> HttpResponse:
    """A posted slip: on paper with lines to sign, on the screen with the way to reverse it."""
    return _document(request, pk)


@require_POST
def reverse(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Reverse a document with a reason."""
    found = get_object_or_404(StockDocument, pk=pk)
    try:
        reversal = stock_reversal.reverse(document=found, why=request.POST.get("why", ""), by=request.user, key=form_key(request.POST))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("procurement:stock_document", pk)
    messages.success(request, _("%(document)s is reversed by %(reversal)s.") % {"document": found, "reversal": reversal})
    return redirect("procurement:stock_document", reversal.pk)


def _document(request: LoggedInRequest, pk: int) -> HttpResponse:
    rows = StockDocument.objects.select_related(
        "job__order__customer", "job__style", "job__colour", "by", "reverses", "reversed_by", "count"
    )
    found = get_object_or_404(rows, pk=pk)
    context = {
        "document": found,
        "moves": found.moves.select_related("material", "pairs_of__style", "pairs_of__colour", "pairs_of__order", "purchase_line__order"),
        "stages": kits_matrix.stage_names(english=english()),
        "reversal_key": uuid.uuid4(),
        "to_inspect": found.kind == MoveKind.RECEIVE
        and found.reverses_id is None
        and access.may(request.user, "quality:inspection_new", "write"),
        "may_reverse": access.may(request.user, "procurement:stock_reverse", "write") and _is_reversible(found),
    }
    return render(request, "procurement/stock_document.html", context)


def _is_reversible(found: StockDocument) -> bool:
    by_others = (MoveKind.COUNT, MoveKind.BLOCK, MoveKind.UNBLOCK)
    return found.reverses_id is None and found.kind not in by_others and not hasattr(found, "reversed_by")


def _day(text: str) -> dt.date | None:
    with suppress(ValueError):
        return dt.date.fromisoformat(text)
    return None

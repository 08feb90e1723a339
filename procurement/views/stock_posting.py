"""Slips to fill in: receive, issue, take back, transfer, scrap, pairs. One page each, for the desk and for the thumb."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orders.models import OrderLine
from planning_site.core import clock
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from procurement.models import Material, PurchaseOrder, ScrapReason, StockDocument, Warehouse
from procurement.selectors import kits_matrix, stock_desk, stock_lists
from procurement.selectors.stock_desk import SHOWN, SlipLine
from procurement.services import stock, stock_pairs, stock_receipts
from procurement.services.stock import Given
from procurement.services.stock_picking import Wanted
from procurement.services.stock_receipts import Receipt
from procurement.stock_form import filled, form_day, form_key, keep
from procurement.views.kits import english

Filled = Sequence[tuple[SlipLine, Decimal]]
Post = Callable[[Filled, dict[str, Any]], StockDocument]
STORES = (Warehouse.MAIN, Warehouse.TRANSIT)
OUT_OF = (*STORES, Warehouse.HELD)  # what is scrapped may have been blocked before
BACK_FROM = (Warehouse.MAIN, Warehouse.HELD)


@require_http_methods(["GET", "POST"])
def issue(request: LoggedInRequest) -> HttpResponse:
    """Material to a job (E5.2): all that its bill says, by size."""
    plant, job = default_plant(), _job(request)
    if job is None:
        return _pick_job(request, plant, _("Issue to a job"))
    warehouse, extra = _store(request), _extra(request)
    lines = stock_desk.issue_lines(plant, job, warehouse, extra)

    def post(found: Filled, head: dict[str, Any]) -> StockDocument:
        materials = _materials(found)
        wanted = [Wanted(quantity, materials[line.key], size=line.size) for line, quantity in found]
        return stock.issue(plant=plant, job=job, lines=wanted, warehouse=warehouse, **head)

    context = _of_job(job) | {"title": _("Issue to a job"), "button": _("Issue"), "may_add": True} | _at(request, warehouse)
    context |= {
        "nothing": _("The bill of materials of this job is not known. Add material by its code."),
        "counterpart_label": _("handed to"),
    }
    return _slip(request, lines, post, context)


@require_http_methods(["GET", "POST"])
def take_back(request: LoggedInRequest) -> HttpResponse:
    """Material that a job does not use."""
    plant, job = default_plant(), _job(request)
    if job is None:
        return _pick_job(request, plant, _("Take back from a job"))
    lines, warehouse = stock_desk.return_lines(job), _store(request)

    def post(found: Filled, head: dict[str, Any]) -> StockDocument:
        materials = _materials(found)
        given = [Given(quantity, materials[line.key], line.size, line.lot.strip(), line.place.strip()) for line, quantity in found]
        return stock.return_from_job(plant=plant, job=job, lines=given, warehouse=warehouse, **head)

    for line in lines:
        line.with_lot = True
    context = _of_job(job) | {"title": _("Take back from a job"), "button": _("Take back")} | _at(request, warehouse)
    return _slip(request, lines, post, context | {"nothing": _("Nothing was issued to this job."), "counterpart_label": _("brought by")})


@require_http_methods(["GET", "POST"])
def receive(request: LoggedInRequest) -> HttpResponse:
    """Material from a supplier, against a purchase order (D5, D6); `back=1` sends some of it back."""
    plant, pk = default_plant(), _whole(request, "order")
    back = request.GET.get("back", request.POST.get("back", "")) == "1"
    if pk is None:
        return _pick_order(request, plant)
    order = get_object_or_404(PurchaseOrder.objects.select_related("supplier"), pk=pk, plant=plant)
    held = stock_desk.held_of(order) if back else {}
    source = _store(request, BACK_FROM, usual=Warehouse.HELD if held else Warehouse.MAIN)
    lines = stock_desk.receipt_lines(order, sent_back=back, held=held if source == Warehouse.HELD else {})

    def post(found: Filled, head: dict[str, Any]) -> StockDocument:
        receipts = [Receipt(quantity, line.row, lot=line.lot.strip(), place=line.place.strip()) for line, quantity in found]
        if back:
            return stock_receipts.return_to_supplier(plant=plant, lines=receipts, warehouse=source, **head)
        return stock_receipts.receive(plant=plant, lines=receipts, **head)

    context = {
        "title": _("Send back to the supplier") if back else _("Receive"),
        "subject": f"{order} · {order.supplier or _('no supplier')}",
        "button": _("Send back") if back else _("Receive"),
        "hidden": [("order", order.pk), ("back", "1" if back else "")],
        "nothing": _("Nothing more is expected of this purchase order."),
        "counterpart_label": _("fetched by") if back else _("brought by"),
        "other": None if back else (f"?order={order.pk}&back=1", _("Send back to the supplier")),
    }
    return _slip(request, lines, post, context | (_at(request, source, BACK_FROM) if back else {}))


@require_http_methods(["GET", "POST"])
def transfer(request: LoggedInRequest) -> HttpResponse:
    """Material to another warehouse or place."""
    plant, material = default_plant(), _material(request)
    if material is None:
        return _pick_material(request, plant, _("Transfer"))
    source = _store(request)
    lines = stock_desk.balance_lines(plant, material, source)

    def post(found: Filled, head: dict[str, Any]) -> StockDocument:
        target = request.POST.get("target", "")
        if target not in STORES:
            raise DomainError(_("Choose the warehouse that it goes to."), "target")
        place = request.POST.get("target_place", "").strip()
        return stock.transfer(plant=plant, lines=_taken(found, material), source=source, target=target, target_place=place, **head)

    context = _of_material(material) | {"title": _("Transfer"), "button": _("Transfer")} | _at(request, source)
    context |= {"targets": [(store.value, store.label) for store in STORES], "nothing": _("Nothing of it lies here.")}
    return _slip(request, lines, post, context)


@require_http_methods(["GET", "POST"])
def scrap(request: LoggedInRequest) -> HttpResponse:
    """Material that is written off, with the reason."""
    plant, material = default_plant(), _material(request)
    if material is None:
        return _pick_material(request, plant, _("Scrap"))
    source = _store(request, OUT_OF)
    lines = stock_desk.balance_lines(plant, material, source)

    def post(found: Filled, head: dict[str, Any]) -> StockDocument:
        reason = request.POST.get("reason", "")
        return stock.scrap(plant=plant, lines=_taken(found, material), reason=reason, warehouse=source, **head)

    context = _of_material(material) | {"title": _("Scrap"), "button": _("Scrap")} | _at(request, source, OUT_OF)
    return _slip(request, lines, post, context | {"reasons": ScrapReason.choices, "nothing": _("Nothing of it lies here.")})


@require_http_methods(["GET", "POST"])
def pairs(request: LoggedInRequest) -> HttpResponse:
    """Pairs of a job in and out: finished ones, or those of a stage through the transit warehouse."""
    plant, job = default_plant(), _job(request)
    if job is None:
        return _pick_job(request, plant, _("Pairs in and out"))
    stages = kits_matrix.stage_names(english=english())
    data = request.POST if request.method == "POST" else request.GET
    stage, out = data.get("stage", ""), data.get("way") == "out"
    stage = stage if stage in stages else ""
    lines = stock_desk.pairs_lines(plant, job, stage=stage, out=out)

    def post(found: Filled, head: dict[str, Any]) -> StockDocument:
        sizes = {}
        for line, quantity in found:
            if quantity != int(quantity):
                raise DomainError(_("Size %(size)s: pairs are whole numbers.") % {"size": line.size}, "quantity")
            sizes[line.size] = int(quantity)
        act = stock_pairs.give_pairs_out if out else stock_pairs.take_pairs_in
        return act(plant=plant, job=job, sizes=sizes, stage=stage, **head)

    ways = [("in", _("in"), not out), ("out", _("out"), out)]
    words = [("", _("finished pairs")), *((code, _("after %(stage)s") % {"stage": name}) for code, name in stages.items())]
    context = _of_job(job) | {"title": _("Pairs in and out"), "button": _("Give out") if out else _("Take in")}
    context["hidden"] += [("stage", stage), ("way", "out" if out else "in")]
    context |= {"ways": ways, "after": [(code, name, code == stage) for code, name in words], "way": "out" if out else "in", "stage": stage}
    return _slip(request, lines, post, context | {"counterpart_label": _("handed to") if out else _("brought by")})


def _slip(request: LoggedInRequest, lines: list[SlipLine], post: Post, context: dict[str, Any]) -> HttpResponse:
    """Show a slip; when it is sent, post it and show what was posted, or show it again as it was with what is wrong."""
    error = None
    if request.method == "POST":
        keep(lines, request.POST)
        try:
            head = {"by": request.user, "key": form_key(request.POST), "day": form_day(request.POST)}
            head |= {"counterpart": request.POST.get("counterpart", "")[:60], "note": request.POST.get("note", "")[:300]}
            document = post(filled(lines), head)
        except DomainError as refused:
            error = refused.message
        else:
            messages.success(request, _("%(document)s is posted.") % {"document": document})
            return redirect("procurement:stock_document", document.pk)
    context |= {
        "lines": lines,
        "error": error,
        "key": request.POST.get("key") or uuid.uuid4(),
        "today": clock.today(),
        "sent": request.POST,
    }
    return render(request, "procurement/stock_slip.html", context)


def _whole(request: LoggedInRequest, name: str) -> int | None:
    """A whole number out of the form or the query."""
    text = request.POST.get(name) or request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _job(request: LoggedInRequest) -> OrderLine | None:
    pk = _whole(request, "job")
    rows = OrderLine.objects.select_related("order__customer", "style", "colour")
    return get_object_or_404(rows, pk=pk) if pk is not None else None


def _material(request: LoggedInRequest) -> Material | None:
    pk = _whole(request, "material")
    return get_object_or_404(Material, pk=pk) if pk is not None else None


def _store(request: LoggedInRequest, stores: Sequence[Warehouse] = STORES, *, usual: Warehouse = Warehouse.MAIN) -> Warehouse:
    """The warehouse to take from or bring to, of those a slip may choose from."""
    asked = request.POST.get("warehouse") or request.GET.get("warehouse")
    return next((store for store in stores if store == asked), usual)


def _at(request: LoggedInRequest, chosen: Warehouse, stores: Sequence[Warehouse] = STORES) -> dict[str, Any]:
    """The chosen warehouse, and (query string, name, is chosen) of those to switch between."""
    switches = []
    for store in stores:
        query = request.GET.copy()
        query["warehouse"] = store.value
        switches.append((query.urlencode(), str(store.label), store == chosen))
    return {"stores": switches, "warehouse": chosen.value}


def _extra(request: LoggedInRequest) -> list[Material]:
    """Material that is added to a slip by its code."""
    code = (request.POST.get("add") or request.GET.get("add", "")).strip()
    found = list(Material.objects.filter(code__iexact=code)) if code else []
    if code and not found:
        messages.error(request, _("There is no material %(code)s.") % {"code": code})
    return found


def _materials(found: Filled) -> dict[str, Material]:
    """The materials of lines by their keys, which begin with the material's."""
    rows = Material.objects.in_bulk([int(line.key.split(":")[0]) for line, _quantity in found])
    return {line.key: rows[int(line.key.split(":")[0])] for line, _quantity in found}


def _taken(found: Filled, material: Material) -> list[Wanted]:
    return [Wanted(quantity, material, size=line.size, lot=line.row.lot, place=line.row.place) for line, quantity in found]


def _of_job(job: OrderLine) -> dict[str, Any]:
    subject = f"{job.style.code} {job.colour.name} · {job.order.number}/{job.position} · {job.order.customer.name}"
    return {"subject": subject, "hidden": [("job", job.pk)], "job": job}


def _of_material(material: Material) -> dict[str, Any]:
    return {"subject": f"{material.code} · {material.name} · {material.unit}", "hidden": [("material", material.pk)]}


def _pick_job(request: LoggedInRequest, plant: Plant, title: str) -> HttpResponse:
    q = request.GET.get("q", "").strip()[:60]
    rows = [
        (f"?job={job.pk}", f"{job.style.code} {job.colour.name}", f"{job.order.number}/{job.position} · {job.order.customer.name}", job)
        for job in stock_desk.open_jobs(plant, q)[:SHOWN]
    ]
    return _picker(request, title, q, _("Order, style or customer"), rows)


def _pick_order(request: LoggedInRequest, plant: Plant) -> HttpResponse:
    q = request.GET.get("q", "").strip()[:60]
    rows = [
        (
            f"?order={order.pk}",
            str(order),
            f"{order.supplier or '–'} · {', '.join(sorted({line.material.code for line in order.lines.all()}))}",
            None,
        )
        for order in stock_desk.open_orders(plant, q)
    ]
    return _picker(request, _("Receive"), q, _("Purchase order, supplier or material"), rows)


def _pick_material(request: LoggedInRequest, plant: Plant, title: str) -> HttpResponse:
    q = request.GET.get("q", "").strip()[:60]
    found = stock_lists.materials_in_stock(plant, stock_lists.StockFilter(q=q))[:SHOWN]
    rows = [(f"?material={material.pk}", material.code, f"{material.name} · {material.unit}", None) for material in found]
    return _picker(request, title, q, _("Material: code or name"), rows)


def _picker(request: LoggedInRequest, title: str, q: str, hint: str, rows: list[tuple[str, str, str, Any]]) -> HttpResponse:
    """A list to choose from; one hit of a search is taken at once."""
    if q and len(rows) == 1:
        return redirect(reverse(f"procurement:{request.resolver_match.url_name}") + rows[0][0] if request.resolver_match else rows[0][0])
    return render(request, "procurement/stock_pick.html", {"title": title, "q": q, "hint": hint, "rows": rows})

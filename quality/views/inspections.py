"""Inspections: the list, entry on a phone, one inspection, and the defects."""

from __future__ import annotations

from math import ceil
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orders.models import OrderLine
from planning_site.core import access, clock
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from procurement.models import Material, StockDocument
from procurement.services.stock_posting import shown
from quality import services
from quality.forms.inspections import DefectForm, LineInspectionForm, ReceiptInspectionForm, ReverseForm
from quality.models import DefectCode, Inspection
from quality.sampling import plan_for
from quality.selectors.inspections import defect_codes, inspection_page, inspections, open_lines_like, tails
from quality.selectors.receipts import arrived, blocked_of, receipts_to_inspect
from quality.views.shared import PER_PAGE, act, attempt, bounded_uploads

Kind = Inspection.Kind


@require_GET
def inspection_list(request: LoggedInRequest) -> HttpResponse:
    """Inspections, newest first, filtered by the query string: kind, q, page."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("kind", "q")}
    found = inspections(kind=chosen["kind"], words=chosen["q"]).prefetch_related("sizes")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": chosen,
        "kinds": Kind.choices,
        "may_inspect": access.may(request.user, "quality:inspection_new", "write"),
    }
    return render(request, "quality/inspections.html", context)


@require_GET
def lines(request: LoggedInRequest) -> HttpResponse:
    """Open order lines to choose from, while one types."""
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", Kind.FINAL)
    found = open_lines_like(words)
    context = {"lines": found, "tails": tails(found), "kind": kind if kind in Kind.values else Kind.FINAL}
    return render(request, "quality/_lines.html", context)


@bounded_uploads
@require_http_methods(["GET", "POST"])
def inspection_new(request: LoggedInRequest) -> HttpResponse:
    """Enter an inspection: of an order line (`?line=`), or of what a receipt brought (`?kind=incoming`)."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else Kind.FINAL
    if kind == Kind.INCOMING:
        return _receipt(request)
    line = OrderLine.objects.select_related("order__customer", "style", "colour").filter(pk=_number(request.GET.get("line"))).first()
    if line is None:
        found = open_lines_like("")
        context = {"kind": kind, "kinds": Kind.choices, "lines": found, "tails": tails(found)}
        return render(request, "quality/inspection_choose.html", context)
    return _line(request, line, kind)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


ERRORS = {"stage": "stage", "sample": "method"}


def _line(request: LoggedInRequest, line: OrderLine, kind: str) -> HttpResponse:
    form = LineInspectionForm(*_bound(request), line=line, kind=kind)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        posted = attempt(
            form,
            lambda: services.inspect_line(
                line=line,
                kind=kind,
                findings=data["findings"],
                method=data["method"],
                stage=data.get("stage", ""),
                note=data["note"],
                day=data["day"],
                by=request.user,
            ),
            ERRORS,
        )
        if posted:
            return _posted(request, posted)
    tail = tails([line])[line.pk]
    context = {"kind": Kind(kind), "line": line, "form": form, "tail": tail, "rows": _with_tail(form, tail)}
    context["sample"] = plan_for(tail.pairs) if tail.pairs else None
    return render(request, "quality/inspection_new.html", context)


def _with_tail(form: LineInspectionForm, tail: Any) -> list[tuple[Any, ...]]:
    return [(*row, tail.missing.get(row[0], 0)) for row in form.size_rows()]


def _receipt(request: LoggedInRequest) -> HttpResponse:
    """What a receipt brought: chosen first, then counted by size."""
    receipt = StockDocument.objects.select_related("plant").filter(pk=_number(request.GET.get("receipt"))).first()
    material = Material.objects.select_related("supplier").filter(pk=_number(request.GET.get("material"))).first()
    if receipt is None or material is None:
        words = request.GET.get("q", "").strip()[:60]
        found = receipts_to_inspect(default_plant(), today=clock.today(), words=words)
        choose = {"kind": Kind.INCOMING, "kinds": Kind.choices, "arrivals": found, "words": words}
        return render(request, "quality/inspection_choose.html", choose)
    came = arrived(receipt, material)
    form = ReceiptInspectionForm(*_bound(request), arrived=came)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        named = {name: data[name] for name in ("findings", "method", "note", "day")}
        posted = attempt(form, lambda: services.inspect_receipt(receipt=receipt, material=material, by=request.user, **named), ERRORS)
        if posted:
            return _posted(request, posted)
    rows = [(*row, came.open.get(row[0], 0)) for row in form.size_rows()]
    context: dict[str, Any] = {"kind": Kind.INCOMING, "arrived": came, "form": form, "rows": rows}
    context["sample"] = plan_for(ceil(came.total_open)) if came.total_open else None
    return render(request, "quality/inspection_new.html", context)


def _bound(request: LoggedInRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _posted(request: LoggedInRequest, posted: Inspection) -> HttpResponse:
    words = {"failed": shown(posted.failed), "n": shown(posted.presented)}
    if posted.is_accepted:
        messages.success(request, _("Posted: %(failed)s of %(n)s failed.") % words)
    else:
        messages.warning(request, _("Posted: the lot of %(n)s is turned back.") % words)
    return redirect("quality:inspection", posted.pk)


@require_GET
def inspection(request: LoggedInRequest, pk: int) -> HttpResponse:
    """One inspection with sizes, defects and pictures."""
    found = get_object_or_404(inspection_page(), pk=pk)
    may = access.may(request.user, "quality:inspection_reverse", "write") and found.reversed_at is None
    line = found.order_line
    context: dict[str, Any] = {
        "inspection": found,
        "passed": sum(size.passed for size in found.sizes.all()),
        "may_reverse": may,
        "form": ReverseForm(),
        "tail": tails([line])[line.pk] if line else None,
    }
    if found.kind == Kind.INCOMING:
        blocked = blocked_of(found)
        context |= {"blocked": blocked, "may_release": may and blocked.held > 0}
    return render(request, "quality/inspection.html", context)


@require_POST
def inspection_reverse(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Take an inspection back."""
    found = get_object_or_404(Inspection, pk=pk)
    form = ReverseForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    back = reverse("quality:inspection", args=[pk])
    done = _("Reversed. It counts no more.")
    return act(request, lambda: services.reverse_inspection(inspection=found, reason=reason, by=request.user), done=done, back=back)


@require_POST
def blocked_release(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Let what an incoming inspection blocked be used after all."""
    found = get_object_or_404(Inspection, pk=pk)
    form = ReverseForm(request.POST)
    why = form.cleaned_data["reason"] if form.is_valid() else ""
    back = reverse("quality:inspection", args=[pk])
    done = _("Released. It is free stock again.")
    return act(request, lambda: services.release_blocked(inspection=found, why=why, by=request.user), done=done, back=back)


@require_http_methods(["GET", "POST"])
def defects(request: LoggedInRequest) -> HttpResponse:
    """The defects that are counted: a list, and one to add or change (`?edit=`)."""
    edited = DefectCode.objects.filter(pk=_number(request.GET.get("edit"))).first()
    form = DefectForm(request.POST if request.method == "POST" else None, instance=edited)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        defect = DefectCode.objects.get(pk=edited.pk) if edited else None
        if attempt(form, lambda: services.save_defect(defect=defect, by=request.user, **data), {"taken": "code"}):
            messages.success(request, _("Kept."))
            return redirect("quality:defects")
    context = {
        "codes": defect_codes(with_unused=True),
        "form": form,
        "edited": edited,
        "may_edit": access.may(request.user, "quality:defects", "write"),
    }
    return render(request, "quality/defects.html", context)

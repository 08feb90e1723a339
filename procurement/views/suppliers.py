"""Suppliers with the people to ask (D7), what they owe and how they keep their promises."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, F, Q
from django.forms import inlineformset_factory
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from planning_site.core import access, clock
from planning_site.core.requests import LoggedInRequest
from procurement.exports import supplier_lines
from procurement.forms import ContactForm, SupplierForm
from procurement.models import Chase, Supplier, SupplierContact
from procurement.selectors.arrivals import STILL_COMING
from procurement.selectors.purchase_orders import lines_to_come
from procurement.views.shared import excel, page_of

CHASES_SHOWN = 20
Contacts = inlineformset_factory(Supplier, SupplierContact, form=ContactForm, extra=2, can_delete=True)


@require_GET
def supplier_list(request: LoggedInRequest) -> HttpResponse:
    coming = Q(orders__lines__state__in=STILL_COMING)
    suppliers = Supplier.objects.annotate(
        coming=Count("orders__lines", filter=coming),
        overdue=Count("orders__lines", filter=coming & Q(orders__lines__promised_on__lt=clock.today())),
        undated=Count("orders__lines", filter=coming & Q(orders__lines__promised_on=None)),
        moved=Count("orders__lines", filter=coming & Q(orders__lines__promised_on__gt=F("orders__lines__first_promised_on"))),
    )
    if words := request.GET.get("q", "").strip():
        suppliers = suppliers.filter(Q(name__icontains=words) | Q(code__iexact=words) | Q(category__icontains=words))
    page = page_of(suppliers.order_by("code"), request.GET.get("page"))
    may_edit = access.may(request.user, "procurement:supplier_edit", "write")
    return render(request, "procurement/suppliers.html", {"page": page, "rows": list(page), "may_edit": may_edit, "words": words})


@require_GET
def supplier(request: LoggedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Supplier.objects.prefetch_related("contacts"), pk=pk)
    page = page_of(lines_to_come(found), request.GET.get("page"))
    context = {
        "supplier": found,
        "page": page,
        "lines": list(page),
        "chases": Chase.objects.filter(order__supplier=found).select_related("order", "by")[:CHASES_SHOWN],
        "today": clock.today(),
        "may_edit": access.may(request.user, "procurement:supplier_edit", "write"),
        "may_export": access.may(request.user, "procurement:supplier_export"),
    }
    return render(request, "procurement/supplier.html", context)


@require_GET
def supplier_export(request: LoggedInRequest, pk: int) -> HttpResponse:
    """All that a supplier still owes, as a sheet to send or to go through with him."""
    found = get_object_or_404(Supplier, pk=pk)
    return excel(supplier_lines(found, list(lines_to_come(found))), f"{found.code}-{clock.today().isoformat()}")


@require_http_methods(["GET", "HEAD", "POST"])
def supplier_edit(request: LoggedInRequest, pk: int = 0) -> HttpResponse:
    """A supplier and its contacts; without a key a new one."""
    found = get_object_or_404(Supplier, pk=pk) if pk else Supplier()
    form = SupplierForm(request.POST or None, instance=found)
    contacts = Contacts(request.POST or None, instance=found, prefix="contacts")
    if request.method == "POST" and form.is_valid() and contacts.is_valid():
        saved = form.save()
        contacts.instance = saved
        contacts.save()
        messages.success(request, _("Saved."))
        return redirect("procurement:supplier", pk=saved.pk)
    return render(request, "procurement/supplier_edit.html", {"supplier": found if pk else None, "form": form, "contacts": contacts})

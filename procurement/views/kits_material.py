"""One material that a job waits for: who brings it and when, and the place to write down that he was asked (D7, E5.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from planning_site.core import access, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.requests import LoggedInRequest
from procurement.forms import ChaseForm
from procurement.models import JobKit, Supplier
from procurement.selectors import kits_detail
from procurement.selectors.kits_detail import Delivery, MaterialRows
from procurement.services.promises import log_chase_of_lines
from procurement.templatetags.materials import stage_labels


@require_GET
def material(request: LoggedInRequest, pk: int, material: int) -> HttpResponse:
    """Beside the matrix, or a page of its own without scripts."""
    kit = get_object_or_404(
        JobKit.objects.select_related("order_line__order__customer", "order_line__style", "order_line__colour"), order_line=pk
    )
    group = _group(pk, material)
    context = {
        "kit": kit,
        "group": group,
        "material": group.requirement.material,
        "suppliers": [(supplier, found, _form(found, supplier)) for supplier, found in _by_supplier(group.deliveries).items()],
        "stages": stage_labels(),
        "today": clock.today(),
        "back": _back(request),
    } | _rights(request.user)
    return render(request, "procurement/_kits_material.html" if request.htmx else "procurement/kits_material.html", context)


@require_POST
def chase(request: LoggedInRequest, pk: int, material: int) -> HttpResponse:
    """Write down that the supplier of this material was asked, in every purchase order that the job waits for."""
    group = _group(pk, material)
    lines = [line for delivery in group.deliveries for line in delivery.lines]
    form = ChaseForm(request.POST, lines=lines)
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, errors))}")
        return redirect(_back(request))
    words = form.cleaned_data
    try:
        made = log_chase_of_lines(lines=words.pop("lines") or lines, by=request.user, **words)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        text = ngettext("Written into the log of %(n)d purchase order.", "Written into the log of %(n)d purchase orders.", len(made))
        messages.success(request, text % {"n": len(made)})
    return redirect(_back(request))


def _group(pk: int, material: int) -> MaterialRows:
    group = next((group for group in kits_detail.materials_of(pk) if group.requirement.material_id == material), None)
    if group is None:
        raise Http404(_("The job does not need this material."))
    return group


def _by_supplier(deliveries: Iterable[Delivery]) -> dict[Supplier | None, list[Delivery]]:
    found: dict[Supplier | None, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        found[delivery.line.supplier].append(delivery)
    return found


def _form(deliveries: Iterable[Delivery], supplier: Supplier | None) -> ChaseForm:
    lines = [line for delivery in deliveries for line in delivery.lines]
    prefix = str(supplier.pk) if supplier else "0"
    return ChaseForm(lines=lines, initial={"asked": supplier.contact if supplier else "", "lines": lines}, auto_id=f"id_{prefix}_%s")


def _rights(user: User) -> dict[str, Any]:
    """What may be opened and done from here."""
    return {
        "may_chase": access.may(user, "procurement:kits_material_chase", "write"),
        "may_see_orders": access.may(user, "procurement:order"),
        "may_see_work": access.may(user, "procurement:work"),
    }


def _back(request: LoggedInRequest) -> str:
    """Where the reader came from, if that is a page of this site; else the matrix."""
    asked = request.POST.get("next") or request.GET.get("next") or request.headers.get("HX-Current-URL", "")
    asked = asked.removeprefix(f"{request.scheme}://{request.get_host()}")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else reverse("procurement:kits")

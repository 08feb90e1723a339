"""The buyer's work list (D1, D3, D5): order now, order by, late, not needed any more."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from planning_site.core import access, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from procurement.forms import MaterialFilter
from procurement.models import Material, Requirement
from procurement.quantities import decimals_by_unit, step_of
from procurement.selectors import work as worklist
from procurement.services.purchase_orders import Wish, add_to_draft
from procurement.services.requirements import request_run
from procurement.views.shared import calculated, gap_sentences, narrowed, page_of

ORDER, EARLY, LATE, CHANGED = "order", "early", "late", "changed"
TABS = (ORDER, LATE, CHANGED, EARLY)


@require_GET
def work(request: LoggedInRequest) -> HttpResponse:
    plant, today = default_plant(), clock.today()
    tab = request.GET.get("tab", ORDER)
    tab = tab if tab in TABS else ORDER
    form = MaterialFilter(request.GET)
    early = worklist.early_materials(form.categories)
    short, may_reserve = worklist.counted(narrowed(Requirement.objects.filter(plant=plant), form), early)
    late, changed = narrowed(worklist.late_lines(plant, today=today), form), narrowed(worklist.changed_lines(plant), form)
    counts = {ORDER: short, LATE: late.count(), CHANGED: changed.count(), EARLY: may_reserve}
    materials = narrowed(worklist.short_materials(plant), form)
    lists = {ORDER: materials, LATE: late, EARLY: materials.filter(early), CHANGED: changed}
    page = page_of(lists[tab], request.GET.get("page"), counts[tab])
    rows = list(page)
    fresh = calculated(plant)
    context = fresh | {
        "tab": tab,
        "form": form,
        "page": page,
        "rows": worklist.to_order_rows(plant, rows, form.categories, today=today) if tab in (ORDER, EARLY) else rows,
        "counts": counts,
        "today": today,
        "gaps": gap_sentences(fresh["run"]),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "may_order": access.may(request.user, "procurement:draft", "write"),
        "may_recalculate": access.may(request.user, "procurement:recalculate", "write"),
    }
    return render(request, "procurement/work.html", context)


@require_POST
def draft(request: LoggedInRequest) -> HttpResponse:
    """Put what is short of the chosen materials into drafts, one for each supplier."""
    plant = default_plant()
    chosen = [int(pk) for pk in request.POST.getlist("material") if pk.isdecimal()]
    orders = []
    try:
        for wishes in _wishes(plant, chosen).values():
            orders.append(add_to_draft(plant=plant, supplier=wishes[0].material.supplier, wishes=wishes, by=request.user))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("procurement:work")
    if not orders:
        messages.warning(request, _("Choose a material that is short and not in a draft already."))
        return redirect("procurement:work")
    text = ngettext("%(n)d draft is ready: check it, then send it.", "%(n)d drafts are ready: check them, then send them.", len(orders))
    messages.success(request, text % {"n": len(orders)})
    return redirect("procurement:order", pk=orders[0].pk) if len(orders) == 1 else redirect(f"{reverse('procurement:orders')}?state=draft")


def _wishes(plant: Plant, materials: list[int]) -> dict[int | None, list[Wish]]:
    """What to order of these materials by supplier, less what stands in drafts already."""
    found = Material.objects.select_related("supplier").in_bulk(materials)
    shorts = worklist.shorts_by_size(plant, found)
    drafts = worklist.drafted(plant, found)
    decimals = decimals_by_unit()
    days = _first_days(plant, list(found))
    wishes: dict[int | None, list[Wish]] = {}
    for pk, material in found.items():
        in_drafts = drafts.get(pk, {})
        orders = worklist.order_quantities(shorts.get(pk, {}), in_drafts, material, step_of(material.unit, decimals))
        for size, quantity in orders.items():
            if quantity > 0:
                whole = quantity + in_drafts.get(size, 0)
                wishes.setdefault(material.supplier_id, []).append(Wish(material, size, whole, days.get((pk, size))))
    return wishes


def _first_days(plant: Plant, materials: list[int]) -> dict[tuple[int, str], Any]:
    """The first day on which something of a material and size is short."""
    rows = Requirement.objects.filter(plant=plant, short__gt=0, material__in=materials).order_by("-needed_on")
    return {(material, size): day for material, size, day in rows.values_list("material_id", "size", "needed_on")}


@require_POST
def recalculate(request: LoggedInRequest) -> HttpResponse:
    request_run(default_plant(), by=request.user)
    messages.success(request, _("The material plan is being calculated. Reload in a moment."))
    return redirect("procurement:work")

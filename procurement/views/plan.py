"""The material plan of a month or week (D1, D2), and who gets a material in which order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planning_site.core import access, audit, clock
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from procurement.exports import material_plan
from procurement.forms import PlanFilter
from procurement.models import Material
from procurement.selectors import plan as plans
from procurement.selectors.claims import claims_of, claims_on, sources
from procurement.views.shared import calculated, excel, gap_sentences, narrowed, page_of

HISTORY_SHOWN = 20
MONTH, WEEK, ALL = "month", "week", "all"
GROUPS = (plans.BY_MATERIAL, plans.BY_STYLE, plans.BY_JOB)


class Period:
    """The month or week that a request is about, with its neighbours; without a day the month of today."""

    def __init__(self, query: Any) -> None:
        self.kind = query.get("span", MONTH)
        if self.kind not in (MONTH, WEEK, ALL):
            self.kind = MONTH
        try:
            self.day = dt.date.fromisoformat(query.get("day", ""))
        except ValueError:
            self.day = clock.today()
        self.span = None if self.kind == ALL else (plans.week_of if self.kind == WEEK else plans.month_of)(self.day)

    @property
    def name(self) -> str:
        """`2026-12`, `2026-W51`, or all."""
        if self.span is None:
            return _("all open orders")
        if self.kind == MONTH:
            return f"{self.span.first:%Y-%m}"
        year, week, _weekday = self.span.first.isocalendar()
        return f"{year}-W{week:02}"


@require_GET
def plan(request: LoggedInRequest) -> HttpResponse:
    plant, period = default_plant(), Period(request.GET)
    form = PlanFilter(request.GET)
    group = request.GET.get("by", plans.BY_MATERIAL)
    group = group if group in GROUPS else plans.BY_MATERIAL
    needs = narrowed(plans.requirements(plant, period.span), form)
    grouped = {plans.BY_MATERIAL: plans.by_material, plans.BY_STYLE: plans.by_style}
    rows: Any = grouped[group](needs) if group in grouped else needs.order_by("needed_on", "turn", "material__code", "size")
    page = page_of(rows, request.GET.get("page"))
    fresh = calculated(plant)
    shown = list(page)
    sizes = plans.sizes_of(needs, {row["material_id"] for row in shown}) if group == plans.BY_MATERIAL else {}
    context = fresh | {
        "period": period,
        "form": form,
        "group": group,
        "page": page,
        "rows": shown,
        "sizes": sizes,
        "gaps": gap_sentences(fresh["run"]),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "procurement/plan.html", context)


@require_GET
def export(request: LoggedInRequest) -> HttpResponse:
    """Form 13 of all filtered rows, job by job."""
    period, form = Period(request.GET), PlanFilter(request.GET)
    needs = narrowed(plans.requirements(default_plant(), period.span), form)
    facts = [f"{form.fields[name].label}: {value}" for name, value in form.cleaned_data.items() if value] if form.is_valid() else []
    return excel(material_plan(needs, period=period.name, facts=facts), f"material-plan-{clock.today().isoformat()}")


@require_GET
def material(request: LoggedInRequest, pk: int) -> HttpResponse:
    """What there is of a material, and who gets it: winners and losers of every claim."""
    plant = default_plant()
    found = get_object_or_404(Material.objects.select_related("supplier"), pk=pk)
    size = request.GET.get("size", "")[:6]
    page = page_of(claims_on(plant, found, size), request.GET.get("page"))
    rows = list(page)
    claims = claims_of([row.pk for row in rows])
    context = calculated(plant) | {
        "material": found,
        "size": size,
        "sources": sources(plant, found, size),
        "page": page,
        "rows": [(row, claims.get(row.pk, [])) for row in rows],
        "history": audit.history_of(found)[:HISTORY_SHOWN],
        "may_edit": access.may(request.user, "procurement:material_edit", "write"),
    }
    return render(request, "procurement/material.html", context)

"""Bills of materials: the list of styles and colours, one with its versions, and the table to change it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from orders.models import Order, OrderLine, StyleColour
from planning_site.core import access, audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from procurement.models import Usage, UsageVersion
from procurement.selectors.usage import StageRules, in_force, usage_rows, versions
from procurement.services.usage import save_version
from procurement.templatetags.materials import stage_labels
from procurement.usage_form import UsageForm
from procurement.views.shared import page_of

MISSING = "missing"


@require_GET
def usage_list(request: LoggedInRequest) -> HttpResponse:
    """Every style and colour with its versions; `show=missing` only those with open orders and no usage."""
    colours = StyleColour.objects.select_related("style").annotate(
        versions=Count("usage_versions", distinct=True), newest=Max("usage_versions__valid_from")
    )
    words = request.GET.get("q", "").strip()
    if words:
        colours = colours.filter(
            Q(style__code__icontains=words) | Q(name__icontains=words) | Q(usage_versions__rows__material__code__iexact=words)
        )
    if request.GET.get("show") == MISSING:
        ordered = OrderLine.objects.filter(order__state=Order.State.OPEN)
        colours = colours.filter(usage_versions=None, pk__in=ordered.values("colour"))
    page = page_of(colours.order_by("style__code", "pk"), request.GET.get("page"))
    rows = list(page)
    counted = _rows_in_force([colour.pk for colour in rows])
    context = {
        "page": page,
        "rows": [(colour, counted.get(colour.pk, 0)) for colour in rows],
        "words": words,
        "is_missing": request.GET.get("show") == MISSING,
        "may_add": access.may(request.user, "procurement:material_new", "write"),
    }
    return render(request, "procurement/usage_list.html", context)


def _rows_in_force(colours: list[int]) -> dict[int, int]:
    """How many rows the version in force today has, by style and colour."""
    current = {colour: version.pk for colour, known in versions(colours).items() if (version := in_force(known, clock.today()))}
    counts = dict(Usage.objects.filter(version__in=current.values()).order_by().values_list("version").annotate(rows=Count("pk")))
    return {colour: counts.get(version, 0) for colour, version in current.items()}


@require_GET
def usage(request: LoggedInRequest, pk: int) -> HttpResponse:
    """One style and colour: the version in force today, or the one asked for, and who changed it."""
    colour = get_object_or_404(StyleColour.objects.select_related("style"), pk=pk)
    known = list(UsageVersion.objects.filter(style_colour=colour).select_related("made_by").order_by("-valid_from"))
    version = _asked(request, known, pk)
    rows = list(usage_rows([version.pk])) if version else []
    rules, names = StageRules(), stage_labels()
    context = {
        "colour": colour,
        "sizes": colour.style.sizes,
        "versions": known,
        "version": version,
        "rows": [(row, names.get(rules.stage_of(row), ""), [row.in_size(size) for size in colour.style.sizes]) for row in rows],
        "is_graded": any(row.grading != Usage.Grading.FLAT for row in rows),
        "history": audit.history_of(*known)[:20] if known else [],
        "may_edit": access.may(request.user, "procurement:usage_edit", "write"),
    }
    return render(request, "procurement/usage.html", context)


def _asked(request: LoggedInRequest, known: list[UsageVersion], colour: int) -> UsageVersion | None:
    """The version that the address names, else the one in force today."""
    asked = request.GET.get("version", "")
    if asked:
        found = next((version for version in known if str(version.pk) == asked), None)
        if found is None:
            raise Http404
        return found
    current = in_force(versions([colour]).get(colour, ()), clock.today())
    return next((version for version in known if current and version.pk == current.pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
def usage_edit(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Change a version, or make a new one: blank, or filled from the one in force or from another style."""
    colour = get_object_or_404(StyleColour.objects.select_related("style"), pk=pk)
    asked = request.GET.get("version", "")
    version = get_object_or_404(UsageVersion, pk=asked, style_colour=colour) if asked.isdecimal() else None
    source = _source(request, colour, version)
    form = UsageForm(request.POST or None, colour=colour, version=version, source=source, valid_from=clock.today())
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        try:
            saved = save_version(
                colour=colour, valid_from=data["valid_from"], lines=form.lines, note=data["note"], by=request.user, version=version,
                revision=data["revision"] or 0,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Saved. The material plan follows in a moment."))
            return redirect(f"{reverse('procurement:usage', args=[colour.pk])}?version={saved.pk}")
    return render(
        request, "procurement/usage_edit.html", {"colour": colour, "form": form, "version": version, "copied": request.GET.get("copy", "")}
    )


def _source(request: LoggedInRequest, colour: StyleColour, version: UsageVersion | None) -> list[Usage]:
    """The rows that the table starts with."""
    if version is not None:
        return list(usage_rows([version.pk]))
    other = _copied(request.GET.get("copy", "")) or colour
    current = in_force(versions([other.pk]).get(other.pk, ()), clock.today())
    return list(usage_rows([current.pk])) if current else []


def _copied(words: str) -> StyleColour | None:
    """The style and colour that `HD2616 白` names; the style alone means its first colour with usage."""
    code, _blank, name = words.strip().partition(" ")
    if not code:
        return None
    colours = StyleColour.objects.filter(style__code__iexact=code, usage_versions__isnull=False).distinct().order_by("pk")
    return colours.filter(name__iexact=name.strip()).first() if name.strip() else colours.first()

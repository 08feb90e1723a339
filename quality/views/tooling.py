"""The tooling register: list, one tool, paste from Excel, export."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from planning_site.core import access, audit, clock
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from planning_site.workbooks.writing import Column, table_workbook
from quality import services
from quality.forms.tooling import PasteForm, ToolForm
from quality.models import StyleTool, Tool, ToolSize
from quality.pasting import Reading, read_paste
from quality.selectors.tooling import tool_row, tools
from quality.views.shared import PER_PAGE, attempt, workbook_response


@require_GET
def tool_list(request: LoggedInRequest) -> HttpResponse:
    """The register, filtered by the query string: kind, q, gaps, page."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("kind", "q", "gaps")}
    found = tools(kind=chosen["kind"], words=chosen["q"], only_gaps=bool(chosen["gaps"]))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [tool_row(tool) for tool in page.object_list],
        "chosen": chosen,
        "kinds": Tool.Kind.choices,
        "may_edit": access.may(request.user, "quality:tool", "write"),
    }
    return render(request, "quality/tools.html", context)


@require_http_methods(["GET", "POST"])
def tool_new(request: LoggedInRequest) -> HttpResponse:
    """Add a tool."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
def tool(request: LoggedInRequest, pk: int) -> HttpResponse:
    """One tool: to be read by everybody, to be changed by those who keep the register."""
    return _edit(request, get_object_or_404(Tool.objects.prefetch_related("sizes"), pk=pk))


def _edit(request: LoggedInRequest, found: Tool | None) -> HttpResponse:
    form = ToolForm(request.POST if request.method == "POST" else None, tool=found)
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: _save(request, form, found), {"taken": "number", "no_reason": "why", "stage": "stage"})
        if saved:
            messages.success(request, _("%(tool)s kept.") % {"tool": saved})
            return redirect("quality:tool", saved.pk)
    links = StyleTool.objects.filter(tool=found).select_related("style").order_by("stage", "style__code") if found else []
    context = {
        "tool": found,
        "row": tool_row(found) if found else None,
        "form": form,
        "links": list(links),
        "states": ToolSize.State.choices,
        "history": list(audit.history_of(found)[:30]) if found else [],
        "may_edit": access.may(request.user, "quality:tool", "write"),
    }
    return render(request, "quality/tool.html", context)


def _save(request: LoggedInRequest, form: ToolForm, found: Tool | None) -> Tool:
    """The tool and its styles, together or not at all."""
    data = form.cleaned_data
    with transaction.atomic():
        saved = services.save_tool(
            plant=found.plant if found else default_plant(),
            data=form.tool_data(),
            pieces=data["pieces"],
            by=request.user,
            why=data["why"],
            tool=found,
        )
        if data["stage"]:
            services.set_styles(tool=saved, stage=data["stage"], styles=data["styles"], by=request.user)
    return saved


@require_http_methods(["GET", "POST"])
def paste(request: LoggedInRequest) -> HttpResponse:
    """Lines from Excel: first what they would change, then all of it or nothing."""
    form = PasteForm(request.POST if request.method == "POST" else None)
    reading = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        reading = read_paste(data["text"], plant=default_plant(), kind=data["kind"])
        if "write" in request.POST and reading.can_be_written:
            written = attempt(form, lambda: _write(request, reading, data["why"]), {"no_reason": "why"})
            if written:
                messages.success(request, _("%(n)d tools kept.") % {"n": written})
                return redirect("quality:tools")
    return render(request, "quality/tools_paste.html", {"form": form, "reading": reading})


def _write(request: LoggedInRequest, reading: Reading, why: str) -> int:
    plant = default_plant()
    with transaction.atomic():
        for change in reading.changes:
            services.save_tool(plant=plant, data=change.data, pieces=change.pieces, by=request.user, why=why, tool=change.tool)
    return len(reading.changes)


@require_GET
def export(request: LoggedInRequest) -> HttpResponse:
    """The register as Excel, a row per tool, size and state; pasted back it changes nothing."""
    found = tools(kind=request.GET.get("kind", ""), words=request.GET.get("q", "").strip(), only_gaps=bool(request.GET.get("gaps")))
    columns = [
        Column(_("kind"), 8),
        Column(_("tool no."), 14),
        Column(_("name, part"), 16),
        Column(_("size"), 7),
        Column(_("pairs or sets"), 9, "int"),
        Column(_("state"), 9),
        Column(_("turns a day"), 9, "decimal", number_format="0.0"),
        Column(_("pairs a turn"), 8, "int"),
        Column(_("location"), 16),
        Column(_("Styles"), 40),
    ]
    rows = []
    for item in found:
        row = tool_row(item)
        last = [item.turns_a_day, item.pairs_per_turn, item.location, " ".join(row.styles)]
        head = [item.get_kind_display(), item.number, item.name]
        rows += [[*head, size.size, size.pieces, size.get_state_display(), *last] for size in item.sizes.all()] or [
            [*head, "", None, "", *last]
        ]
    name = _("tooling %(day)s") % {"day": clock.today().isoformat()}
    return workbook_response(table_workbook(_("Tooling register"), columns, rows), name)

"""Pages of instruction orders: the list of order lines, one order with its versions, and what is done with them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from planning_site.core import access, audit
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from planning_site.workbooks.writing import XLSX
from scheduling.exports.instruction import instructions_workbook
from scheduling.forms.instructions import InstructionForm
from scheduling.models import InstructionOrder, InstructionVersion
from scheduling.qr import page_code
from scheduling.selectors import instructions as selectors
from scheduling.services import instructions as services
from scheduling.views import params

ROWS_A_PAGE = 100
NAMED = 3  # lines that are named in a message when they were passed over
HISTORY_SHOWN = 20


@require_safe
def instruction_list(request: LoggedInRequest) -> HttpResponse:
    """Open order lines with their instruction orders; fifteen queries at the most."""
    words, state = request.GET.get("q", "").strip()[:80], request.GET.get("state", "")
    lines = selectors.instruction_lines(default_plant(), words=words, state=state, user=request.user)
    page = Paginator(lines, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": selectors.rows_of(list(page.object_list)),
        "states": selectors.Filter,
        "chosen": {"q": words, "state": state},
        "may_plan": access.may(request.user, "scheduling:instructions_make", "write"),
        "mine": state == selectors.Filter.MINE,
    }
    return render(request, "scheduling/instructions.html", context)


@require_safe
def instruction(request: LoggedInRequest, pk: int) -> HttpResponse:
    """One instruction order: the version that stands, an older one by `?version=`, or what would be issued now."""
    sheet = selectors.sheet_of(pk, version=params.whole(request.GET, "version"), user=request.user)
    if sheet is None:
        raise Http404
    return render(request, "scheduling/instruction.html", _context(request, sheet, InstructionForm.of(sheet.instruction)))


def _context(request: LoggedInRequest, sheet: selectors.Sheet, form: InstructionForm) -> dict[str, Any]:
    request.nav_page = "scheduling:instructions"
    return {
        "sheet": sheet,
        "form": form,
        "code": page_code(reverse("scheduling:instruction", args=[sheet.instruction.pk])),
        "may_plan": access.may(request.user, "scheduling:instruction_edit", "write"),
        "history": audit.history_of(sheet.instruction)[:HISTORY_SHOWN],
    }


@require_POST
def instruction_edit(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Write what planning adds: die number, packing, notes."""
    sheet = selectors.sheet_of(pk, user=request.user)
    if sheet is None:
        raise Http404
    form = InstructionForm(request.POST)
    if form.is_valid():
        try:
            services.add_to_instruction(
                instruction_id=pk, additions=form.additions(), revision=form.cleaned_data["revision"], by=request.user
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("scheduling:instruction", pk)
    return render(request, "scheduling/instruction.html", _context(request, sheet, form), status=400)


@require_POST
def instructions_make(request: LoggedInRequest) -> HttpResponse:
    """Make one line's instruction order and open it, or those of all lines that lack nothing."""
    single = params.whole(request.POST, "line")
    try:
        if single is not None:
            return redirect("scheduling:instruction", services.make_instruction(line_id=get_line(single), by=request.user).pk)
        outcome = services.make_for_ready_lines(line_ids=_chosen(request, "lines", selectors.Filter.NONE), by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        return _back(request)
    made = len(outcome.done)
    messages.success(request, ngettext("%(n)d instruction order made.", "%(n)d instruction orders made.", made) % {"n": made})
    _name_held(request, outcome.held)
    return _back(request)


def get_line(pk: int) -> int:
    """The key of an order line that exists; 404 for another one."""
    if not selectors.instruction_lines(default_plant()).filter(pk=pk).exists():
        raise Http404
    return pk


@require_POST
def instructions_issue(request: LoggedInRequest) -> HttpResponse:
    """Issue one instruction order, those that were chosen, or all that lack nothing."""
    why = request.POST.get("why", "").strip()[:300]
    single = params.whole(request.POST, "instruction")
    try:
        if single is not None:
            get_object_or_404(InstructionOrder, pk=single)
            version = services.issue_instruction(instruction_id=single, by=request.user, why=why)
            messages.success(request, _("%(version)s is issued; its receivers are asked to acknowledge it.") % {"version": version})
            return redirect("scheduling:instruction", single)
        lines = _chosen(request, "lines", "")
        orders = InstructionOrder.objects.filter(order_line__in=lines).values_list("pk", flat=True)
        outcome = services.issue_instructions(instruction_ids=list(orders), by=request.user, why=why)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("scheduling:instruction", single) if single is not None else _back(request)
    issued = len(outcome.done)
    messages.success(request, ngettext("%(n)d instruction order issued.", "%(n)d instruction orders issued.", issued) % {"n": issued})
    _name_held(request, outcome.held)
    return _back(request)


@require_POST
def instructions_acknowledge(request: LoggedInRequest) -> HttpResponse:
    """A receiver acknowledges one version, or several."""
    wanted = [int(value) for value in request.POST.getlist("versions") if value.isdecimal()]
    try:
        count = services.acknowledge(version_ids=wanted, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, ngettext("%(n)d version acknowledged.", "%(n)d versions acknowledged.", count) % {"n": count})
    return _back(request)


@require_safe
def instruction_export(request: LoggedInRequest, pk: int) -> HttpResponse:
    """An issued version as Excel with the columns of form 7; without `?version=` the newest one."""
    found = InstructionVersion.objects.filter(instruction=pk).select_related("instruction", "issued_by").order_by("-version")
    number = params.whole(request.GET, "version")
    version = (found.filter(version=number) if number is not None else found).first()
    if version is None:
        raise Http404
    filename, content = instructions_workbook([version])
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{filename}"'})


def _chosen(request: LoggedInRequest, name: str, state: str) -> list[int]:
    """The lines that were ticked; with `all` every line that the list's filter leaves."""
    if not request.POST.get("all"):
        return [int(value) for value in request.POST.getlist(name) if value.isdecimal()]
    query = QueryDict(request.POST.get("query", ""))
    lines = selectors.instruction_lines(default_plant(), words=query.get("q", ""), state=query.get("state", "") or state, user=request.user)
    return list(lines.values_list("pk", flat=True))


def _name_held(request: LoggedInRequest, held: list[services.Held]) -> None:
    """Say which lines were passed over and why, the first of them by name."""
    if not held:
        return
    named = "; ".join(f"{row.line.order.number} {row.line.style.code}: {pgettext('list', ', ').join(row.reasons)}" for row in held[:NAMED])
    said = ngettext("%(n)d line is not ready: %(named)s", "%(n)d lines are not ready: %(named)s", len(held))
    messages.warning(request, said % {"n": len(held), "named": named + (" …" if len(held) > NAMED else "")})


def _back(request: LoggedInRequest) -> HttpResponse:
    """To the page that the form stood on."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe and target else "scheduling:instructions")

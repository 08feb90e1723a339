"""A style's page, its plan and its items."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orders.models import Order, OrderLine, Style
from planning_site.core import access, audit
from planning_site.core.requests import LoggedInRequest
from quality import services, wording
from quality.forms.fields import uploads
from quality.forms.plans import DelayForm, DeliverForm, PlanForm, ReviewForm, VersionReviewForm
from quality.models import Delay, ItemVersion, PlanItem, PreparationPlan, StoredFile
from quality.selectors import history_of
from quality.selectors.outlook import release_from
from quality.selectors.trials import trials_of
from quality.views.shared import act, attempt, bounded_uploads, new_style

HISTORY = 40


@require_GET
def style(request: LoggedInRequest, pk: int) -> HttpResponse:
    """A new style: where it stands, plan, versions and files, trials, reports, delays, history."""
    planned = ("preparation__tracker", "preparation__reviewed_by", "preparation__plant")
    found = get_object_or_404(Style.objects.select_related(*planned), pk=pk, is_new=True)
    reports, trials = list(history_of(found)), trials_of([found])
    outlook = release_from(found, reports, trials)
    plan = outlook.plan
    versions = _versions(plan) if plan else {}
    context = {
        "style": found,
        "outlook": outlook,
        "answer": wording.answer(outlook),
        "because": wording.because(outlook),
        "rows": [(cell, versions.get(cell.item.pk, [])) for cell in outlook.cells],
        "lines": _lines(found),
        "trials": trials,
        "reports": reports,
        "delays": list(Delay.objects.filter(item__plan=plan).select_related("item__step", "by")) if plan else [],
        "may": {
            name: access.may(request.user, f"quality:{name}", "write")
            for name in ("plan_make", "plan_edit", "plan_review", "version_review", "item_deliver", "trial_make", "sign")
        },
        "own": request.user,
    }
    return render(request, "quality/style.html", context)


@require_GET
def history(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Who changed what of a style and its plan, newest first: a part of its page, read when it is wanted."""
    found = new_style(pk)
    plan = PreparationPlan.objects.filter(style=found).first()
    changes = audit.history_of(*([plan, found, *found.trials.all()] if plan else [found]))[:HISTORY]
    return render(request, "quality/_history.html", {"history": list(changes)})


def _versions(plan: PreparationPlan) -> dict[int, list[ItemVersion]]:
    """The versions of a plan's items, newest first, without their files' contents."""
    files = Prefetch("files", queryset=StoredFile.objects.defer("content"))
    found = ItemVersion.objects.filter(item__plan=plan).select_related("delivered_by", "reviewed_by").prefetch_related(files)
    by_item: dict[int, list[ItemVersion]] = {}
    for version in found.order_by("item", "-number"):
        by_item.setdefault(version.item_id, []).append(version)
    return by_item


def _lines(found: Style) -> list[OrderLine]:
    lines = OrderLine.objects.filter(style=found, order__state=Order.State.OPEN).select_related("order__customer", "colour")
    return list(lines.order_by("due_on", "pk"))


@require_POST
def plan_make(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Make the plan of a style."""
    found = new_style(pk)
    back = reverse("quality:style", args=[pk])
    return act(request, lambda: services.make_plan(style=found, by=request.user), done=_("Planned. Technical has it to sign."), back=back)


@require_http_methods(["GET", "POST"])
def plan_edit(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Change days, owners and the tracker of a plan."""
    plan = get_object_or_404(PreparationPlan.objects.select_related("style", "tracker", "plant"), style=pk)
    form = PlanForm(request.POST if request.method == "POST" else None, plan=plan)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        saved = attempt(
            form,
            lambda: services.change_plan(
                plan=plan, version=data["version"], items=form.changes(), tracker=data["tracker"], why=data["why"], by=request.user
            ),
            {"no_reason": "why"},
        )
        if saved:
            messages.success(request, _("Kept. Technical has it to sign again."))
            return redirect("quality:style", plan.style_id)
    return render(request, "quality/plan_edit.html", {"plan": plan, "style": plan.style, "form": form})


@require_POST
def plan_review(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Technical signs a plan, or sends it back."""
    plan = get_object_or_404(PreparationPlan.objects.select_related("style"), style=pk)
    form = ReviewForm(request.POST)
    back = reverse("quality:style", args=[pk])
    if not form.is_valid():
        messages.error(request, _("Nothing was signed: reload the page."))
        return redirect(back)
    data = form.cleaned_data
    done = _("Signed.") if data["agreed"] else _("Sent back. Planning was told.")
    return act(request, lambda: services.review_plan(plan=plan, by=request.user, **data), done=done, back=back)


def _item(pk: int) -> PlanItem:
    found: PlanItem = get_object_or_404(PlanItem.objects.select_related("plan__style", "step", "owner"), pk=pk)
    return found


@bounded_uploads
@require_http_methods(["GET", "POST"])
def item_deliver(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Deliver the next version of an item."""
    item = _item(pk)
    form = DeliverForm(request.POST, request.FILES) if request.method == "POST" else DeliverForm()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        version = attempt(
            form,
            lambda: services.deliver(item=item, note=data["note"], files=uploads(data["attached"]), by=request.user),
            {"content": "attached", "too_large": "attached", "empty": "attached"},
        )
        if version:
            words = {"item": item.step, "n": version.number}
            messages.success(request, _("%(item)s v%(n)d delivered") % words)
            return redirect("quality:style", item.plan.style_id)
    context = {"item": item, "style": item.plan.style, "form": form, "may": services.may_deliver(item, request.user)}
    return render(request, "quality/deliver.html", context)


@require_http_methods(["GET", "POST"])
def item_delay(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Report that an item does not come on its day (C3)."""
    item = _item(pk)
    form = DelayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        delay = attempt(
            form,
            lambda: services.report_delay(item=item, by=request.user, **form.cleaned_data),
            {"past": "new_day", "closed_day": "new_day", "same": "new_day", "no_reason": "reason"},
        )
        if delay:
            messages.success(request, _("Reported. Sales and planning were told."))
            return redirect("quality:style", item.plan.style_id)
    context = {"item": item, "style": item.plan.style, "form": form, "may": services.may_deliver(item, request.user)}
    return render(request, "quality/delay.html", context)


@require_POST
def version_review(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Technical signs a version, or sends it back."""
    version = get_object_or_404(ItemVersion.objects.select_related("item__plan", "item__step"), pk=pk)
    form = VersionReviewForm(request.POST)
    back = reverse("quality:style", args=[version.item.plan.style_id])
    if not form.is_valid():
        messages.error(request, _("Nothing was signed: reload the page."))
        return redirect(back)
    data = form.cleaned_data
    done = _("Signed.") if data["signed"] else _("Sent back. Who delivered it was told.")
    return act(request, lambda: services.review_version(version=version, by=request.user, **data), done=done, back=back)


@require_GET
def file(request: LoggedInRequest, pk: int) -> HttpResponse:
    """A file as a download. Its type was read from its content; nothing in it may run in the site's name."""
    found = get_object_or_404(StoredFile, pk=pk)
    header = content_disposition_header(as_attachment=True, filename=found.filename)
    headers = {
        "Content-Disposition": str(header),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=86400, immutable",
    }
    return HttpResponse(bytes(found.content), content_type=found.content_type, headers=headers)

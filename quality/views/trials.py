"""Trials: the list, planning one, the sheet in the workshop, QC's signature."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from planning_site.core import access, clock
from planning_site.core.calendar import calendar_of
from planning_site.core.requests import LoggedInRequest
from quality import services
from quality.forms.fields import upload
from quality.forms.trials import CloseForm, ProblemForm, SignForm, StageForm, TrialForm
from quality.models import PreparationPlan, Step, Trial, TrialProblem, TrialStage
from quality.schedule import forward
from quality.selectors import history_of, release_of
from quality.selectors.steps import read_steps
from quality.selectors.trials import trial_page, trials
from quality.views.shared import PER_PAGE, act, attempt, bounded_uploads, new_style

SHEET = "quality/trial.html"


@require_GET
def trial_list(request: LoggedInRequest) -> HttpResponse:
    """Trials, open ones first, filtered by the query string: state, q, page."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("state", "q")}
    page = Paginator(trials(state=chosen["state"], words=chosen["q"]), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "chosen": chosen, "states": Trial.State.choices, "today": clock.today()}
    return render(request, "quality/trials.html", context)


@require_http_methods(["GET", "POST"])
def trial_make(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Plan the next trial of a style."""
    style = new_style(pk)
    plan = get_object_or_404(PreparationPlan.objects.select_related("plant"), style=style)
    form = TrialForm(request.POST if request.method == "POST" else None, style=style, days=_proposed_days(plan))
    if request.method == "POST" and form.is_valid():
        trial = attempt(form, lambda: services.plan_trial(style=style, by=request.user, **form.values()))
        if trial:
            messages.success(request, _("Trial %(n)d is planned. The workshops were told.") % {"n": trial.number})
            return redirect("quality:trial", trial.pk)
    return render(request, "quality/trial_make.html", {"style": style, "plan": plan, "form": form})


def _proposed_days(plan: PreparationPlan) -> dict[Step, dt.date]:
    """The plan's days, unless they have passed or what the trial waits for comes later: then as early as can be."""
    outlook = release_of(plan.style)
    cells = [cell for cell in outlook.cells if cell.step.group == Step.Group.TRIAL and cell.item.is_needed]
    calendar = calendar_of(plan.plant)
    today = clock.today()
    ready = max([today, *(cell.expected_on for cell in outlook.missing if cell.expected_on)])
    first = calendar.next_working(ready) if outlook.missing else today
    if cells and outlook.trial is None and min(cell.planned_on for cell in cells) >= first:
        return {cell.step: cell.planned_on for cell in cells}
    codes = {cell.step.code for cell in cells}
    days = forward(read_steps().tasks_for(codes), calendar, first=first)
    return {cell.step: days[cell.step.code] for cell in cells}


def _trial(pk: int) -> Trial:
    found: Trial = get_object_or_404(trial_page(), pk=pk)
    return found


@require_GET
def trial(request: LoggedInRequest, pk: int) -> HttpResponse:
    """The sheet of a trial."""
    return _sheet(request, _trial(pk))


def _sheet(
    request: LoggedInRequest,
    found: Trial,
    *,
    stage: TrialStage | None = None,
    form: StageForm | None = None,
    problem: ProblemForm | None = None,
) -> HttpResponse:
    """The sheet, with a form that came back."""
    open_stages = [row for row in found.stages.all() if row.done_on is None]
    asked = request.GET.get("stage", "")
    chosen = stage or next((row for row in found.stages.all() if str(row.pk) == asked), open_stages[0] if open_stages else None)
    measured = [row.minutes_per_pair for row in found.stages.all()]
    sheet = [row.sheet_minutes for row in found.stages.all()]
    open_for_work = found.state in (Trial.State.PLANNED, Trial.State.RUNNING)
    context = {
        "trial": found,
        "style": found.style,
        "stages": list(found.stages.all()),
        "chosen": chosen if open_for_work else None,
        "form": form or StageForm(initial=_initial(found, chosen)),
        "problem_form": problem or ProblemForm(initial={"due_on": clock.today() + dt.timedelta(days=2)}),
        "problem_open": problem is not None,
        "measured_total": sum(minutes for minutes in measured if minutes) if None not in measured else None,
        "sheet_total": sum(minutes for minutes in sheet if minutes) if None not in sheet else None,
        "all_done": not open_stages,
        "open_for_work": open_for_work,
        "open_problems": sum(row.closed_at is None for row in found.problems.all()),
        "missing": release_of(found.style).missing if open_for_work else [],
        "reports": list(found.reports.select_related("signed_by")),
        "today": clock.today(),
        "may": {
            name: access.may(request.user, f"quality:{name}", "write")
            for name in ("trial_stage", "trial_problem", "problem_close", "trial_hand_over", "sign", "trial_make")
        }
        | {"trial_rates": access.may(request.user, "scheduling:trial_rates", "write")},
    }
    return render(request, SHEET, context)


def _initial(found: Trial, stage: TrialStage | None) -> dict[str, object]:
    if stage is None:
        return {}
    return {"pairs": stage.pairs or found.pairs, "people": stage.people, "clock_minutes": stage.clock_minutes, "note": stage.note}


@require_POST
def trial_stage(request: LoggedInRequest, pk: int) -> HttpResponse:
    """A department reports its share; `pk` is the stage's."""
    stage = get_object_or_404(TrialStage.objects.select_related("step", "trial__style"), pk=pk)
    form = StageForm(request.POST)
    if form.is_valid():
        saved = attempt(
            form,
            lambda: services.report_stage(stage=stage, measured=form.measured(), note=form.cleaned_data["note"], by=request.user),
            {"pairs": "pairs", "minutes": "clock_minutes"},
        )
        if saved:
            words = {"stage": stage.step, "minutes": saved.minutes_per_pair}
            messages.success(request, _("%(stage)s: %(minutes)s minutes a pair.") % words)
            return redirect("quality:trial", stage.trial_id)
    return _sheet(request, _trial(stage.trial_id), stage=stage, form=form)


@bounded_uploads
@require_POST
def trial_problem(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Write down a problem of a trial."""
    found = _trial(pk)
    form = ProblemForm(request.POST, request.FILES)
    if form.is_valid():
        data = {**form.cleaned_data, "photo": upload(form.cleaned_data["photo"])}
        fields = {"past": "due_on", "content": "photo", "too_large": "photo", "empty": "photo"}
        if attempt(form, lambda: services.add_problem(trial=found, by=request.user, **data), fields):
            messages.success(request, _("Written down. %(person)s was told.") % {"person": data["owner"]})
            return redirect("quality:trial", pk)
    return _sheet(request, found, problem=form)


@require_POST
def problem_close(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Close a problem with what was done; `pk` is the problem's."""
    problem = get_object_or_404(TrialProblem, pk=pk)
    form = CloseForm(request.POST)
    remedy = form.cleaned_data["remedy"] if form.is_valid() else ""
    back = reverse("quality:trial", args=[problem.trial_id])
    return act(request, lambda: services.close_problem(problem=problem, remedy=remedy, by=request.user), done=_("Closed."), back=back)


@require_POST
def trial_hand_over(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Lasting hands the pairs to QC."""
    found = get_object_or_404(Trial.objects.select_related("style"), pk=pk)
    back = reverse("quality:trial", args=[pk])
    return act(request, lambda: services.hand_over(trial=found, by=request.user), done=_("Handed over. QC was told."), back=back)


@require_http_methods(["GET", "POST"])
def sign(request: LoggedInRequest, pk: int) -> HttpResponse:
    """The form to sign one style: a panel beside the list, or a page of its own without scripts."""
    style = new_style(pk)
    form = SignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        release = attempt(form, lambda: services.sign_release(style=style, by=request.user, **form.cleaned_data), {"note": "note"})
        if release:
            messages.success(request, _("%(style)s: %(result)s.") % {"style": style, "result": release.get_result_display()})
            there = reverse("quality:style", args=[pk])
            return HttpResponseClientRedirect(there) if request.htmx else redirect(there)
    outlook = release_of(style)
    problems = outlook.trial.problems.filter(closed_at=None).select_related("owner") if outlook.trial else []
    context = {"style": style, "form": form, "history": history_of(style), "outlook": outlook, "problems": list(problems)}
    return render(request, "quality/_sign.html" if request.htmx else "quality/sign.html", context)

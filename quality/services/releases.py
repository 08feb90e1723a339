"""QC signs the ready-for-production report (C5): no signature, no mass production."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.models import Style
from planning_site.core import audit, clock
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.transitions import transition
from quality.models import PlanItem, PreparationPlan, Step, StyleRelease, Trial
from quality.notices import Notice, tell
from quality.people import people_of, require
from quality.selectors.outlook import release_of
from quality.selectors.releases import latest_releases, release_states
from quality.services.announcing import note_release

Result = StyleRelease.Result
NEED_A_NOTE = frozenset({Result.REDO, Result.PASSED_WITH_ACTIONS})
TOLD = (Department.PRODUCTION, Department.PLANNING, Department.TECHNICAL)
JUDGED = {Result.REDO: Trial.State.FAILED, Result.PASSED: Trial.State.PASSED, Result.PASSED_WITH_ACTIONS: Trial.State.PASSED}
NAMED = 12  # styles named in one sentence


def sign_release(*, style: Style, result: str, note: str, by: User) -> StyleRelease:
    """Sign the ready-for-production report on a new style's newest trial and return the signature; the newest one counts (C5).

    Planning, production and technical are told in the same transaction. Raises DomainError if the signer is not of QC (`not_qc`), the
    style is not new (`not_new`), a result that asks for work says nothing about it (`note`), the same was signed already (`same`), no
    trial was handed over (`no_trial`), items of the plan have no proof (`items`) or problems are open (`problems`; pass with actions
    names them instead).
    """
    require(by, [Department.QC], _("Only QC signs a style for mass production."), "not_qc")
    note = " ".join(note.split())
    if result in NEED_A_NOTE and not note:
        raise DomainError(_("Write down what has to be done."), "note")
    with transaction.atomic():
        # Two people who sign the same style at once: one after the other, so that the second sees the first.
        style = Style.objects.select_for_update().get(pk=style.pk)
        if not style.is_new:
            raise DomainError(_("%(style)s was made before and needs no signature.") % {"style": style}, "not_new")
        before = latest_releases([style.pk]).get(style.pk)
        if before and (before.result, before.note) == (result, note):
            raise DomainError(_("%(person)s has signed just this.") % {"person": before.signed_by}, "same")
        trial = _judge(style, Result(result))
        release = StyleRelease(style=style, trial=trial, result=result, note=note, signed_by=by)
        release.full_clean()
        release.save()
        audit.record(style, "sign release", by=by, values={"release": (before.result if before else None, result)}, why=note[:300])
        _settle(style, release, by)
        tell(key=f"release:{release.pk}", receivers=people_of(TOLD), build=lambda: _notice(release), rule_code="C5")
    return release


def _judge(style: Style, result: Result) -> Trial:
    """The trial that the report is about, in its new state."""
    trial = Trial.objects.select_for_update().filter(style=style).order_by("-number").first()
    if trial is None or trial.state in (Trial.State.PLANNED, Trial.State.RUNNING):
        raise DomainError(_("QC signs when lasting has handed over the pairs of a trial."), "no_trial")
    if result != Result.REDO:
        missing = [str(cell.step) for cell in release_of(style).missing]
        if missing:
            raise DomainError(_("Not released: no proof of %(items)s.") % {"items": ", ".join(missing)}, "items")
    opened = trial.problems.filter(closed_at=None).count()
    if result == Result.PASSED and opened:
        message = _("Not released: %(n)d problems are open. Close them, or pass with actions and write down the conditions.")
        raise DomainError(message % {"n": opened}, "problems")
    if trial.state != JUDGED[result]:
        transition(trial, JUDGED[result])
        trial.save(update_fields=["state"])
    return trial


def _settle(style: Style, release: StyleRelease, by: User) -> None:
    """The report's step is done on the day of a signature that opens production; a redo opens it again and moves the release."""
    plan = PreparationPlan.objects.select_for_update().select_related("style", "plant").filter(style=style).first()
    if plan is None:
        return
    opens = release.result != Result.REDO
    PlanItem.objects.filter(plan=plan, step__group=Step.Group.REPORT).update(done_on=clock.today() if opens else None)
    note_release(plan, by=by, why=release.note, today=clock.today(), key="" if opens else f"redo:{release.pk}")


def require_released(style_ids: Collection[int]) -> None:
    """Raise DomainError (`not_released`), naming them, if mass production of one of the styles is not open (C5).

    For whoever releases work to the workshops. Old styles are open; `params["styles"]` has the ids of those that are not.
    """
    states = release_states(set(style_ids))
    closed = sorted(pk for pk, state in states.items() if not state.is_released)
    if not closed:
        return
    named = list(Style.objects.filter(pk__in=closed).order_by("code"))
    words = ", ".join(f"{style} ({states[style.pk].label})" for style in named[:NAMED])
    if len(named) > NAMED:
        words += " …"
    raise DomainError(_("Not released for mass production (C5): %(styles)s.") % {"styles": words}, "not_released", styles=closed)


def _notice(release: StyleRelease) -> Notice:
    shape = {Result.PASSED: "ok", Result.PASSED_WITH_ACTIONS: "risk", Result.REDO: "late"}[Result(release.result)]
    opened = _("Mass production is open.") if shape != "late" else _("Mass production stays closed.")
    return Notice(
        title=_("%(style)s: QC's report: %(result)s") % {"style": release.style, "result": release.get_result_display()},
        lead=f"{opened} {release.note}".strip(),
        facts=((_("signed by"), str(release.signed_by)),),
        url=reverse("quality:style", args=[release.style_id]),
        link=_("Open the style"),
        shape=shape,
    )

"""Rows about new styles: what is said to come late (C3), what is late (C1), what waits for a signature (C1, C2, C5), problems (C4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from planning_site.core.calendar import WorkingCalendar
from planning_site.core.departments import Department
from planning_site.core.templatetags import figures
from quality.models import PreparationPlan, Step, TrialProblem
from quality.selectors import Duty, OpenStyle, Said, Unsigned
from scheduling.digest.sections import Reader
from scheduling.digest.styles import day_or_none, orders_of, owner_of, waits_for
from scheduling.inbox.facts import InboxFacts
from scheduling.inbox.rows import Key, Row, Shape

SUPERIORS = frozenset({Department.PLANNING, Department.GM})  # they hear of what is late, whoever owes it (C1)
SPARE = 3  # working days to spare below which a release is at risk


def delays(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """“Cannot, because” (C3): sales and planning see it as soon as it is said. A salesperson alone: where an own customer waits."""
    for style in facts.styles:
        for duty in style.duties:
            if duty.said is not None and reader.knows(style.style.sellers):
                yield _delay(style, duty, duty.said)


def items(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """What the reader or the reader's department owes in the next days; planning and the general manager see all that is overdue (C1)."""
    watches = not SUPERIORS.isdisjoint(facts.departments)
    for style in facts.styles:
        for duty in style.actionable:
            if duty.step.group == Step.Group.REPORT:
                continue  # stands under `reports`
            owes = duty.owner_id == facts.user.pk or duty.step.department in facts.departments
            near = duty.due_on is None or duty.due_on <= facts.until
            if (owes and near) or (watches and duty.is_overdue(facts.day)):
                yield _item(style, duty, facts, owes=owes)


def plans_to_sign(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """Pre-production plans that technical reviews and signs (C1)."""
    for style in facts.styles:
        plan = style.plan
        if plan is not None and plan.state == PreparationPlan.State.PROPOSED:
            what = _("%(style)s: pre-production plan") % {"style": style.style}
            why = _("release needed by %(day)s") % {"day": figures.day(plan.required_on)}
            yield _now(style, _("to sign"), what, why=why, action=_("Sign"))


def versions_to_sign(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """Versions that count when technical has signed them (C2)."""
    for style in facts.styles:
        for duty in style.items:
            if duty.unsigned is not None and duty.unsigned.by_id != facts.user.pk:
                yield _version(style, duty, duty.unsigned)


def planners_part(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """Styles without a plan, plans that technical sent back, and trials that nobody planned (C1, C4)."""
    for style in facts.styles:
        plan, again, words = style.plan, style.style.trial_number, {"style": style.style}
        if plan is None:
            why = _("nobody can name the day of its release")
            yield _now(style, _("missing"), _("%(style)s: pre-production plan") % words, shape="late", why=why, action=_("Open"))
        elif plan.state == PreparationPlan.State.RETURNED:
            what = _("%(style)s: pre-production plan") % words
            yield _now(
                style, _("sent back"), what, shape="late", why=f"{plan.review_note} {plan.reviewed_by or ''}".strip(), action=_("Open")
            )
        elif style.waits_for_trial:
            what = (_("%(style)s: next trial") if again else _("%(style)s: trial")) % words
            why = style.style.report_note if again else _("everything is there that it needs")
            yield _now(style, _("not planned"), what, shape="late" if again else "risk", why=why, action=_("Open"))


def reports(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """Trials whose pairs QC has: no signature, no mass production (C5)."""
    for style in facts.styles:
        if style.is_with_qc:
            what = _("%(style)s: report on trial %(n)d") % {"style": style.style, "n": style.style.trial_number}
            why = _("with QC since %(when)s") % {"when": figures.moment(style.style.handed_over_at)}
            url = reverse("quality:sign", args=[style.style.pk])
            yield _now(style, _("to sign"), what, shape="risk", why=why, action=_("Sign"), url=url)


def problems(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """Problems of trials (C4): technical sees all, others their own."""
    return (_problem(problem, facts.day) for problem in facts.problems)


def unreleased_styles(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """Every new style that is not released: when it is to be expected, and what it waits for."""
    return (_unreleased(style, facts) for style in facts.styles)


def _now(style: OpenStyle, when: str, what: str, *, why: str, action: str, shape: Shape = "wait", url: str = "") -> Row:
    return Row(
        group="now",
        shape=shape,
        when=when,
        below=_due(style),
        day=style.style.first_due,
        kind=_("Style"),
        what=what,
        whom=orders_of(style),
        why=why,
        url=url or reverse("quality:style", args=[style.style.pk]),
        action=action,
    )


def _delay(style: OpenStyle, duty: Duty, said: Said) -> Row:
    words = {"style": style.style, "item": duty.step, "before": figures.day(duty.planned_on), "after": day_or_none(said.day_after)}
    release = _("release %(before)s → %(after)s") % {"before": day_or_none(said.release_before), "after": day_or_none(said.release_after)}
    customers = style.style.customers
    named = pgettext("list", ", ").join(customers[:2])
    if len(customers) > 2:
        named = _("%(names)s and %(n)d more") % {"names": named, "n": len(customers) - 2}
    return Row(
        group="now",
        shape="late",
        when=_("cannot in time"),
        below=figures.moment(said.at),
        day=figures.factory_day(said.at),
        kind=_("Style"),
        what=_("%(style)s %(item)s: %(before)s → %(after)s") % words,
        whom=" · ".join([named, orders_of(style), release]),
        why=f"{said.reason} ({said.by})" if said.by else said.reason,
        url=reverse("quality:style", args=[style.style.pk]),
        action=_("Open"),
    )


def _item(style: OpenStyle, duty: Duty, facts: InboxFacts, *, owes: bool) -> Row:
    """A step that is due. Who owes it is sent to where it is done, who watches to the style."""
    today, due = facts.day, duty.due_on
    overdue = duty.is_overdue(today)
    group: Key = "overdue" if overdue or due is None else "today" if due <= today else "soon"
    action, url = _way(style, duty) if owes else (_("Open"), reverse("quality:style", args=[style.style.pk]))
    late = duty.days_late(today, facts.calendar)
    when = _("today") if group == "today" else day_or_none(due)
    if overdue:
        when = ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late}
    return Row(
        group=group,
        shape="late" if group == "overdue" else "risk" if group == "today" else "wait",
        when=when,
        below=_("planned %(day)s") % {"day": figures.day(duty.planned_on)},
        day=duty.planned_on,
        kind=_("Style"),
        what=_named(style, duty),
        whom=" · ".join([owner_of(duty), orders_of(style), _due(style)]),
        why=_spare(style, facts.calendar),
        url=url,
        action=action,
    )


def _named(style: OpenStyle, duty: Duty) -> str:
    if duty.step.group == Step.Group.TRIAL:
        return _("%(style)s trial: %(stage)s") % {"style": style.style, "stage": duty.step}
    return f"{style.style} {duty.step}"


def _way(style: OpenStyle, duty: Duty) -> tuple[str, str]:
    if duty.step.group == Step.Group.TRIAL:
        return _("Report"), reverse("quality:trial", args=[style.style.trial_id])
    return pgettext("item", "Deliver"), reverse("quality:item_deliver", args=[duty.item_id])


def _version(style: OpenStyle, duty: Duty, version: Unsigned) -> Row:
    return Row(
        group="now",
        shape="wait",
        when=_("to sign"),
        below=figures.moment(version.at),
        day=figures.factory_day(version.at),
        kind=_("Style"),
        what=f"{style.style} {duty.step} v{version.number}",
        whom=version.by,
        why=version.note,
        url=reverse("quality:style", args=[style.style.pk]),
        action=_("Sign"),
    )


def _problem(problem: TrialProblem, today: dt.date) -> Row:
    late = (today - problem.due_on).days
    group: Key = "overdue" if late > 0 else "today" if late == 0 else "soon"
    overdue = ngettext("%(n)d day overdue", "%(n)d days overdue", late) % {"n": late}
    return Row(
        group=group,
        shape="late" if late > 0 else "risk" if late == 0 else "wait",
        when=overdue if late > 0 else _("today") if late == 0 else figures.day(problem.due_on),
        day=problem.due_on,
        kind=_("Problem"),
        what=f"{problem.trial.style} {problem.place}",
        whom=" · ".join([str(problem.owner), str(problem.get_kind_display()), _("trial %(n)d") % {"n": problem.trial.number}]),
        why=problem.text,
        url=reverse("quality:trial", args=[problem.trial_id]),
        action=_("Open"),
    )


def _unreleased(style: OpenStyle, facts: InboxFacts) -> Row:
    due, slack, today = style.style.first_due, style.slack(facts.calendar), facts.day
    soon = due <= facts.until
    group: Key = "release" if not soon else "overdue" if due < today else "today" if due == today else "soon"
    shape: Shape = "late" if soon or slack is None or slack < 0 else "risk" if slack < SPARE else "wait"
    expected = _("expected %(day)s") % {"day": figures.day(style.expected_on)} if style.expected_on else _("no day")
    return Row(
        group=group,
        shape=shape,
        when=expected,
        below=_due(style),
        day=due,
        kind=_("Style"),
        what=_("New style %(style)s: %(state)s") % {"style": style.style, "state": style.state.label},
        whom=" · ".join([orders_of(style), _spare(style, facts.calendar)]),
        why=waits_for(style, today),
        url=reverse("quality:style", args=[style.style.pk]),
        action=_("Open"),
    )


def _spare(style: OpenStyle, calendar: WorkingCalendar) -> str:
    """`release 3 working days to spare`."""
    slack = style.slack(calendar)
    if slack is None:
        return _("not planned") if style.plan is None else _("no day of release")
    if slack < 0:
        return ngettext("release %(n)d working day too late", "release %(n)d working days too late", -slack) % {"n": -slack}
    return ngettext("release %(n)d working day to spare", "release %(n)d working days to spare", slack) % {"n": slack}


def _due(style: OpenStyle) -> str:
    return _("due %(day)s") % {"day": figures.day(style.style.first_due)}

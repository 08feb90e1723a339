"""B3b: planning asks sales for a later due day, order by order; sales answers; what stays without an answer is escalated."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from orders.services import change_due_day
from planning_site.core import audit, clock
from planning_site.core.calendar import calendar_of
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.transitions import transition
from scheduling.models import Plan, PlanJob, PostponeRequest
from scheduling.notices import postpone as notices
from scheduling.selectors.floor import floor_of
from scheduling.selectors.reasons import reason_text

State = PostponeRequest.State
WAITING = (State.OPEN, State.COUNTERED)
ANSWER_DAYS = 2  # working days that sales has
ANSWER_TIME = dt.time(17)


@transaction.atomic
def ask_to_postpone(*, plan: Plan, order_lines: Collection[int], by: User | None, now: dt.datetime | None = None) -> list[PostponeRequest]:
    """One request per line that the plan ends late, with its reason and the day it ends; sales gets one mail about all of them.

    A line with a request that waits already is passed over. Raises DomainError where no line is left to ask for.
    """
    now = now or clock.now()
    waiting = PostponeRequest.objects.filter(order_line__in=order_lines, state__in=WAITING).values_list("order_line_id", flat=True)
    related = ("order_line__order__customer", "order_line__style", "order_line__colour")
    late = plan.jobs.filter(order_line__in=set(order_lines) - set(waiting), outcome=PlanJob.Outcome.LATE).select_related(*related)
    jobs = list(late.order_by("due_on", "id"))
    if not jobs:
        raise DomainError(_("None of these ends late in the plan without a request that waits already."), "nothing")
    floor, calendar = floor_of(plan.plant), calendar_of(plan.plant)
    answer_by = clock.at(calendar.add(now.astimezone(clock.factory_zone()).date(), ANSWER_DAYS), ANSWER_TIME)
    requests = []
    for job in jobs:
        if job.finish_on is None:  # a late job has one: plan_job_planned_has_a_finish
            continue
        request = PostponeRequest(
            plant=plan.plant,
            order_line=job.order_line,
            plan=plan,
            due_on=job.due_on,
            earliest_on=job.finish_on,
            reason=reason_text(job, floor)[:300] or _("the plan ends after the due day"),
            answer_by=answer_by,
            asked_by=by,
        )
        request.full_clean()
        request.save(force_insert=True)
        requests.append(request)
    audit.record_many([audit.Entry(r, "ask", {"due_on": (str(r.due_on), str(r.earliest_on))}, r.reason) for r in requests], by=by)
    notices.tell_sales(requests)
    return requests


@transaction.atomic
def answer_request(*, request_id: int, verdict: str, by: User | None, day: dt.date | None = None, note: str = "") -> PostponeRequest:
    """Sales accepts the day, counters with another one (later than the due day), or refuses with a reason.

    An accepted day becomes the line's due day. Raises DomainError for an answered request and for an answer that is not whole.
    """
    request = _locked(request_id)
    note = note.strip()
    if verdict == State.COUNTERED and (day is None or day <= request.due_on):
        raise DomainError(_("Counter with a day after %(due)s.") % {"due": request.due_on}, "day")
    if verdict == State.REFUSED and not note:
        raise DomainError(_("Say why it cannot be later: planning has to find another way."), "note")
    if verdict not in (State.ACCEPTED, State.COUNTERED, State.REFUSED) or request.state != State.OPEN:
        raise DomainError(_("This request is answered already: %(state)s.") % {"state": request.get_state_display()}, "answered")
    request.answer_on = request.earliest_on if verdict == State.ACCEPTED else day if verdict == State.COUNTERED else None
    request.answer_note, request.answered_by, request.answered_at = note, by, clock.now()
    return _settle(request, verdict, by, note)


@transaction.atomic
def close_request(*, request_id: int, verdict: str, by: User | None) -> PostponeRequest:
    """Planning takes the day that sales countered with, or withdraws the request. Raises DomainError for any other move."""
    request = _locked(request_id)
    if verdict not in (State.ACCEPTED, State.WITHDRAWN) or (verdict == State.ACCEPTED and request.state != State.COUNTERED):
        raise DomainError(_("There is no countered day to take."), "not_countered")
    return _settle(request, verdict, by, request.answer_note)


@transaction.atomic
def escalate_unanswered(*, now: dt.datetime | None = None) -> list[PostponeRequest]:
    """Tell the general manager of requests whose time is up, each once, however often this runs."""
    now = now or clock.now()
    related = ("order_line__order__customer", "order_line__style", "order_line__colour")
    overdue = PostponeRequest.objects.select_for_update(of=("self",), skip_locked=True).select_related(*related)
    requests = list(overdue.filter(state=State.OPEN, answer_by__lt=now, escalated_at=None).order_by("pk"))
    for request in requests:
        request.escalated_at = now
        request.save(update_fields=["escalated_at"])
    if requests:
        audit.record_many([audit.Entry(r, "escalate", {"escalated_at": (None, now.isoformat())}) for r in requests], by=None)
        notices.tell_gm(requests)
    return requests


def _settle(request: PostponeRequest, verdict: str, by: User | None, note: str) -> PostponeRequest:
    before = transition(request, verdict)
    request.save(update_fields=["state", "answer_on", "answer_note", "answered_by", "answered_at"])
    if verdict == State.ACCEPTED and request.answer_on is not None:
        why = _("Postponed by agreement with planning (B3b): %(reason)s") % {"reason": request.reason}
        change_due_day(line_id=request.order_line_id, due_on=request.answer_on, by=by, why=why[:300])
    audit.record(request, verdict, by=by, values={"state": (before, verdict), "day": (None, str(request.answer_on or ""))}, why=note)
    return request


def _locked(pk: int) -> PostponeRequest:
    return PostponeRequest.objects.select_for_update(of=("self",)).select_related("order_line__order").get(pk=pk)

"""From draft to published: one transaction, one winner, and whoever comes second is told what happened."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core import audit, clock
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.transitions import transition
from scheduling import notices, standing
from scheduling.models import Plan
from scheduling.services.drafts import lock_plant
from scheduling.services.gatekeeping import UNDECIDED, Decision, pass_gates
from scheduling.services.needed_days import push_needed_days
from scheduling.services.sharing import check_shared_teams

State = Plan.State


@transaction.atomic
def publish_plan(*, plan_id: int, by: User | None, why: str = "", decision: Decision = UNDECIDED) -> Plan:
    """Publish a draft: the version before is superseded, as are older drafts, and the departments' mails are written.

    All in one transaction, under the plant's lock: of two people at once, one wins. Raises DomainError, with who did what and when,
    if the draft is none any more, is not the newest, if another version was published after it was made, if its coarser plan is not
    in force any more, if its last day has passed, if it holds jobs that may not run and about which nothing was decided (see
    `scheduling.services.gatekeeping`), or if another plant has taken its minutes of a shared team. A published month or week plan tells
    purchasing when its stages begin.
    """
    plan = _locked(plan_id)
    _check_draft(plan)
    standing_before = standing.published_plan(plan.plant, plan.horizon, plan.period)
    _check_newest(plan, standing_before)
    _check_coarser(plan)
    if plan.last_day < clock.today():
        raise DomainError(_("%(plan)s is for days that have passed. Make a new one.") % {"plan": plan}, "over")
    pass_gates(plan, by=by, decision=decision)
    check_shared_teams(plan)
    entries = []
    for older in _older(plan):
        entries.append(audit.Entry(older, "supersede", {"state": (older.state, State.SUPERSEDED)}, why))
        transition(older, State.SUPERSEDED)
        older.save(update_fields=["state"])
    transition(plan, State.PUBLISHED)
    plan.published_at, plan.published_by = clock.now(), by
    plan.full_clean()
    plan.save(update_fields=["state", "published_at", "published_by"])
    entries.append(audit.Entry(plan, "publish", {"state": (State.DRAFT, State.PUBLISHED)}, why))
    audit.record_many(entries, by=by)
    notices.plan_published(plan=plan, by=by)
    if plan.horizon != Plan.Horizon.DAY:
        push_needed_days(plan.plant)
    return plan


@transaction.atomic
def discard_draft(*, plan_id: int, by: User | None, why: str = "") -> Plan:
    """Put a draft aside for good; it stays readable. Raises DomainError if it is not a draft."""
    plan = _locked(plan_id)
    _check_draft(plan)
    transition(plan, State.SUPERSEDED)
    plan.save(update_fields=["state"])
    audit.record(plan, "discard", by=by, values={"state": (State.DRAFT, State.SUPERSEDED)}, why=why)
    return plan


def _locked(plan_id: int) -> Plan:
    """The plan as it stands once nobody else can publish for its plant. Raises Plan.DoesNotExist."""
    lock_plant(Plan.objects.values_list("plant_id", flat=True).get(pk=plan_id))
    related = Plan.objects.select_for_update(of=("self",)).select_related("plant", "published_by", "refines", "replaces")
    return related.get(pk=plan_id)


def _older(plan: Plan) -> list[Plan]:
    """The other versions of the period that still stand: the published one and drafts that were made before this one."""
    others = Plan.objects.filter(plant=plan.plant_id, horizon=plan.horizon, period=plan.period, version__lt=plan.version)
    return list(others.exclude(state=State.SUPERSEDED).order_by("version"))


def _check_draft(plan: Plan) -> None:
    if plan.state == State.PUBLISHED:
        raise DomainError(_("%(plan)s is published already: %(who)s published it at %(time)s.") % _publication(plan), "published")
    if plan.state != State.DRAFT:
        raise DomainError(_("%(plan)s was put aside. Open the newest version, or make a new draft.") % {"plan": plan}, "superseded")


def _check_newest(plan: Plan, published: Plan | None) -> None:
    """Nobody published another version since the draft was made, and there is no newer draft."""
    if published is not None and published.pk != plan.replaces_id:
        message = _("Not published: %(who)s published %(plan)s at %(time)s, after this draft was made. Look at it, then make a new draft.")
        raise DomainError(message % _publication(published), "overtaken", plan_id=published.pk)
    newer = Plan.objects.filter(plant=plan.plant_id, horizon=plan.horizon, period=plan.period, version__gt=plan.version, state=State.DRAFT)
    newest = newer.select_related("created_by").order_by("-version").first()
    if newest is not None:
        words = {"plan": newest, "who": newest.created_by or _("the timetable"), "time": _minute(newest.created_at)}
        message = _("Not published: %(plan)s is a newer draft, made for %(who)s at %(time)s. Publish that one, or discard it first.")
        raise DomainError(message % words, "newer_draft", plan_id=newest.pk)


def _check_coarser(plan: Plan) -> None:
    """The plan that a week or day plan was cut from is still in force: a finer plan never contradicts it."""
    if plan.refines is None:
        return
    coarser = standing.coarser_plan(plan.plant, plan.horizon, plan.period)
    if coarser is not None and coarser.pk != plan.refines_id:
        message = _("Not published: it was made from %(old)s, but %(who)s published %(plan)s at %(time)s. Make this plan again.")
        raise DomainError(message % (_publication(coarser) | {"old": plan.refines}), "coarser_overtaken", plan_id=coarser.pk)


def _publication(plan: Plan) -> dict[str, object]:
    at = plan.published_at
    return {"plan": plan, "who": plan.published_by or _("the program"), "time": _minute(at) if at else ""}


def _minute(at: dt.datetime) -> str:
    return f"{at.astimezone(clock.factory_zone()):%Y-%m-%d %H:%M}"

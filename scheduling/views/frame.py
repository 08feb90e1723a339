"""What every plan page shows around its table: title, version, who issued it, neighbours, actions."""

from __future__ import annotations

from typing import Any

from planning_site.core import access
from planning_site.core.requests import LoggedInRequest
from scheduling.models import Plan
from scheduling.selectors.plans import Shelf, active_run, may_see_drafts
from scheduling.selectors.titles import period_text, plan_title, span_text


def frame(request: LoggedInRequest, shelf: Shelf, page: str = "") -> dict[str, Any]:
    """Context of a plan page; one query, for planners only: the run that is making the next version."""
    plan, user = shelf.plan, request.user
    request.nav_page = page or f"scheduling:{plan.horizon}"  # a version opened by its id belongs to the page of its horizon
    plans = access.may(user, "scheduling:plan_request", "write")
    return {
        "shelf": shelf,
        "plan": plan,
        "title": plan_title(plan),
        "period_text": period_text(plan),
        "span_text": span_text(plan),
        "is_draft": plan.state == Plan.State.DRAFT,
        "base": plan.replaces,
        "drafts_open": may_see_drafts(user),
        "may_plan": plans,
        "run": active_run(plan.horizon, plan.plant) if plans else None,
    }

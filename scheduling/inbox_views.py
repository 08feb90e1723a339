"""The inbox page, the number on the rail, and the search of the whole site."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from planning_site.core.departments import Department
from planning_site.core.requests import LoggedInRequest
from scheduling import inbox
from scheduling.search import MAX_LENGTH, hits_for
from scheduling.selectors.titles import plan_title

# who is told of new orders
NEWS_OF_ORDERS = frozenset({Department.SALES, Department.PLANNING, Department.TECHNICAL, Department.PURCHASING, Department.GM})


@require_GET
def home(request: LoggedInRequest) -> HttpResponse:
    user = request.user
    facts = inbox.facts_for(user)
    only_mine = bool(request.GET.get("mine")) and has_customers(request)
    found = inbox.inbox_of(facts, only_mine=only_mine, opened=request.GET.get("open", ""))
    orders = facts.new_orders if not NEWS_OF_ORDERS.isdisjoint(facts.departments) else []
    context = {
        "inbox": found,
        "only_mine": only_mine,
        "has_customers": has_customers(request),
        "plans": [(plan, plan_title(plan)) for plan in facts.issued_plans],
        "orders": orders,
        "since": facts.since,
        "next_due": facts.next_due() if not found.groups and inbox.watches_orders(facts) else None,
    }
    return render(request, "scheduling/inbox.html", context)


def has_customers(request: LoggedInRequest) -> bool:
    """Whether the reader is a salesperson of the order book, who can ask for the own customers' orders alone."""
    return Department.SALES in request.user.departments and hasattr(request.user, "salesperson")


@require_GET
def count(request: LoggedInRequest) -> HttpResponse:
    """The number on the rail as a fragment; empty where nothing waits."""
    return render(request, "scheduling/inbox_count.html", {"n": inbox.count_for(inbox.facts_for(request.user))})


@require_GET
def search(request: LoggedInRequest) -> HttpResponse:
    """Hits as a fragment for the search field, or as a page of its own."""
    text = request.GET.get("q", "").strip()[:MAX_LENGTH]
    template = "scheduling/search_hits.html" if request.htmx else "scheduling/search.html"
    return render(request, template, {"q": text, "hits": hits_for(request.user, text)})

"""New styles before mass production, and QC's signature."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from orders.models import Style
from planning_site.core import access
from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from quality import selectors, services
from quality.forms import SignForm

PER_PAGE = 100


@require_GET
def styles(request: LoggedInRequest) -> HttpResponse:
    """The new styles that open orders ask for, filtered by the query string: state, q, page."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("state", "q")}
    found = selectors.open_new_styles(words=chosen["q"])
    counts = selectors.counts_by_state(found)
    page = Paginator(selectors.in_state(found, chosen["state"]), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": selectors.with_signatures(page.object_list),
        "states": list(counts.items()),
        "total": sum(counts.values()),
        "chosen": chosen,
        "may_sign": access.may(request.user, "quality:sign", "write"),
    }
    return render(request, "quality/styles.html", context)


@require_http_methods(["GET", "POST"])
def sign(request: LoggedInRequest, pk: int) -> HttpResponse:
    """The form to sign one style: a panel beside the list, or a page of its own without scripts."""
    style = get_object_or_404(Style, pk=pk, is_new=True)
    form = SignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            release = services.sign_release(style=style, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error("note" if error.code == "note" else None, error.message)
        else:
            messages.success(request, _("%(style)s: %(result)s.") % {"style": style, "result": release.get_result_display()})
            there = reverse("quality:styles")
            return HttpResponseClientRedirect(there) if request.htmx else redirect(there)
    context = {"style": style, "form": form, "history": selectors.history_of(style)}
    return render(request, "quality/_sign.html" if request.htmx else "quality/sign.html", context)

"""What was written to whom, and whether it left."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from planning_site.core import access
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from planning_site.outbox import selectors, services
from planning_site.outbox.models import OutgoingMail

PER_PAGE = 100
State = OutgoingMail.State


@require_GET
def mail_list(request: LoggedInRequest) -> HttpResponse:
    """The mails that the person may read, filtered by the query string: state, department, q, page."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("state", "department", "q")}
    found = selectors.search(selectors.mails_for(request.user), words=chosen["q"], department=chosen["department"])
    counts = selectors.counts_by_state(found)
    total = sum(counts.values())
    if chosen["state"] in counts:
        found = found.filter(state=chosen["state"])
    page = Paginator(found.select_related("to_user").defer("text", "html"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "states": [(state, counts[state.value]) for state in State if counts[state.value] or state.value == chosen["state"]],
        "total": total,
        "departments": Department.choices,
        "chosen": chosen,
        "no_mail_server": not settings.EMAIL_URL,
        "needs_a_person": counts[State.UNCERTAIN] + counts[State.FAILED],
    }
    return render(request, "outbox/list.html", context)


@require_GET
def mail_detail(request: LoggedInRequest, pk: int) -> HttpResponse:
    """One mail as it was written, where it stands, and what a person may do about it."""
    mail = get_object_or_404(selectors.mails_for(request.user).select_related("to_user"), pk=pk)
    context = {
        "mail": mail,
        "files": mail.attachments.defer("content"),
        "history": selectors.history(mail),
        "may_act": access.may(request.user, "outbox:resend", "write"),
        "no_mail_server": not settings.EMAIL_URL,
        "may_resend": services.may_requeue(mail),
        "may_mark_sent": mail.state == State.UNCERTAIN,
        "as_text": request.GET.get("as") == "text" or not mail.html,
    }
    return render(request, "outbox/detail.html", context)


@require_POST
def mail_resend(request: LoggedInRequest, pk: int) -> HttpResponse:
    mail = get_object_or_404(selectors.mails_for(request.user), pk=pk)
    try:
        mail = services.requeue(mail_id=mail.pk, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Goes out to %(address)s within a minute.") % {"address": mail.to_address})
    return redirect("outbox:detail", pk=pk)


@require_POST
def mail_mark_sent(request: LoggedInRequest, pk: int) -> HttpResponse:
    mail = get_object_or_404(selectors.mails_for(request.user), pk=pk)
    try:
        services.mark_sent(mail_id=mail.pk, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Marked as sent."))
    return redirect("outbox:detail", pk=pk)


@require_GET
def attachment(request: LoggedInRequest, pk: int) -> HttpResponse:
    """A file as it went out, always as a download: what it holds is never shown as a page of ours."""
    file = get_object_or_404(selectors.attachments_for(request.user), pk=pk)
    response = HttpResponse(bytes(file.content), content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.filename) or "attachment"
    return response

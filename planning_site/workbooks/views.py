"""The import pages: a file, what was understood of it, what it would change; then its good rows or none."""

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadhandler import UploadFileException
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.core.requests import LoggedInRequest
from planning_site.workbooks import guard, pages, wrong_book
from planning_site.workbooks.models import ImportJob
from planning_site.workbooks.services import jobs
from planning_site.workbooks.tasks import work
from planning_site.workbooks.uploads import BoundedUpload
from planning_site.workbooks.writing import XLSX

logger = logging.getLogger(__name__)
LAST_JOBS = 12


@csrf_exempt  # only so that the body is not read before the upload is bounded; the inner view checks the token
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: LoggedInRequest) -> HttpResponse:
    """Choose a file; its job is read at once by a worker."""
    handler = BoundedUpload(request, settings.UPLOAD_MAX_BYTES)
    request.upload_handlers.insert(0, handler)
    try:
        response: HttpResponse = _upload(request, handler)
    except UploadFileException:
        return HttpResponse(_too_large().message, status=413, content_type="text/plain; charset=utf-8")
    return response


@csrf_protect
def _upload(request: LoggedInRequest, handler: BoundedUpload) -> HttpResponse:
    """Take the file of a request whose size is bounded by now."""
    error = ""
    if request.method == "POST":
        try:
            return redirect("workbooks:job", _take(request, handler).pk)
        except DomainError as refused:
            error = refused.message
    context = {
        "error": error,
        "limit": settings.UPLOAD_MAX_BYTES,
        "jobs": pages.JobList(_jobs(request).defer("content", "result")[:LAST_JOBS]).rows(),
        "customer": request.POST.get("customer", ""),
    }
    return render(request, "workbooks/upload.html", context, status=422 if error else 200)


def _take(request: LoggedInRequest, handler: BoundedUpload) -> ImportJob:
    """Keep the uploaded file as a job. Raises DomainError."""
    file = request.FILES.get("file")
    if handler.too_large:
        raise _too_large()
    if file is None:
        raise DomainError(_("Choose a file first."), "no_file")
    customer = request.POST.get("customer", "").strip()[:100]
    job = jobs.upload(filename=file.name or "", data=file.read(), plant=default_plant(), by=request.user, customer=customer)
    _start(job)
    return job


def _too_large() -> guard.Refused:
    return guard.refuse("too_large", limit=settings.UPLOAD_MAX_BYTES // (1024 * 1024))


def _start(job: ImportJob) -> None:
    """Hand the job to a worker now; without a broker it waits for the beat task that drains what waits."""
    try:
        work.delay(job.pk)
    except OperationalError as error:
        logger.warning("The broker did not take import job %s: %s", job.pk, error)


def _jobs(request: LoggedInRequest) -> Any:
    """The jobs a person may see: an order book holds prices, so one's own; a superuser sees all."""
    mine = ImportJob.objects.select_related("requested_by")
    return mine if request.user.is_superuser else mine.filter(requested_by=request.user)


def _job(request: LoggedInRequest, pk: int) -> ImportJob:
    """Return a job of this person, or raise Http404."""
    found: ImportJob = get_object_or_404(_jobs(request).defer("content"), pk=pk)
    return found


@require_safe
def job(request: LoggedInRequest, pk: int) -> HttpResponse:
    """One job. While a worker has it the page watches it; then it loads itself once more."""
    found = _job(request, pk)
    if request.htmx and request.GET.get("watch"):
        if not found.works:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "workbooks/_progress.html", {"page": pages.JobPage(found)})
    page = pages.JobPage(found, kind=request.GET.get("kind", ""), show=request.GET.get("show", ""))
    return render(request, "workbooks/job.html", {"page": page, "job": found})


@require_POST
def columns(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Say which column is what; remembered, and read again."""
    found = get_object_or_404(_jobs(request), pk=pk)
    said = pages.said_columns(request.POST)
    return _act(request, found, lambda: jobs.explain(job=found, by=request.user, **said))


@require_POST
def correct(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Correct wrong cells, and read again."""
    found = _job(request, pk)
    cells = pages.corrected_cells(found, request.POST)
    if not cells:
        messages.warning(request, _("No cell was changed."))
        return redirect("workbooks:job", found.pk)
    return _act(request, found, lambda: jobs.correct(job=found, cells=cells))


@require_POST
def approve(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Import the good rows."""
    found = _job(request, pk)
    return _act(request, found, lambda: jobs.approve(job=found))


@require_POST
def drop(request: LoggedInRequest, pk: int) -> HttpResponse:
    """Import nothing."""
    found = _job(request, pk)
    try:
        jobs.drop(job=found)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("workbooks:job", found.pk)
    messages.success(request, _("Nothing of %(name)s was imported.") % {"name": found.filename})
    return redirect("workbooks:upload")


def _act(request: LoggedInRequest, found: ImportJob, act: Any) -> HttpResponse:
    """Do something to a job that puts it back to work, and show it."""
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        _start(found)
    return redirect("workbooks:job", found.pk)


@require_safe
def wrong_rows(request: LoggedInRequest, pk: int) -> HttpResponse:
    """The wrong rows as Excel, each with its reasons."""
    found = _job(request, pk)
    if not found.result.get("sheets"):
        raise Http404
    name = _("wrong rows of %(name)s") % {"name": found.filename.rsplit(".", 1)[0]}
    header = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx")
    return HttpResponse(wrong_book.workbook_of(found), content_type=XLSX, headers={"Content-Disposition": str(header)})

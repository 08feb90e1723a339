"""What the views share: lookups, answers to a broken rule, downloads."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadhandler import UploadFileException
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from orders.models import Style
from planning_site.core.errors import DomainError
from planning_site.core.requests import LoggedInRequest
from planning_site.workbooks.uploads import BoundedUpload
from planning_site.workbooks.writing import XLSX
from quality.uploads import MAX_BYTES

PER_PAGE = 100
View = Callable[..., HttpResponse]


def bounded_uploads(view: View) -> View:
    """A view that takes files: what is larger than the limit is stopped while it arrives, and said so.

    The token is checked inside, because the check reads the body, and the body has to be bounded before.
    """

    @csrf_exempt
    @wraps(view)
    def outer(request: LoggedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        handler = BoundedUpload(request, MAX_BYTES)
        request.upload_handlers.insert(0, handler)
        try:
            return inner(request, handler, *args, **kwargs)
        except UploadFileException:
            return HttpResponse(_too_large(), status=413, content_type="text/plain; charset=utf-8")

    @csrf_protect
    def inner(request: LoggedInRequest, handler: BoundedUpload, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and request.POST is not None and handler.too_large:
            messages.error(request, _too_large())
            return redirect(request.get_full_path())
        return view(request, *args, **kwargs)

    return outer


def _too_large() -> str:
    return _("The file is larger than %(limit)d MB. Nothing was kept.") % {"limit": MAX_BYTES // (1024 * 1024)}


def new_style(pk: int) -> Style:
    """A new style, or 404."""
    found: Style = get_object_or_404(Style, pk=pk, is_new=True)
    return found


def act(request: LoggedInRequest, do: Callable[[], Any], *, done: str, back: str) -> HttpResponseRedirect:
    """Do something and go back; a broken rule is shown there."""
    try:
        do()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect(back)


def attempt(form: forms.BaseForm, do: Callable[[], Any], fields: dict[str, str] | None = None) -> Any:
    """Do something with a valid form; a broken rule becomes an error of the form, or of the field named for its code."""
    try:
        return do()
    except DomainError as error:
        form.add_error((fields or {}).get(error.code), error.message)
        return None


def workbook_response(content: bytes, name: str) -> HttpResponse:
    header = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx")
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": str(header)})

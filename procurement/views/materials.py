"""A material: how it is bought, and a new one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from planning_site.core.requests import LoggedInRequest
from procurement.forms import MaterialForm, NewMaterialForm
from procurement.models import Material
from procurement.services.materials import save_material


@require_http_methods(["GET", "HEAD", "POST"])
def material_edit(request: LoggedInRequest, pk: int = 0) -> HttpResponse:
    """How a material is bought; without a key a new one."""
    found = get_object_or_404(Material, pk=pk) if pk else Material()
    form = (MaterialForm if pk else NewMaterialForm)(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_material(material=form.save(commit=False), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("procurement:material", pk=saved.pk)
    return render(request, "procurement/material_edit.html", {"material": found if pk else None, "form": form})

"""Forms of inspections and defects."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import OrderLine
from planning_site.core import clock
from planning_site.workbooks.cells import UnreadableError, read_size
from procurement.models import Material
from quality.forms.fields import MAX_NOTE, DayInput, upload
from quality.models import DefectCode, Inspection, Step
from quality.selectors.inspections import defect_codes
from quality.services import Count, Findings, Found

Kind, Method = Inspection.Kind, Inspection.Method
DEFECT_ROWS = 12  # the page shows the first few, its script the others
RECEIPT_ROWS = 12


class _CountForm(forms.Form):
    """What every inspection has: day, method, note, and rows of defects."""

    def __init__(self, *args: Any, sizes: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sizes = sizes
        codes = [(str(code.pk), f"{code} · {code.get_severity_display()}") for code in defect_codes()]
        self._codes = {str(code.pk): code for code in defect_codes()}
        self.fields["day"] = forms.DateField(label=_("day"), widget=DayInput(), initial=clock.today)
        self.fields["method"] = forms.ChoiceField(label=_("method"), choices=Method.choices, initial=Method.FULL)
        self.fields["note"] = forms.CharField(label=_("note"), max_length=MAX_NOTE, required=False)
        for n in range(DEFECT_ROWS):
            self.fields[f"defect_{n}"] = forms.ChoiceField(label=_("defect"), choices=[("", "–"), *codes], required=False)
            size_choices = [("", "–"), *((size, size) for size in sizes)]
            self.fields[f"defect_size_{n}"] = forms.ChoiceField(label=_("size"), choices=size_choices, required=False)
            self.fields[f"defect_count_{n}"] = _whole(_("pairs with it"))
            self.fields[f"defect_place_{n}"] = forms.CharField(label=pgettext_lazy("shoe", "place"), max_length=60, required=False)
            self.fields[f"defect_photo_{n}"] = forms.FileField(
                label=_("photo"), required=False, widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"})
            )

    def defect_rows(self) -> list[dict[str, Any]]:
        names = ("defect", "defect_size", "defect_count", "defect_place", "defect_photo")
        rows = []
        for n in range(DEFECT_ROWS):
            row: dict[str, Any] = {name.removeprefix("defect_"): self[f"{name}_{n}"] for name in names}
            row["is_filled"] = bool(self[f"defect_{n}"].value() or self[f"defect_count_{n}"].value())
            rows.append(row)
        return rows

    def _defects(self) -> tuple[Found, ...]:
        data = self.cleaned_data
        found = []
        for n in range(DEFECT_ROWS):
            code, count = self._codes.get(data.get(f"defect_{n}", "")), data.get(f"defect_count_{n}")
            if bool(code) != bool(count):
                self.add_error(f"defect_{n}", _now("A defect has a name and a number of pairs."))
            if code and count:
                photo = upload(data.get(f"defect_photo_{n}"))
                found.append(Found(code, count, data.get(f"defect_size_{n}", ""), data.get(f"defect_place_{n}", ""), photo))
        return tuple(found)

    def _counts(self) -> tuple[Count, ...]:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Put counts and defects together; what is missing of a sample's checks is an error, of a full check it is every pair."""
        data = super().clean() or self.cleaned_data
        data["findings"] = Findings(self._counts(), self._defects())
        return data

    def _count(self, size: str, presented: int | None, checked: int | None, failed: int | None) -> Count | None:
        if not presented:
            return None
        is_full = self.cleaned_data.get("method") == Method.FULL
        return Count(size, presented, presented if is_full or checked is None else checked, failed or 0)


class LineInspectionForm(_CountForm):
    """An in-line or final inspection of an order line: presented, checked and failed of each size."""

    def __init__(self, *args: Any, line: OrderLine, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, sizes=tuple(line.sizes), **kwargs)
        self.kind = kind
        if kind == Kind.IN_LINE:
            stages = [(step.code, str(step)) for step in Step.objects.filter(group=Step.Group.TRIAL)]
            self.fields["stage"] = forms.ChoiceField(label=_("stage"), choices=stages)
        for size in self.sizes:
            self.fields[f"presented_{size}"] = _whole(_("presented"))
            self.fields[f"checked_{size}"] = _whole(_("checked"))
            self.fields[f"failed_{size}"] = _whole(pgettext_lazy("inspected", "failed"))

    def size_rows(self) -> list[tuple[str, Any, Any, Any]]:
        return [(size, self[f"presented_{size}"], self[f"checked_{size}"], self[f"failed_{size}"]) for size in self.sizes]

    def _counts(self) -> tuple[Count, ...]:
        data = self.cleaned_data
        counts = (
            self._count(size, data.get(f"presented_{size}"), data.get(f"checked_{size}"), data.get(f"failed_{size}")) for size in self.sizes
        )
        return tuple(count for count in counts if count)


class ReceiptInspectionForm(_CountForm):
    """An incoming inspection: the receipt, the material, and counts by size or in one row without."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, sizes=(), **kwargs)
        self.fields["reference"] = forms.CharField(label=_("receipt or purchase order"), max_length=60)
        self.fields["material"] = forms.CharField(label=_("material code"), max_length=60, required=False)
        for n in range(RECEIPT_ROWS):
            self.fields[f"size_{n}"] = forms.CharField(label=_("size"), max_length=6, required=False)
            self.fields[f"presented_{n}"] = _whole(_("presented"))
            self.fields[f"checked_{n}"] = _whole(_("checked"))
            self.fields[f"failed_{n}"] = _whole(pgettext_lazy("inspected", "failed"))

    def clean_material(self) -> Material | None:
        code = self.cleaned_data["material"].strip()
        if not code:
            return None
        found = Material.objects.select_related("supplier").filter(code__iexact=code).first()
        if found is None:
            raise forms.ValidationError(_now("There is no material %(code)s.") % {"code": code})
        return found

    def receipt_rows(self) -> list[tuple[Any, Any, Any, Any, bool]]:
        return [
            (
                self[f"size_{n}"],
                self[f"presented_{n}"],
                self[f"checked_{n}"],
                self[f"failed_{n}"],
                bool(self[f"presented_{n}"].value()),
            )
            for n in range(RECEIPT_ROWS)
        ]

    def _counts(self) -> tuple[Count, ...]:
        data = self.cleaned_data
        counts = []
        for n in range(RECEIPT_ROWS):
            try:
                size = read_size(data.get(f"size_{n}") or None) or ""
            except UnreadableError as error:
                self.add_error(f"size_{n}", error.message)
                continue
            count = self._count(size, data.get(f"presented_{n}"), data.get(f"checked_{n}"), data.get(f"failed_{n}"))
            counts += [count] if count else []
        return tuple(counts)


class ReverseForm(forms.Form):
    """Why an inspection is taken back."""

    reason = forms.CharField(label=_("reason"), max_length=MAX_NOTE)


class DefectForm(forms.ModelForm):  # type: ignore[type-arg]
    """A defect."""

    class Meta:
        model = DefectCode
        fields = ("code", "name", "name_en", "severity", "is_active")


def _whole(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, required=False, widget=forms.NumberInput(attrs={"inputmode": "numeric"}))

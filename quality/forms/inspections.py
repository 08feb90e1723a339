"""Forms of inspections and defects."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import OrderLine
from planning_site.core import clock
from quality.forms.fields import MAX_NOTE, DayInput, upload
from quality.models import DefectCode, Inspection, Step
from quality.selectors.inspections import defect_codes
from quality.selectors.receipts import Arrived
from quality.services import Count, Findings, Found
from quality.services.findings import Quantity

Kind, Method = Inspection.Kind, Inspection.Method
DEFECT_ROWS = 12  # the page shows the first few, its script the others


class _CountForm(forms.Form):
    """What every inspection has: day, method, note, counts of each size, and rows of defects."""

    def __init__(self, *args: Any, sizes: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sizes = sizes
        codes = [(str(code.pk), f"{code} · {code.get_severity_display()}") for code in defect_codes()]
        self._codes = {str(code.pk): code for code in defect_codes()}
        self.fields["day"] = forms.DateField(label=_("day"), widget=DayInput(), initial=clock.today)
        self.fields["method"] = forms.ChoiceField(label=_("method"), choices=Method.choices, initial=Method.FULL)
        self.fields["note"] = forms.CharField(label=_("note"), max_length=MAX_NOTE, required=False)
        for size in sizes:
            self.fields[f"presented_{size}"] = self._number(_("presented"))
            self.fields[f"checked_{size}"] = self._number(_("checked"))
            self.fields[f"failed_{size}"] = self._number(pgettext_lazy("inspected", "failed"))
        for n in range(DEFECT_ROWS):
            self.fields[f"defect_{n}"] = forms.ChoiceField(label=_("defect"), choices=[("", "–"), *codes], required=False)
            size_choices = [("", "–"), *((size, size) for size in sizes)]
            self.fields[f"defect_size_{n}"] = forms.ChoiceField(label=_("size"), choices=size_choices, required=False)
            self.fields[f"defect_count_{n}"] = _whole(_("pairs with it"))
            self.fields[f"defect_place_{n}"] = forms.CharField(label=pgettext_lazy("shoe", "place"), max_length=60, required=False)
            self.fields[f"defect_photo_{n}"] = forms.FileField(
                label=_("photo"), required=False, widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"})
            )

    def _number(self, label: Any) -> forms.Field:
        """The field of a count: whole pairs."""
        return _whole(label)

    def size_rows(self) -> list[tuple[str, Any, Any, Any]]:
        return [(size, self[f"presented_{size}"], self[f"checked_{size}"], self[f"failed_{size}"]) for size in self.sizes]

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
        data = self.cleaned_data
        names = ("presented", "checked", "failed")
        counts = (self._count(size, *(data.get(f"{name}_{size}") for name in names)) for size in self.sizes)
        return tuple(count for count in counts if count)

    def clean(self) -> dict[str, Any]:
        """Put counts and defects together; what is missing of a sample's checks is an error, of a full check it is every pair."""
        data = super().clean() or self.cleaned_data
        data["findings"] = Findings(self._counts(), self._defects())
        return data

    def _count(self, size: str, presented: Quantity | None, checked: Quantity | None, failed: Quantity | None) -> Count | None:
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


class ReceiptInspectionForm(_CountForm):
    """An incoming inspection of a material that a receipt brought: all that is not inspected yet is presented, unless less is written."""

    def __init__(self, *args: Any, arrived: Arrived, **kwargs: Any) -> None:
        super().__init__(*args, sizes=tuple(arrived.came), **kwargs)
        for size, quantity in arrived.open.items():
            self.fields[f"presented_{size}"].initial = f"{quantity:f}".rstrip("0").rstrip(".") if quantity else None

    def _number(self, label: Any) -> forms.Field:
        return forms.DecimalField(
            label=label,
            min_value=0,
            max_digits=14,
            decimal_places=3,
            required=False,
            widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
        )


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

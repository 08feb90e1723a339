"""Forms of purchasing: what narrows a list, and what is written down about a purchase order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from procurement.models import Chase, Material, MaterialCategory, PurchaseOrder, Supplier, SupplierContact, Unit

if TYPE_CHECKING:
    SupplierModelForm = forms.ModelForm[Supplier]
    ContactModelForm = forms.ModelForm[SupplierContact]
    MaterialModelForm = forms.ModelForm[Material]
else:  # the classes take parameters for type checkers only
    SupplierModelForm = ContactModelForm = MaterialModelForm = forms.ModelForm

ANY = pgettext_lazy("filter", "all")


class StyledForm(forms.Form):
    """Fields with the site's looks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.HiddenInput | forms.CheckboxSelectMultiple):
                field.widget.attrs.setdefault("class", "inp")


class MaterialFilter(StyledForm):
    """Which materials a list shows."""

    q = forms.CharField(label=_("Material"), required=False, max_length=60)
    supplier = forms.ModelChoiceField(label=_("Supplier"), queryset=Supplier.objects.all(), required=False, empty_label=ANY)
    category = forms.ChoiceField(label=_("Category"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = list(MaterialCategory.objects.all())
        names = [category.name for category in self.categories]
        choice = self.fields["category"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", ANY), *((name, name) for name in names)]


class PlanFilter(MaterialFilter):
    """Which needs the material plan shows."""

    style = forms.CharField(label=_("Style"), required=False, max_length=40)
    customer = forms.CharField(label=_("Customer"), required=False, max_length=60)


class OrderFilter(StyledForm):
    """Which purchase orders the list shows."""

    q = forms.CharField(label=_("Number or material"), required=False, max_length=60)
    supplier = forms.ModelChoiceField(label=_("Supplier"), queryset=Supplier.objects.all(), required=False, empty_label=ANY)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", pgettext_lazy("purchase orders", "open")), ("all", ANY), ("overdue", _("overdue")), *PurchaseOrder.State.choices],
    )


class DayField(forms.DateField):
    """A day as the browser's picker sends it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ChaseForm(StyledForm):
    """Who was asked, what was answered, and the day that was promised instead."""

    channel = forms.ChoiceField(label=_("How"), choices=Chase.Channel.choices)
    asked = forms.CharField(label=_("Whom"), required=False, max_length=60)
    answer = forms.CharField(label=_("Answer"), max_length=300)
    new_date = DayField(label=_("New date"), required=False)
    ask_again_on = DayField(label=_("Ask again on"), required=False)
    lines = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, lines: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["lines"]
        if isinstance(choice, forms.TypedMultipleChoiceField):
            choice.choices = [(pk, str(pk)) for pk in lines]


class ReasonForm(StyledForm):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SupplierForm(SupplierModelForm):
    """A supplier with the person to ask first (D7)."""

    class Meta:
        model = Supplier
        fields = ("code", "name", "category", "contact", "phone", "email", "address")


class ContactForm(ContactModelForm):
    class Meta:
        model = SupplierContact
        fields = ("name", "role", "phone", "email", "note")


class MaterialForm(MaterialModelForm):
    """How a material is bought. A blank lead time is not known; a blank minimum or multiple is none."""

    category = forms.ChoiceField(label=_("Category"), required=False)

    class Meta:
        model = Material
        fields: tuple[str, ...] = (
            "name",
            "category",
            "supplier",
            "lead_time_days",
            "minimum_order",
            "order_multiple",
            "one_lot_per_job",
            "made_to_order",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(MaterialCategory.objects.values_list("name", flat=True))
        if self.instance.category and self.instance.category not in names:
            names.append(self.instance.category)
        choice = self.fields["category"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", "–"), *((name, name) for name in names)]


class NewMaterialForm(MaterialForm):
    """A new material, with what stands for good once stock of it moves: code, unit, and whether it is kept by size."""

    unit = forms.ChoiceField(label=_("Unit"))

    class Meta(MaterialForm.Meta):
        fields = ("code", "unit", "by_size", *MaterialForm.Meta.fields)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["unit"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(name, name) for name in Unit.objects.values_list("name", flat=True)]

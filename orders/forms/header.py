"""The head of an order: who orders, under which number, when, for when."""

from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from orders.forms.fields import DayField
from orders.models import Customer, Salesperson

if TYPE_CHECKING:
    _CustomerField = forms.ModelChoiceField[Customer]
else:
    _CustomerField = forms.ModelChoiceField


class CustomerChoice(_CustomerField):
    def label_from_instance(self, obj: Any) -> str:
        """Name, code and grade: `华荣贸易 · C01 · A`."""
        return " · ".join(part for part in (obj.name, obj.code, obj.grade) if part)


class HeaderForm(forms.Form):
    """`due_on` is not the order's: it stands for every line that has no day of its own."""

    STORED = ("customer", "po", "salesperson", "ordered_on", "packing", "note")

    customer = CustomerChoice(Customer.objects.all(), label=_("Customer"), empty_label="")
    po = forms.CharField(label=_("Customer PO"), max_length=60, required=False)
    salesperson = forms.ModelChoiceField(Salesperson.objects.all(), label=_("Salesperson"), required=False, empty_label="–")
    ordered_on = DayField(label=_("Ordered on"), leaning="past")
    due_on = DayField(label=_("Due, all lines"), required=False)
    packing = forms.CharField(label=_("Packing / tolerance"), max_length=200, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, locked: bool = False, **kwargs: Any) -> None:
        """`locked`: customer and salesperson are not this person's to change, for they decide about prices."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput):
                field.widget.attrs.setdefault("autocomplete", "off")
        for name in ("customer", "salesperson") if locked else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = _("Changed by its own salesperson or the general manager")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Div(*self.fields, css_class="fs"))

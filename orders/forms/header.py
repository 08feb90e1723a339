"""The head of an order: who orders, under which number, when, for when."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.forms.fields import DayField
from orders.models import Customer, Salesperson
from planning_site.workbooks.cells import half_width


class CustomerField(forms.CharField):
    """A customer by name, code or a part of the name that only one has; its value is the Customer or None."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "customers", "autocomplete": "off", "data-suggest": "customers"}
        super().__init__(max_length=100, widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self._found(half_width(text)) if text else None

    def run_validators(self, value: Any) -> None:
        """A row that was found needs none."""

    def _found(self, text: str) -> Customer:
        exact = Customer.objects.filter(Q(name__iexact=text) | Q(code__iexact=text))[:2]
        found = list(exact) or list(Customer.objects.filter(name__has_text=text)[:6])
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(customer.name for customer in found[:5])
            raise ValidationError(_("“%(text)s” may be any of %(names)s.") % {"text": text, "names": names})
        raise ValidationError(_("There is no customer %(text)s.") % {"text": text})


class HeaderForm(forms.Form):
    """`due_on` is not the order's: it stands for every line that has no day of its own."""

    STORED = ("customer", "po", "salesperson", "ordered_on", "packing", "note")

    customer = CustomerField(label=gettext_lazy("Customer"))
    po = forms.CharField(label=gettext_lazy("Customer PO"), max_length=60, required=False)
    salesperson = forms.ModelChoiceField(
        Salesperson.objects.all(), label=gettext_lazy("Salesperson"), required=False, empty_label="–", to_field_name="name"
    )
    ordered_on = DayField(label=gettext_lazy("Ordered on"), leaning="past")
    due_on = DayField(label=gettext_lazy("Due, all lines"), required=False)
    packing = forms.CharField(label=gettext_lazy("Packing / tolerance"), max_length=200, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, locked: bool = False, **kwargs: Any) -> None:
        """`locked`: customer and salesperson are not this person's to change, for they decide about prices."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")
        for name in ("customer", "salesperson") if locked else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = _("Changed by its own salesperson or the general manager")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Div(*self.fields, css_class="fs"))

"""Imports the list of customers, and the salespeople it names."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from orders.models import Customer, Salesperson
from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.results import Context
from planning_site.workbooks.typed import Record
from planning_site.workbooks.upsert import TableImporter, folded, given

CUSTOMER_WORDS = ("客户", "客户名称", "客户名", "客人", "客户简称", "customer", "customer name", "client", "cliente", "buyer", "kunde")
SALESPERSON_WORDS = ("业务员", "业务", "跟单", "跟单员", "销售员", "负责业务", "salesperson", "sales", "merchandiser", "vendedor")


def salespeople(names: Iterable[str | None]) -> dict[str, Salesperson]:
    """Return salespeople by folded name, adding those that are new."""
    wanted = {folded(name): name for name in names if name}
    found = {folded(person.name): person for person in Salesperson.objects.all()}
    missing = [Salesperson(name=name) for key, name in wanted.items() if key not in found]
    if missing:
        found.update({folded(person.name): person for person in Salesperson.objects.bulk_create(missing)})
    return found


@dataclass
class _Lookups:
    salespeople: dict[str, Salesperson]
    by_name: dict[str, Customer]


class CustomerImporter(TableImporter[Customer]):
    """Customers by their code."""

    model = Customer
    key_field = "code"

    def lookups(self, records: Sequence[Record], context: Context) -> _Lookups:
        people = salespeople(record.values.get("salesperson") for record in records)
        return _Lookups(people, {folded(customer.name): customer for customer in Customer.objects.all()})

    def key(self, record: Record, lookups: _Lookups) -> Hashable | None:
        return record.values.get("code")

    def existing(self, keys: Iterable[Any], lookups: _Lookups, context: Context) -> Mapping[Any, Customer]:
        return {customer.code: customer for customer in Customer.objects.filter(code__in=list(keys)).select_related("salesperson")}

    def values(self, record: Record, lookups: _Lookups, context: Context) -> dict[str, Any]:
        values = given(record, "name", "grade")
        if "salesperson" in record.values:
            values["salesperson"] = lookups.salespeople[folded(record.values["salesperson"])]
        owner = lookups.by_name.get(folded(values.get("name", "")))
        if owner is not None and owner.code != record.values.get("code"):
            record.blame("name", str(_("The name belongs to customer %(code)s.")) % {"code": owner.code})
        elif "name" in values:
            lookups.by_name[folded(values["name"])] = Customer(code=record.values.get("code", ""), name=values["name"])
        return values

    def blank(self, key: Any, lookups: _Lookups, context: Context) -> Customer:
        return Customer(code=key)


register(
    SheetKind(
        code="orders.customers",
        book="master_data",
        label=_("Customers"),
        priority=10,
        importer=CustomerImporter(),
        fields=(
            Field(
                "code",
                _("code"),
                ("客户编号", "客户代码", "编号", "customer code", "customer no"),
                required=True,
                key=True,
                needed=True,
                max_length=20,
            ),
            Field("name", _("name"), CUSTOMER_WORDS, required=True, needed=True, max_length=100),
            Field("grade", _("grade"), ("等级", "客户等级", "级别", "grade"), FieldType.CHOICE, choices={"a": "A", "b": "B", "c": "C"}),
            Field("salesperson", _("salesperson"), SALESPERSON_WORDS, max_length=60),
        ),
    )
)

"""The manufacturing notice: a form with one order line."""

from django.utils.translation import gettext_lazy as _

from orders.imports.customers import CUSTOMER_WORDS, SALESPERSON_WORDS
from orders.imports.order_book import (
    CONTRACT_WORDS,
    DUE_WORDS,
    MAX_PAIRS,
    MAX_PRICE,
    ORDERED_WORDS,
    PO_WORDS,
    PRICE_WORDS,
    TOTAL_WORDS,
    OrderRowImporter,
)
from planning_site.workbooks.cells import PAIR_UNITS
from planning_site.workbooks.registry import Field, FieldType, SheetKind, register
from planning_site.workbooks.vocabulary import COLOUR_WORDS, STYLE_WORDS

register(
    SheetKind(
        code="orders.notice",
        book="notice",
        label=_("Manufacturing notice"),
        priority=110,
        importer=OrderRowImporter(),
        size_run=True,
        form=True,
        fields=(
            Field(
                "contract", _("contract no."), ("单号", "通知单号", "制单号", *CONTRACT_WORDS), required=True, needed=True, max_length=40
            ),
            Field("customer", _("customer"), CUSTOMER_WORDS, required=True, needed=True, max_length=100),
            Field("po", _("customer PO"), PO_WORDS, max_length=60),
            Field("style", _("style"), STYLE_WORDS, required=True, needed=True, max_length=40),
            Field("colour", _("colour"), COLOUR_WORDS, required=True, needed=True, max_length=40),
            Field("ordered_on", _("ordered on"), ORDERED_WORDS, FieldType.DATE),
            Field("due_on", _("due"), DUE_WORDS, FieldType.DATE, required=True, needed=True),
            Field("salesperson", _("salesperson"), SALESPERSON_WORDS, max_length=60),
            Field("price", _("price"), PRICE_WORDS, FieldType.DECIMAL, places=2, minimum=0, maximum=MAX_PRICE),
            Field("total", _("total"), TOTAL_WORDS, FieldType.INTEGER, derived=True, units=PAIR_UNITS, maximum=MAX_PAIRS),
            Field("packing", _("packing"), ("包装要求", "包装方式", "包装", "packing"), max_length=200),
            Field("remark", _("note"), ("注意事项", "备注", "特别要求", "note", "remarks"), max_length=300),
        ),
    )
)

"""The order book: sizes across, or one row per size."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from orders.exports import subtotal_heads
from orders.imports.customers import CUSTOMER_WORDS, SALESPERSON_WORDS
from orders.imports.order_lines import Planner
from orders.imports.writing import write_rows
from planning_site.workbooks.cells import PAIR_UNITS
from planning_site.workbooks.registry import Field, FieldType, SheetKind, register, register_sums
from planning_site.workbooks.results import Context, RowResult
from planning_site.workbooks.typed import Record
from planning_site.workbooks.vocabulary import COLOUR_WORDS, STYLE_WORDS

MAX_PRICE = 99_999_999
MAX_PAIRS = 2_000_000_000

CONTRACT_WORDS = (
    "合同号", "合同编号", "合同", "订单号", "订单编号", "单号", "制单号", "工厂单号", "contract", "contract no", "contract number", "order",
    "order no", "order number", "order id", "pedido", "n pedido", "numero pedido", "numero do pedido", "orden", "ordine", "bestellung",
    "auftrag", "commande", "заказ",
)  # fmt: skip
PO_WORDS = (
    "客户订单号", "客户po", "po", "po号", "po no", "po number", "客户单号", "客户订单", "customer po", "customer order", "purchase order",
    "ordem de compra", "orden de compra",
)  # fmt: skip
ORDERED_WORDS = (
    "接单日期",
    "接单日",
    "下单日期",
    "下单日",
    "订单日期",
    "订货日期",
    "order date",
    "ordered on",
    "data do pedido",
    "fecha pedido",
    "bestelldatum",
)
DUE_WORDS = (
    "要求交货日期", "要求交期", "交货日期", "交货期", "交期", "交货日", "客户交期", "合同交期", "出货日期", "due", "due date", "due on",
    "delivery",
    "delivery date", "ship date", "ex factory", "xfd", "entrega", "data de entrega", "data entrega",
    "prazo", "fecha de entrega", "lieferdatum",
    "liefertermin", "livraison", "consegna",
)  # fmt: skip
PRICE_WORDS = (
    "单价",
    "价格",
    "单价(元)",
    "出厂价",
    "price",
    "unit price",
    "fob",
    "preco",
    "preco unitario",
    "precio",
    "prix",
    "preis",
    "prezzo",
    "valor",
    "valor unitario",
)
TOTAL_WORDS = ("合计", "总计", "总双数", "合计双数", "总数", "总数量", "total", "total pairs", "total qty", "total prs")
PAIRS_WORDS = (
    "双数", "数量", "订单双数", "订单数量", "数量(双)", "pairs", "prs", "qty", "quantity", "quantidade", "qtde", "qtd", "pares", "cantidad",
    "quantita", "quantite", "menge", "paar",
)  # fmt: skip
SIZE_WORDS = (
    "尺码",
    "码",
    "码号",
    "码数",
    "鞋码",
    "尺寸",
    "size",
    "sizes",
    "tamanho",
    "tamanhos",
    "numeracao",
    "talla",
    "tallas",
    "grosse",
    "taille",
    "taglia",
)
NOTE_WORDS = ("备注", "说明", "附注", "remark", "remarks", "note", "notes", "comment", "comments", "observacao", "obs", "observaciones")


class OrderRowImporter:
    """Order lines by contract, style and colour."""

    def plan(self, records: Sequence[Record], context: Context) -> list[RowResult]:
        """Return one result per row."""
        planner = Planner(records, context)
        return [planner.plan(record) for record in records]

    def write(self, results: Sequence[RowResult], context: Context) -> None:
        """Write the good rows in bulk."""
        write_rows(results, context)


register(
    SheetKind(
        code="orders.order_book",
        book="order_book",
        label=_("Order book"),
        priority=100,
        importer=OrderRowImporter(),
        size_run=True,
        group_by=("contract", "style", "colour"),
        fields=(
            Field("serial", _("serial no."), ("序号", "序", "项次", "行号", "no", "#", "item", "line"), derived=True),
            Field("ordered_on", _("ordered on"), ORDERED_WORDS, FieldType.DATE),
            Field("salesperson", _("salesperson"), SALESPERSON_WORDS, max_length=60),
            Field("customer", _("customer"), CUSTOMER_WORDS, needed=True, max_length=100),
            Field("po", _("customer PO"), PO_WORDS, max_length=60),
            Field("contract", _("contract no."), CONTRACT_WORDS, required=True, key=True, needed=True, max_length=40),
            Field("style", _("style"), STYLE_WORDS, required=True, key=True, needed=True, max_length=40),
            Field("colour", _("colour"), COLOUR_WORDS, required=True, needed=True, max_length=40),
            Field("size", _("size"), SIZE_WORDS, FieldType.SIZE),
            Field("pairs", _("pairs"), PAIRS_WORDS, FieldType.PAIRS, maximum=MAX_PAIRS),
            Field("total", _("total"), TOTAL_WORDS, FieldType.INTEGER, derived=True, units=PAIR_UNITS, maximum=MAX_PAIRS),
            Field("price", _("price"), PRICE_WORDS, FieldType.DECIMAL, places=2, minimum=0, maximum=MAX_PRICE),
            Field("due_on", _("due"), DUE_WORDS, FieldType.DATE, needed=True),
            Field("note", _("note"), NOTE_WORDS, max_length=300),
        ),
    )
)
register_sums(subtotal_heads)

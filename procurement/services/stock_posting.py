"""How the ledger is written: one document, its moves, in one transaction that locks what it moves.

Locks are taken in one order by everybody (form key, purchase order lines, order lines, materials, number), so that two storekeepers
wait for each other and never block each other for good.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from orders.models import OrderLine
from planning_site.core import clock
from planning_site.core.errors import DomainError
from planning_site.core.models import Plant, User
from planning_site.core.numbering import next_number
from procurement.models import Material, MoveKind, PurchaseOrderLine, StockBalance, StockDocument, StockMove, Warehouse
from procurement.services.requirements import request_run

SMALLEST = Decimal("0.001")
NAMED = 3  # shortages that one sentence names

PREFIX = {
    MoveKind.OPENING: "QC",
    MoveKind.RECEIVE: "SL",
    MoveKind.ISSUE: "LL",
    MoveKind.RETURNED: "TL",
    MoveKind.SENT_BACK: "TG",
    MoveKind.SCRAP: "BF",
    MoveKind.COUNT: "PD",
    MoveKind.TRANSFER: "DB",
    MoveKind.PAIRS_IN: "JC",
    MoveKind.PAIRS_OUT: "CC",
    MoveKind.BLOCK: "FC",
    MoveKind.UNBLOCK: "JF",
}


@dataclass(frozen=True)
class Head:
    """What a document says of itself. `key` is the form's own: a second posting under it returns the first document."""

    plant: Plant
    kind: MoveKind
    by: User | None
    day: dt.date | None = None
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    job: OrderLine | None = None
    counterpart: str = ""
    reason: str = ""
    note: str = ""
    reverses: StockDocument | None = None


@dataclass(frozen=True)
class Entry:
    """One move to be: a signed quantity of a material or of an order line's pairs."""

    quantity: Decimal
    warehouse: str
    material: Material | None = None
    pairs_of: OrderLine | None = None
    size: str = ""
    lot: str = ""
    place: str = ""
    stage: str = ""
    purchase_line: PurchaseOrderLine | None = None
    kind: MoveKind | None = None  # where it differs from the document's
    reverses: StockMove | None = None

    @property
    def what(self) -> str:
        """The item in words: `S15-WH 40`, `HT261102-072/1 40`."""
        name = self.material.code if self.material else f"{self.pairs_of}"
        return " ".join(part for part in (name, self.size, self.lot) if part)

    @property
    def key(self) -> BalanceKey:
        return BalanceKey(
            self.material.pk if self.material else 0,
            self.pairs_of.pk if self.pairs_of else 0,
            self.stage,
            self.size,
            self.lot,
            self.warehouse,
            self.place,
        )


class BalanceKey(NamedTuple):
    """The key of a balance within a plant, sortable."""

    material: int
    pairs_of: int
    stage: str
    size: str
    lot: str
    warehouse: str
    place: str


Balances = dict[BalanceKey, Decimal]
Plan = Callable[[Balances], Sequence[Entry]]


@transaction.atomic
def post(head: Head, *, items: Iterable[Entry], plan: Plan) -> StockDocument:
    """Write a document and its moves.

    `items` name what will be touched, to be locked; `plan` is called under the locks with the balances of these items and returns the
    moves, or raises DomainError. Raises DomainError (`short`) where less is there than is taken, (`day`) for a day to come.
    """
    before = _claim(head)
    if before is not None:
        return before
    items = list(items)
    _check_head(head)
    _lock(head, items)
    there = balances_of(head.plant, items)
    # what comes in goes first: material that is returned and scrapped in one document was never below zero
    entries = sorted(plan(there), key=lambda entry: (entry.key, entry.quantity < 0))
    if not entries:
        raise DomainError(_("Nothing to post: every quantity is empty."), "nothing")
    _check_enough(entries, there)
    try:
        document = _write(head, entries)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), "invalid") from error
    # afterwards, so that nobody who posts waits for somebody who calculates; kits follow within seconds
    transaction.on_commit(partial(request_run, head.plant))
    return document


def _claim(head: Head) -> StockDocument | None:
    """The document that was posted under this key, if any. A second tap waits here until the first is through."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [head.key.int >> 65])
    before = StockDocument.objects.filter(key=head.key).first()
    if before is not None and (before.kind, before.plant_id) != (head.kind, head.plant.pk):
        raise DomainError(_("This form was used for %(document)s already. Open a new one.") % {"document": before}, "key")
    return before


def _check_head(head: Head) -> None:
    """Nobody posts ahead. What a workbook counted bears the day of the workbook."""
    if head.day is not None and head.day > clock.today() and head.kind not in (MoveKind.OPENING, MoveKind.COUNT):
        raise DomainError(_("%(day)s is still to come: stock is posted when it has moved.") % {"day": head.day}, "day")


def _lock(head: Head, items: list[Entry]) -> None:
    """Hold what is touched until the transaction ends, always in the same order."""
    lines = {item.purchase_line.pk for item in items if item.purchase_line}
    jobs = {item.pairs_of.pk for item in items if item.pairs_of} | ({head.job.pk} if head.job else set())
    materials = {item.material.pk for item in items if item.material}
    for model, keys in ((PurchaseOrderLine, lines), (OrderLine, jobs), (Material, materials)):
        if keys:
            # no_key: rows that only refer to these stay free
            rows = model._default_manager.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
            list(rows.values_list("pk", flat=True))


def balances_of(plant: Plant, items: Iterable[Entry]) -> Balances:
    """What is there of these materials and pairs, in every lot and place."""
    found: Balances = {}
    materials = {item.material.pk for item in items if item.material}
    jobs = {item.pairs_of.pk for item in items if item.pairs_of}
    rows = StockBalance.objects.filter(plant=plant, quantity__gt=0)
    touched = rows.filter(material__in=materials) | rows.filter(pairs_of__in=jobs)
    for row in touched.order_by("id"):
        key = BalanceKey(row.material_id or 0, row.pairs_of_id or 0, row.stage, row.size, row.lot, row.warehouse, row.place)
        found[key] = row.quantity
    return found


def _check_enough(entries: Sequence[Entry], there: Balances) -> None:
    """No balance goes below zero; the sentence says what is there and what was asked."""
    changes: dict[BalanceKey, Decimal] = defaultdict(Decimal)
    words = {entry.key: entry for entry in entries}
    for entry in entries:
        changes[entry.key] += entry.quantity
    short = [key for key, change in changes.items() if change < 0 and there.get(key, Decimal(0)) + change < 0]
    if not short:
        return
    sentences = [
        _("%(what)s: only %(there)s in %(warehouse)s, %(asked)s wanted.")
        % {
            "what": words[key].what,
            "there": shown(there.get(key, Decimal(0))),
            "warehouse": Warehouse(key.warehouse).label + (f" {key.place}" if key.place else ""),
            "asked": shown(-changes[key]),
        }
        for key in short[:NAMED]
    ]
    raise DomainError(" ".join(sentences), "short")


def _write(head: Head, entries: Sequence[Entry]) -> StockDocument:
    day = head.day or clock.today()
    prefix = f"{PREFIX[head.kind]}{day:%y%m}"
    document = StockDocument(
        plant=head.plant,
        number=f"{prefix}{next_number(f'stock-{prefix}'):04}",
        kind=head.kind,
        day=day,
        key=head.key,
        job=head.job,
        counterpart=" ".join(head.counterpart.split()),
        reason=head.reason,
        note=" ".join(head.note.split()),
        reverses=head.reverses,
        by=head.by,
    )
    document.full_clean(exclude=["by"])  # workbooks that the command line brings in have no author
    document.save()
    moves = [_move(document, entry) for entry in entries]
    for move in moves:
        # the keys come from rows that this transaction holds; the rest is the database's to check
        move.clean_fields(exclude=["plant", "material", "pairs_of", "document", "job", "purchase_line", "reverses", "by"])
    StockMove.objects.bulk_create(moves, batch_size=1000)
    return document


def _move(document: StockDocument, entry: Entry) -> StockMove:
    return StockMove(
        plant=document.plant,
        warehouse=entry.warehouse,
        place=entry.place,
        material=entry.material,
        pairs_of=entry.pairs_of,
        stage=entry.stage,
        size=entry.size,
        lot=entry.lot,
        quantity=entry.quantity,
        kind=entry.kind or document.kind,
        day=document.day,
        document=document,
        job=document.job,
        purchase_line=entry.purchase_line,
        reference=document.note[:100],
        reverses=entry.reverses,
        by=document.by,
    )


def check_item(entry: Entry) -> None:
    """A quantity above zero of at most three decimals, whole pairs, a size where the item is kept by size, none elsewhere."""
    if entry.quantity <= 0 or entry.quantity != entry.quantity.quantize(SMALLEST):
        raise DomainError(_("%(what)s: a quantity above 0 with at most three decimals.") % {"what": entry.what}, "quantity")
    if entry.material is not None:
        if entry.material.by_size and not entry.size:
            raise DomainError(_("%(material)s is kept by size: the size is missing.") % {"material": entry.material.code}, "size")
        if entry.size and not entry.material.by_size:
            raise DomainError(_("%(material)s is not kept by size.") % {"material": entry.material.code}, "size")
    elif entry.pairs_of is not None:
        if entry.quantity != entry.quantity.to_integral_value():
            raise DomainError(_("%(what)s: pairs are whole numbers.") % {"what": entry.what}, "quantity")
        if entry.size not in entry.pairs_of.sizes:
            raise DomainError(_("%(job)s has no size %(size)s.") % {"job": entry.pairs_of, "size": entry.size or "–"}, "size")


def check_open(*warehouses: str) -> None:
    """What QC blocked is not handed on by a storekeeper. Raises DomainError (`blocked`)."""
    if Warehouse.HELD in warehouses:
        raise DomainError(_("Blocked stock is released by QC, goes back to the supplier or is scrapped."), "blocked")


def taken(entry: Entry) -> Entry:
    """The entry as a move out."""
    return replace(entry, quantity=-entry.quantity)


def shown(quantity: Decimal) -> str:
    """`1,200.5`: with separators, without zeros at the end."""
    text = f"{quantity:,.3f}"
    return text.rstrip("0").rstrip(".")

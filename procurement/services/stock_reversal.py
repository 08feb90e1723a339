"""A wrong document is reversed: its moves stand, and stand again with the other sign."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from planning_site.core.models import User
from procurement.models import MoveKind, StockDocument
from procurement.services.stock_posting import Balances, Entry, Head, post
from procurement.services.stock_receipts import settle


@transaction.atomic
def reverse(
    *, document: StockDocument, why: str, by: User | None, key: uuid.UUID | None = None, with_inspection: bool = False
) -> StockDocument:
    """Post the opposite of every move of a document, today. What it brought must still be there.

    Raises DomainError: no reason given (`why`), reversed before (`reversed`), a reversal itself (`is_reversal`), an approved count
    (`count`: count again, so that two people agree), blocked or released by QC (`blocked`: QC reverses its inspection, `with_inspection`),
    gone meanwhile (`short`).
    """
    if not why.strip():
        raise DomainError(_("Write down why it is reversed."), "why")
    if document.reverses_id is not None:
        raise DomainError(_("%(document)s is a reversal itself: post it anew instead.") % {"document": document}, "is_reversal")
    if document.kind == MoveKind.COUNT:
        raise DomainError(_("A count is set right by another count, which a second person approves."), "count")
    if document.kind in (MoveKind.BLOCK, MoveKind.UNBLOCK) and not with_inspection:
        raise DomainError(_("QC blocked or released it: QC reverses its inspection."), "blocked")
    entries = _opposites(document)
    head = Head(
        plant=document.plant,
        kind=MoveKind(document.kind),
        by=by,
        key=key or uuid.uuid4(),
        job=document.job,
        counterpart=document.counterpart,
        reason=document.reason,
        note=why,
        reverses=document,
    )

    def plan(there: Balances) -> list[Entry]:
        before = StockDocument.objects.filter(reverses=document).first()
        if before is not None:
            raise DomainError(_("%(document)s was reversed by %(before)s already.") % {"document": document, "before": before}, "reversed")
        return entries

    reversal = post(head, items=entries, plan=plan)
    settle(entry.purchase_line.pk for entry in entries if entry.purchase_line)
    return reversal


def _opposites(document: StockDocument) -> list[Entry]:
    """Every move of a document the other way round, tied to the move that it takes back."""
    return [
        Entry(
            quantity=-move.quantity,
            warehouse=move.warehouse,
            material=move.material,
            pairs_of=move.pairs_of,
            size=move.size,
            lot=move.lot,
            place=move.place,
            stage=move.stage,
            purchase_line=move.purchase_line,
            kind=MoveKind(move.kind),
            reverses=move,
        )
        for move in document.moves.select_related("material", "pairs_of__order", "purchase_line")
    ]

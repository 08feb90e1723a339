"""Inspections of what suppliers brought: what fails is blocked at once, and purchasing, planning and the warehouses hear of it (D5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_site.core import audit, clock
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.templatetags import figures
from procurement.models import Material, MoveKind, PurchaseOrderLine, StockDocument
from procurement.services import stock_blocking
from procurement.services.stock_blocking import Faulty
from procurement.services.stock_posting import shown
from quality.models import Inspection
from quality.notices import Notice, tell
from quality.people import people_of, require
from quality.selectors.receipts import Arrived, arrived, blocked_of
from quality.services.findings import Findings, accepts, check, passed_of, write

Kind, Method = Inspection.Kind, Inspection.Method
TOLD = (Department.PURCHASING, Department.PLANNING, Department.WAREHOUSE)
CLAUSE = "D5"  # any exception of material is told to planning at once


@transaction.atomic
def inspect_receipt(
    *,
    receipt: StockDocument,
    material: Material,
    findings: Findings,
    by: User | None,
    method: str = Method.FULL,
    note: str = "",
    day: dt.date | None = None,
) -> Inspection:
    """Post an incoming inspection of a material that a receipt of the warehouse brought (D5).

    What does not pass leaves the free stock for the blocked stock at once, so that it counts in no kit. Raises DomainError as
    `inspect_line`, and `not_receipt` for another document or one that was reversed, `sizes`, `too_many` for more than came.
    """
    require(by, [Department.QC], _("QC inspects."), "not_qc")
    plan = check(findings, method)
    # two inspectors of one receipt at once: the second sees what the first has inspected
    locked = StockDocument.objects.select_for_update(of=("self",)).select_related("plant").get(pk=receipt.pk)
    came = _came(locked, material)
    _check_came(came, findings)
    is_accepted = accepts(findings, plan)
    inspection = Inspection(
        plant=locked.plant,
        kind=Kind.INCOMING,
        method=method,
        day=day or clock.today(),
        receipt=locked,
        reference=locked.number,
        material=material,
        supplier=came.supplier or material.supplier,
        note=note.strip()[:300],
        by=by,
    )
    write(inspection, findings, accepted=is_accepted, by=by)
    _block(inspection, findings, by)
    return inspection


@transaction.atomic
def release_blocked(*, inspection: Inspection, why: str, by: User | None) -> StockDocument:
    """QC lets what an inspection blocked be used after all, with a reason: what still lies there is free again.

    Raises DomainError: `not_qc`, `note` without a reason, `nothing` where nothing of it lies there.
    """
    require(by, [Department.QC], _("QC decides about blocked stock."), "not_qc")
    locked = Inspection.objects.select_for_update(of=("self",)).select_related("blocking__plant").get(pk=inspection.pk)
    if locked.blocking is None or locked.reversed_at is not None:
        raise DomainError(_("This inspection blocks nothing."), "nothing")
    document = stock_blocking.unblock(document=locked.blocking, by=by, note=why)
    audit.record(locked, "release blocked", by=by, values={"document": (None, document.number)}, why=why.strip()[:300])
    return document


def _came(receipt: StockDocument, material: Material) -> Arrived:
    if receipt.kind != MoveKind.RECEIVE or receipt.reverses_id is not None or StockDocument.objects.filter(reverses=receipt).exists():
        raise DomainError(_("%(document)s is not a receipt that stands.") % {"document": receipt}, "not_receipt")
    found = arrived(receipt, material)
    if not found.came:
        raise DomainError(_("%(document)s did not bring %(material)s.") % {"document": receipt, "material": material.code}, "not_receipt")
    return found


def _check_came(came: Arrived, findings: Findings) -> None:
    foreign = [count.size for count in findings.counts if count.size not in came.came]
    if foreign:
        raise DomainError(_("The receipt has no size %(sizes)s.") % {"sizes": ", ".join(foreign)}, "sizes")
    for count in findings.counts:
        if count.presented > came.open[count.size]:
            words = {"what": f"{came.material.code} {count.size}".strip(), "came": shown(came.came[count.size])}
            message = _("%(what)s: %(came)s came, of these %(open)s are not inspected yet.")
            raise DomainError(message % (words | {"open": shown(came.open[count.size])}), "too_many")


def _block(inspection: Inspection, findings: Findings, by: User | None) -> None:
    """Block what did not pass, and tell whom it concerns."""
    assert inspection.material is not None
    assert inspection.receipt is not None
    bad = {count.size: Decimal(count.presented) - passed_of(count, accepted=inspection.is_accepted) for count in findings.counts}
    lines = [Faulty(quantity, inspection.material, size) for size, quantity in bad.items() if quantity > 0]
    if not lines:
        return
    inspection.blocking = stock_blocking.block(receipt=inspection.receipt, lines=lines, by=by, note=_reason(findings))
    inspection.save(update_fields=["blocking"])
    key = f"blocked:{inspection.pk}"
    tell(key=key, receivers=people_of(TOLD), build=lambda: blocked_notice(inspection, lines), rule_code=CLAUSE)


def _reason(findings: Findings) -> str:
    """The defects by name, most often first: what the warehouse reads on the document."""
    found = sorted(findings.defects, key=lambda defect: -defect.count)
    return pgettext("list", ", ").join(f"{defect.code} {defect.count}" for defect in found)[:300]


def blocked_notice(inspection: Inspection, lines: Sequence[Faulty]) -> Notice:
    """What an incoming inspection turned back: of which purchase orders, by size, and what could not be blocked any more."""
    material, unit = inspection.material, inspection.material.unit if inspection.material else ""
    total, gone = sum((line.quantity for line in lines), Decimal(0)), blocked_of(inspection).gone
    of_receipt = PurchaseOrderLine.objects.filter(stock_moves__document=inspection.receipt, material=material)
    orders = sorted({line.number for line in of_receipt.select_related("order")})
    facts = [
        (_("receipt"), f"{inspection.reference} {inspection.supplier or ''}".strip()),
        (_("purchase order"), pgettext("list", ", ").join(orders) or "–"),
        (_("blocked"), "; ".join(f"{line.size} {shown(line.quantity)}".strip() for line in lines) + f" {unit}"),
        (_("defects"), inspection.blocking.note if inspection.blocking else "–"),
        (_("inspector"), f"{inspection.by or _('the program')}, {figures.day(inspection.day)}"),
    ]
    if gone:
        facts.append((_("issued before"), f"{shown(gone)} {unit}"))
    words = {"material": material, "quantity": shown(total), "unit": unit}
    return Notice(
        title=_("%(material)s: %(quantity)s %(unit)s did not pass on arrival") % words,
        lead=_("It counts in no kit any more. Send it back, scrap it, or have QC release it; whom it hits is on the page of hits."),
        facts=tuple(facts),
        url=reverse("quality:inspection", args=[inspection.pk]),
        link=_("Open the inspection"),
        shape="late",
    )

"""Inspections are posted once, with their sizes and defects, and reversed with a reason. What fails does not count as finished."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from planning_site.core import audit, clock
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from procurement.services import stock_reversal
from quality.models import Inspection
from quality.people import require
from quality.selectors.inspections import passed_pairs
from quality.services.findings import Findings, accepts, check, passed_of, write

Kind, Method = Inspection.Kind, Inspection.Method


def inspect_line(
    *,
    line: OrderLine,
    kind: str,
    findings: Findings,
    by: User | None,
    method: str = Method.FULL,
    stage: str = "",
    note: str = "",
    day: dt.date | None = None,
) -> Inspection:
    """Post an in-line or final inspection of an order line. Of a final one, what passed is finished.

    Every pair: all presented are checked, and all but the failed pass. Sample: the lot passes or is turned back as a whole, as the
    defects of its sample say; of a lot that passes, the failed pairs are taken out.

    Raises DomainError: `not_qc`, `closed_order`, `sizes`, `counts`, `sample` if fewer than the sample were checked, `too_many` if more
    pairs would pass than were ordered, `stage`, `defects` for failed pairs without a defect.
    """
    require(by, [Department.QC], _("QC inspects."), "not_qc")
    _check_asked(line, kind, stage, findings)
    accepted = accepts(findings, check(findings, method))
    with transaction.atomic():
        locked = _locked(line)
        if kind == Kind.FINAL and accepted:
            _check_not_more_than_ordered(locked, findings)
        inspection = Inspection(
            plant=locked.order.plant,
            kind=kind,
            method=method,
            day=day or clock.today(),
            order_line=locked,
            stage=stage if kind == Kind.IN_LINE else "",
            note=note.strip()[:300],
            by=by,
        )
        return write(inspection, findings, accepted=accepted, by=by)


def _locked(line: OrderLine) -> OrderLine:
    """The order line, locked: of two inspectors at once the second sees what passed with the first."""
    locked = OrderLine.objects.select_for_update(of=("self",)).select_related("order__plant").get(pk=line.pk)
    if locked.order.state in (Order.State.CANCELLED, Order.State.CLOSED):
        words = {"order": locked.order, "state": locked.order.get_state_display()}
        raise DomainError(_("%(order)s is %(state)s.") % words, "closed_order")
    return locked


def _check_asked(line: OrderLine, kind: str, stage: str, findings: Findings) -> None:
    """Raises DomainError (`kind`, `stage`, `counts`, `sizes`) for what no inspection of this order line can be."""
    if kind not in (Kind.IN_LINE, Kind.FINAL):
        raise DomainError(_("Of an order there are in-line and final inspections."), "kind")
    if kind == Kind.IN_LINE and not stage:
        raise DomainError(_("Say at which stage it was inspected."), "stage")
    if any(number % 1 for count in findings.counts for number in (count.presented, count.checked, count.failed)):
        raise DomainError(_("Pairs are whole numbers."), "counts")
    foreign = [count.size for count in findings.counts if count.size not in line.sizes]
    if foreign:
        raise DomainError(_("The order has no size %(sizes)s.") % {"sizes": ", ".join(foreign)}, "sizes")


def reverse_inspection(*, inspection: Inspection, reason: str, by: User | None) -> Inspection:
    """Take an inspection back: it stays readable and counts for nothing; what it blocked is free again.

    Raises DomainError: `not_qc`, `no_reason`, `reversed`, `short` where what it blocked is not there any more.
    """
    require(by, [Department.QC], _("QC inspects."), "not_qc")
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError(_("Give the reason: whoever reads the history needs it."), "no_reason")
    with transaction.atomic():
        locked = Inspection.objects.select_for_update(of=("self",)).select_related("blocking__plant").get(pk=inspection.pk)
        if locked.reversed_at is not None:
            raise DomainError(_("%(person)s reversed it before.") % {"person": locked.reversed_by}, "reversed")
        locked.reversed_at, locked.reversed_by, locked.reversal_reason = clock.now(), by, reason[:300]
        locked.save(update_fields=["reversed_at", "reversed_by", "reversal_reason"])
        if locked.blocking is not None:
            stock_reversal.reverse(document=locked.blocking, why=reason, by=by, with_inspection=True)
        audit.record(locked, "reverse", by=by, why=reason[:300])
    return locked


def _check_not_more_than_ordered(line: OrderLine, findings: Findings) -> None:
    before: Mapping[str, int] = passed_pairs([line.pk]).get(line.pk, {})
    for count in findings.counts:
        over = before.get(count.size, 0) + passed_of(count, accepted=True) - line.sizes[count.size]
        if over > 0:
            words = {"size": count.size, "ordered": line.sizes[count.size], "before": before.get(count.size, 0), "over": over}
            message = _("Size %(size)s: %(ordered)d ordered, %(before)d passed before; that is %(over)d too many.")
            raise DomainError(message % words, "too_many")

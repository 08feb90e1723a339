"""Inspections are posted once, with their sizes and defects, and reversed with a reason. What fails does not count as finished."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import Order, OrderLine
from orders.sizes import size_key
from planning_site.core import audit, clock
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from procurement.models import Material, Supplier
from quality.models import DefectCode, Inspection, InspectionDefect, InspectionSize
from quality.people import require
from quality.sampling import SamplePlan, plan_for
from quality.selectors.inspections import passed_pairs
from quality.services.files import Upload, store_photo

Kind, Method, Severity = Inspection.Kind, Inspection.Method, DefectCode.Severity


@dataclass(frozen=True)
class Count:
    """What was seen of one size: presented, of these checked, of these failed. The size is empty for a material without sizes."""

    size: str
    presented: int
    checked: int
    failed: int


@dataclass(frozen=True)
class Found:
    """A defect with the number of pairs that have it."""

    code: DefectCode
    count: int
    size: str = ""
    place: str = ""
    photo: Upload | None = None


@dataclass(frozen=True)
class Findings:
    """Counts by size, and the defects that were found."""

    counts: Sequence[Count]
    defects: Sequence[Found] = field(default_factory=tuple)

    @property
    def presented(self) -> int:
        return sum(count.presented for count in self.counts)

    @property
    def checked(self) -> int:
        return sum(count.checked for count in self.counts)

    @property
    def failed(self) -> int:
        return sum(count.failed for count in self.counts)


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
    accepted = _accepted(findings, _check(findings, method))
    with transaction.atomic():
        # Two inspectors of one line at once: the second sees what passed with the first.
        locked = OrderLine.objects.select_for_update(of=("self",)).select_related("order__plant").get(pk=line.pk)
        if locked.order.state in (Order.State.CANCELLED, Order.State.CLOSED):
            raise DomainError(
                _("%(order)s is %(state)s.") % {"order": locked.order, "state": locked.order.get_state_display()}, "closed_order"
            )
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
        return _post(inspection, findings, accepted, by)


def _check_asked(line: OrderLine, kind: str, stage: str, findings: Findings) -> None:
    """Raises DomainError (`kind`, `stage`, `sizes`) for what no inspection of this order line can be."""
    if kind not in (Kind.IN_LINE, Kind.FINAL):
        raise DomainError(_("Of an order there are in-line and final inspections."), "kind")
    if kind == Kind.IN_LINE and not stage:
        raise DomainError(_("Say at which stage it was inspected."), "stage")
    foreign = [count.size for count in findings.counts if count.size not in line.sizes]
    if foreign:
        raise DomainError(_("The order has no size %(sizes)s.") % {"sizes": ", ".join(foreign)}, "sizes")


def inspect_receipt(
    *,
    reference: str,
    findings: Findings,
    by: User | None,
    material: Material | None = None,
    supplier: Supplier | None = None,
    method: str = Method.FULL,
    note: str = "",
    day: dt.date | None = None,
) -> Inspection:
    """Post an incoming inspection of what a purchase receipt brought, by its number. Raises DomainError as
    `inspect_line`, and `no_reference`.
    """
    require(by, [Department.QC], _("QC inspects."), "not_qc")
    reference = " ".join(reference.split())
    if not reference:
        raise DomainError(_("Give the number of the receipt or of the purchase order."), "no_reference")
    plan = _check(findings, method)
    with transaction.atomic():
        inspection = Inspection(
            plant=default_plant(),
            kind=Kind.INCOMING,
            method=method,
            day=day or clock.today(),
            reference=reference[:60],
            material=material,
            supplier=supplier or (material.supplier if material else None),
            note=note.strip()[:300],
            by=by,
        )
        return _post(inspection, findings, _accepted(findings, plan), by)


def reverse_inspection(*, inspection: Inspection, reason: str, by: User | None) -> Inspection:
    """Take an inspection back: it stays readable and counts for nothing. Raises DomainError: `not_qc`, `no_reason`, `reversed`."""
    require(by, [Department.QC], _("QC inspects."), "not_qc")
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError(_("Give the reason: whoever reads the history needs it."), "no_reason")
    with transaction.atomic():
        locked = Inspection.objects.select_for_update().get(pk=inspection.pk)
        if locked.reversed_at is not None:
            raise DomainError(_("%(person)s reversed it before.") % {"person": locked.reversed_by}, "reversed")
        locked.reversed_at, locked.reversed_by, locked.reversal_reason = clock.now(), by, reason[:300]
        locked.save(update_fields=["reversed_at", "reversed_by", "reversal_reason"])
        audit.record(locked, "reverse", by=by, why=reason[:300])
    return locked


def _check(findings: Findings, method: str) -> SamplePlan | None:
    """The counts are possible, and failed pairs have a defect. Returns the plan of a sample."""
    counts = findings.counts
    if not counts or findings.presented < 1 or any(count.presented < 1 for count in counts):
        raise DomainError(_("Write down how many were presented."), "counts")
    if len({count.size for count in counts}) < len(counts):
        raise DomainError(_("Each size stands once."), "counts")
    if any(not 0 <= count.failed <= count.checked <= count.presented for count in counts):
        raise DomainError(_("No more fail than were checked, no more are checked than were presented."), "counts")
    if findings.failed and not findings.defects:
        raise DomainError(_("Name the defects of the pairs that failed."), "defects")
    if any(found.count < 1 for found in findings.defects):
        raise DomainError(_("A defect was found at least once."), "defects")
    if method == Method.FULL:
        if findings.checked != findings.presented:
            raise DomainError(_("Every pair is checked, or choose “sample”."), "counts")
        return None
    plan = plan_for(findings.presented)
    if findings.checked < plan.sample:
        words = {"lot": findings.presented, "sample": plan.sample}
        raise DomainError(_("Of %(lot)d pairs at least %(sample)d are checked.") % words, "sample")
    return plan


def _accepted(findings: Findings, plan: SamplePlan | None) -> bool:
    """Whether the lot passes. With every pair checked, what is good passes; a critical defect turns a sampled lot back."""
    if plan is None:
        return True
    found: Counter[str] = Counter()
    for defect in findings.defects:
        found[defect.code.severity] += defect.count
    return plan.accepts(critical=found[Severity.CRITICAL], major=found[Severity.MAJOR], minor=found[Severity.MINOR])


def _passed(count: Count, accepted: bool) -> int:
    return count.presented - count.failed if accepted else 0


def _check_not_more_than_ordered(line: OrderLine, findings: Findings) -> None:
    before: Mapping[str, int] = passed_pairs([line.pk]).get(line.pk, {})
    for count in findings.counts:
        over = before.get(count.size, 0) + _passed(count, True) - line.sizes[count.size]
        if over > 0:
            words = {"size": count.size, "ordered": line.sizes[count.size], "before": before.get(count.size, 0), "over": over}
            message = _("Size %(size)s: %(ordered)d ordered, %(before)d passed before; that is %(over)d too many.")
            raise DomainError(message % words, "too_many")


def _post(inspection: Inspection, findings: Findings, accepted: bool, by: User | None) -> Inspection:
    inspection.presented, inspection.checked, inspection.failed = findings.presented, findings.checked, findings.failed
    inspection.is_accepted = accepted
    inspection.full_clean()
    inspection.save()
    ordered = sorted(findings.counts, key=lambda count: size_key(count.size) if count.size else 0)
    InspectionSize.objects.bulk_create(
        [
            InspectionSize(
                inspection=inspection,
                size=count.size,
                presented=count.presented,
                checked=count.checked,
                failed=count.failed,
                passed=_passed(count, accepted),
            )
            for count in ordered
        ]
    )
    InspectionDefect.objects.bulk_create(
        [
            InspectionDefect(
                inspection=inspection,
                code=found.code,
                size=found.size,
                count=found.count,
                place=found.place[:60],
                photo=store_photo(found.photo, by=by) if found.photo else None,
            )
            for found in findings.defects
        ]
    )
    values = {"presented": (None, findings.presented), "failed": (None, findings.failed), "accepted": (None, accepted)}
    audit.record(inspection, "inspect", by=by, values=values)
    return inspection

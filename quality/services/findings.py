"""What an inspection saw, whether the lot passes with it, and how it is written down. For order lines and for receipts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil

from django.utils.translation import gettext as _

from orders.sizes import size_key
from planning_site.core import audit
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from quality.models import DefectCode, Inspection, InspectionDefect, InspectionSize
from quality.sampling import SamplePlan, plan_for
from quality.services.files import Upload, store_photo

Method, Severity = Inspection.Method, DefectCode.Severity
Quantity = Decimal | int
SMALLEST = Decimal("0.001")


@dataclass(frozen=True)
class Count:
    """What was seen of one size: presented, of these checked, of these failed, in pairs or in the material's unit.

    The size is empty for a material without sizes.
    """

    size: str
    presented: Quantity
    checked: Quantity
    failed: Quantity


@dataclass(frozen=True)
class Found:
    """A defect with the number of pairs or pieces that have it."""

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
    def presented(self) -> Quantity:
        return sum(count.presented for count in self.counts)

    @property
    def checked(self) -> Quantity:
        return sum(count.checked for count in self.counts)

    @property
    def failed(self) -> Quantity:
        return sum(count.failed for count in self.counts)


def check(findings: Findings, method: str) -> SamplePlan | None:
    """The counts are possible, and what failed has a defect. Returns the plan of a sample.

    Raises DomainError: `counts`, `defects`, `sample`.
    """
    counts = findings.counts
    if not counts or findings.presented <= 0 or any(count.presented <= 0 for count in counts):
        raise DomainError(_("Write down how many were presented."), "counts")
    if len({count.size for count in counts}) < len(counts):
        raise DomainError(_("Each size stands once."), "counts")
    if any(not 0 <= count.failed <= count.checked <= count.presented for count in counts):
        raise DomainError(_("No more fail than were checked, no more are checked than were presented."), "counts")
    if any(Decimal(count.presented) % SMALLEST or Decimal(count.failed) % SMALLEST for count in counts):
        raise DomainError(_("At most three decimals."), "counts")
    if findings.failed and not findings.defects:
        raise DomainError(_("Name the defects of the pairs that failed."), "defects")
    if any(found.count < 1 for found in findings.defects):
        raise DomainError(_("A defect was found at least once."), "defects")
    if method == Method.FULL:
        if findings.checked != findings.presented:
            raise DomainError(_("Every pair is checked, or choose “sample”."), "counts")
        return None
    plan = plan_for(ceil(findings.presented))
    if findings.checked < plan.sample:
        words = {"lot": plan.lot, "sample": plan.sample}
        raise DomainError(_("Of %(lot)d at least %(sample)d are checked.") % words, "sample")
    return plan


def accepts(findings: Findings, plan: SamplePlan | None) -> bool:
    """Whether the lot passes. With every pair checked, what is good passes; a critical defect turns a sampled lot back."""
    if plan is None:
        return True
    found: Counter[str] = Counter()
    for defect in findings.defects:
        found[defect.code.severity] += defect.count
    return plan.accepts(critical=found[Severity.CRITICAL], major=found[Severity.MAJOR], minor=found[Severity.MINOR])


def passed_of(count: Count, *, accepted: bool) -> Quantity:
    """What may be used of a size: nothing of a lot that is turned back."""
    return count.presented - count.failed if accepted else 0


def write(inspection: Inspection, findings: Findings, *, accepted: bool, by: User | None) -> Inspection:
    """Save an inspection with its sizes and defects in the caller's transaction."""
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
                passed=passed_of(count, accepted=accepted),
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

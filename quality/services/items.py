"""Items of a plan are delivered as versions, and done by a proof: a file, or a signature. A comment is not a delivery (C2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from planning_site.core import audit, clock
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from planning_site.core.transitions import transition
from quality.models import ItemVersion, PlanItem, Step
from quality.notices import Notice, tell
from quality.people import is_of, people_of, require
from quality.services.announcing import note_release
from quality.services.files import Upload, store_file
from quality.services.plans import lock_plan

State = ItemVersion.State
MAX_FILES = 10


def may_deliver(item: PlanItem, by: User | None) -> bool:
    """Whether a person may deliver an item or report that it is late: its owner, technical, and planning, which tracks it."""
    return is_of(by, [Department.TECHNICAL, Department.PLANNING]) or (by is not None and item.owner_id == by.pk)


def deliver(*, item: PlanItem, note: str, files: Sequence[Upload], by: User | None, today: dt.date | None = None) -> ItemVersion:
    """Deliver the next version of an item. With a file it counts at once; without one when technical has signed it (C2).

    Raises DomainError: `not_owner`, `not_needed`, `nothing` for a delivery without file and note, `too_many`, or what is wrong with a file.
    """
    if not may_deliver(item, by):
        raise DomainError(_("%(item)s is delivered by its owner or by technical.") % {"item": item.step}, "not_owner")
    note = " ".join(note.split())
    if not files and not note:
        raise DomainError(_("Attach the file, or say what was delivered; then technical signs it."), "nothing")
    if len(files) > MAX_FILES:
        raise DomainError(_("At most %(n)d files at a time.") % {"n": MAX_FILES}, "too_many")
    today = today or clock.today()
    with transaction.atomic():
        locked = _lock(item)
        stored = [store_file(file, by=by) for file in files]
        number = (locked.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        version = ItemVersion(item=locked, number=number, note=note[:300], delivered_at=clock.now(), delivered_by=by)
        version.full_clean(exclude=["files"])
        version.save()
        version.files.set(stored)
        names = ", ".join(file.filename for file in stored)
        audit.record(locked.plan, "deliver", by=by, values={locked.step.code: (None, f"v{number} {names}".strip())}, why=note[:300])
        _settle(locked, by=by, why=_("%(item)s v%(n)d delivered") % {"item": locked.step, "n": number}, today=today)
        if not stored:
            tell(
                key=f"item-version:{version.pk}",
                receivers=people_of([Department.TECHNICAL]),
                build=lambda: _version_notice(version, locked),
                rule_code="C2",
            )
    return version


def review_version(*, version: ItemVersion, signed: bool, reason: str, by: User | None, today: dt.date | None = None) -> ItemVersion:
    """Technical signs a version, or sends it back with the reason; a signature of one's own delivery does not count.

    Raises DomainError: `not_technical`, `own` , `no_reason`, `old_version` if a newer one was delivered, `transition`.
    """
    require(by, [Department.TECHNICAL], _("Technical signs versions."), "not_technical")
    reason = " ".join(reason.split())
    if not signed and not reason:
        raise DomainError(_("Say why it is sent back."), "no_reason")
    today = today or clock.today()
    with transaction.atomic():
        locked = _lock(version.item)
        found = locked.versions.select_for_update().get(pk=version.pk)
        if found.number != locked.versions.aggregate(last=Max("number"))["last"]:
            raise DomainError(_("A newer version was delivered. Look at that one."), "old_version")
        if signed and by is not None and found.delivered_by_id == by.pk:
            raise DomainError(_("Somebody else signs what you delivered."), "own")
        before = transition(found, State.SIGNED if signed else State.RETURNED)
        found.reviewed_at, found.reviewed_by, found.reason = clock.now(), by, reason[:300]
        found.save(update_fields=["state", "reviewed_at", "reviewed_by", "reason"])
        values = {f"{locked.step.code} v{found.number}": (before, found.state)}
        audit.record(locked.plan, "review version", by=by, values=values, why=reason[:300])
        key = f"version-review:{found.pk}:{found.state}"
        _settle(locked, by=by, why=reason or _("%(item)s signed") % {"item": locked.step}, today=today, key=key)
        if not signed and found.delivered_by is not None:
            receivers = [(found.delivered_by, Department(locked.step.department))]
            tell(key=f"{key}:owner", receivers=receivers, build=lambda: _returned_notice(found, locked), rule_code="C2")
    return found


def proof_day(item: PlanItem) -> dt.date | None:
    """The day on which the newest version became a proof: delivered with a file, or signed. None while there is none."""
    version = item.versions.order_by("-number").first()
    if version is None or version.state == State.RETURNED:
        return None
    # a file proves from its delivery on; a signature only adds to it
    proved = version.delivered_at if version.files.exists() else version.reviewed_at if version.state == State.SIGNED else None
    return proved.astimezone(clock.factory_zone()).date() if proved else None


def _settle(item: PlanItem, *, by: User | None, why: str, today: dt.date, key: str = "") -> None:
    """Read from the proofs whether the item is done, and what that does to the release."""
    before, item.done_on = item.done_on, proof_day(item)
    if item.done_on:
        item.forecast_on, item.is_open_ended = None, False
    item.save(update_fields=["done_on", "forecast_on", "is_open_ended"])
    if before != item.done_on:
        audit.record(item.plan, "done" if item.done_on else "reopen", by=by, values={item.step.code: (before, item.done_on)})
    note_release(item.plan, by=by, why=why, today=today, key=key)


def _lock(item: PlanItem) -> PlanItem:
    """The item, with its plan locked until the transaction ends. Raises DomainError for a step that is not delivered this way."""
    plan = lock_plan(item.plan_id)
    locked = PlanItem.objects.select_related("step", "owner").get(pk=item.pk)
    locked.plan = plan
    if locked.step.group != Step.Group.ITEM:
        raise DomainError(_("%(item)s is reported on the trial sheet.") % {"item": locked.step}, "not_an_item")
    if not locked.is_needed:
        raise DomainError(_("%(style)s does not need %(item)s.") % {"style": plan.style, "item": locked.step}, "not_needed")
    return locked


def _version_notice(version: ItemVersion, item: PlanItem) -> Notice:
    return Notice(
        title=_("%(style)s %(item)s v%(n)d to sign") % {"style": item.plan.style, "item": item.step, "n": version.number},
        lead=version.note,
        facts=((_("delivered by"), str(version.delivered_by or "")),),
        url=reverse("quality:style", args=[item.plan.style_id]),
        link=_("Sign, or send back"),
    )


def _returned_notice(version: ItemVersion, item: PlanItem) -> Notice:
    return Notice(
        title=_("%(style)s %(item)s v%(n)d sent back") % {"style": item.plan.style, "item": item.step, "n": version.number},
        lead=version.reason,
        facts=((_("sent back by"), str(version.reviewed_by or "")),),
        url=reverse("quality:style", args=[item.plan.style_id]),
        link=_("Deliver the next version"),
        shape="late",
    )

"""The pre-production plan of a new style (C1, E2), its items with their versions and proofs (C2), delays (C3) and escalations."""

from collections.abc import Mapping, Set
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Order, Style
from planning_site.core.models import Plant
from quality.models.files import StoredFile
from quality.models.steps import Step


class PreparationPlan(models.Model):
    """What has to be ready by when so that a new style can be released in time. Planning proposes, technical signs (C1)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("preparation", "waits for technical")
        AGREED = "agreed", pgettext_lazy("preparation", "signed by technical")
        RETURNED = "returned", pgettext_lazy("preparation", "sent back")

    TRANSITIONS: Mapping[Any, Set[Any]] = {
        State.PROPOSED: {State.AGREED, State.RETURNED},
        State.RETURNED: {State.PROPOSED},
        State.AGREED: {State.PROPOSED},
    }

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    style = models.OneToOneField(Style, models.PROTECT, verbose_name=_("style"), related_name="preparation")
    # the order whose notice began it; orders that come later may move `due_on`
    order = models.ForeignKey(Order, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    due_on = models.DateField(_("due"))
    required_on = models.DateField(_("release needed by"))
    # the day of release that sales and planning were told last; empty while nobody can name one
    announced_on = models.DateField(_("expected release"), null=True, blank=True)
    tracker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("tracker"), related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    review_note = models.CharField(max_length=300, blank=True)
    # Two editors do not overwrite each other: a form carries the version that it was filled from.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_on", "style"]

    def __str__(self) -> str:
        return f"{self.style_id} {self.due_on}"


class PlanItem(models.Model):
    """One step of a plan with its planned day and owner. It is done by a proof: a version with a file, or a signed one (C2)."""

    plan = models.ForeignKey(PreparationPlan, models.CASCADE, related_name="items")
    step = models.ForeignKey(Step, models.PROTECT, verbose_name=_("step"), related_name="+")
    is_needed = models.BooleanField(_("needed"), default=True)
    planned_on = models.DateField(_("planned"))
    # what the owner says now; `is_open_ended`: he cannot name a day (C3)
    forecast_on = models.DateField(_("forecast"), null=True, blank=True)
    is_open_ended = models.BooleanField(default=False)
    done_on = models.DateField(_("done"), null=True, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("owner"), related_name="+")

    class Meta:
        ordering = ["plan", "step__position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "step"], name="plan_item_once"),
            models.CheckConstraint(condition=Q(is_open_ended=False) | Q(forecast_on=None), name="plan_item_open_end_has_no_day"),
        ]
        indexes = [
            # late and due items: quality.selectors.items, quality.services.escalation
            models.Index(fields=["planned_on"], condition=Q(done_on=None, is_needed=True), name="plan_item_open"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.step_id}"


class ItemVersion(models.Model):
    """A version of an item as it was delivered. Never edited: what is wrong with it is sent back, the next version follows."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", pgettext_lazy("version", "delivered")
        SIGNED = "signed", pgettext_lazy("version", "signed")
        RETURNED = "returned", pgettext_lazy("version", "sent back")

    TRANSITIONS: Mapping[Any, Set[Any]] = {
        State.SUBMITTED: {State.SIGNED, State.RETURNED},
        State.SIGNED: {State.RETURNED},
        State.RETURNED: set(),
    }

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    files = models.ManyToManyField(StoredFile, blank=True, related_name="versions")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SUBMITTED)
    delivered_at = models.DateTimeField(_("delivered"))
    delivered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["item", "-number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="item_version_once")]

    def __str__(self) -> str:
        return f"v{self.number}"


class Delay(models.Model):
    """“Cannot, because” (C3): an item that does not come on its day, why, and what that does to the release. Never edited."""

    class Cause(models.TextChoices):
        CUSTOMER = "customer_change", _("change by the customer")
        TECHNICAL = "tech_late", _("technical difficulty")
        MATERIAL = "material_late", _("material late")
        TOOLING = "tooling_missing", _("tooling missing")
        MACHINE = "machine", _("machine down")
        LABOUR = "labour", _("people missing")
        QUALITY = "quality_hold", _("quality problem")
        OTHER = "other", pgettext_lazy("cause", "other")

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="delays")
    cause = models.CharField(_("cause"), max_length=20, choices=Cause)
    reason = models.CharField(_("reason"), max_length=300)
    day_before = models.DateField()
    # empty: no day can be named
    day_after = models.DateField(null=True, blank=True)
    release_before = models.DateField(null=True, blank=True)
    release_after = models.DateField(null=True, blank=True)
    at = models.DateTimeField(_("reported"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.item_id} {self.day_before} → {self.day_after}"


class Escalation(models.Model):
    """A late item that was named to the superior with its owner and the days it is late (C1). One row per item, planned day and step."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="escalations")
    planned_on = models.DateField()
    step = models.PositiveSmallIntegerField()
    days_late = models.PositiveSmallIntegerField(_("working days late"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["item", "planned_on", "step"], name="escalation_once")]

    def __str__(self) -> str:
        return f"{self.item_id} +{self.days_late}"

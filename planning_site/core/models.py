"""What every app stands on: people, plants, the working calendar, number series and the audit trail."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_site.core.departments import Department


class User(AbstractUser):
    """A person with an account. Departments are groups; language, theme and density are the person's choice."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    display_name = models.CharField(_("name"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, blank=True, default=Theme.SYSTEM)
    # the plant that the person's pages are about; null: the first one
    plant = models.ForeignKey("Plant", models.SET_NULL, null=True, blank=True, verbose_name=_("plant"), related_name="+")

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def departments(self) -> frozenset[Department]:
        """The departments this person belongs to; one query, kept with the object."""
        names = set(self.groups.values_list("name", flat=True))
        return frozenset(d for d in Department if d.value in names)

    @property
    def department_names(self) -> list[str]:
        """Their names in the language of the request, in the order of the procedure."""
        return [str(department.label) for department in Department if department in self.departments]


class Plant(models.Model):
    """A site with its own teams, calendar and warehouses. A small factory has one and never sees the word."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "plant"), pgettext_lazy("model", "plants")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class CalendarPeriod(models.Model):
    """An exception from the working week (Monday to Saturday): days off, or a Sunday that is worked."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("closed")
        WORKING = "working", _("working")

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="calendar_periods")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    note = models.CharField(_("note"), max_length=100, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "calendar period"), pgettext_lazy("model", "calendar periods")
        ordering = ["first_day"]
        constraints = [
            models.UniqueConstraint(fields=["plant", "first_day"], name="calendar_period_start"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="calendar_period_ends_after_start",
                violation_error_message=_("A period cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day}–{self.last_day} {self.kind}"


class NumberSeries(models.Model):
    """The last number given in a series, such as `HT261123`. Only `core.numbering` writes it."""

    key = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"


class Change(models.Model):
    """Who changed what, when and why. Written by `core.audit` in the transaction of the change; never edited."""

    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("who"), related_name="+")
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    action = models.CharField(_("action"), max_length=40)
    # {"field": [old, new]}; values as shown to people
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    why = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "history entry"), pgettext_lazy("model", "history")
        ordering = ["-at", "-id"]
        # an object's history, newest first: core.audit.history_of
        indexes = [models.Index(fields=["object_type", "object_id", "-at"], name="change_of_object")]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id} {self.action}"

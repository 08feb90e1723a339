"""Uploaded workbooks on their way in, and what people taught the reader: header words and columns of customers' own files."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_site.core.models import Plant


class HeaderAlias(models.Model):
    """A header word that a person added: in sheets of `kind` it names `field`. Built-in words stand with the kinds."""

    kind = models.CharField(_("sheet"), max_length=60)
    field = models.CharField(_("field"), max_length=40)
    words = models.CharField(_("header words"), max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "column heading"), pgettext_lazy("model", "column headings")
        ordering = ["kind", "words"]
        constraints = [models.UniqueConstraint(fields=["kind", "words"], name="header_alias_once")]

    def __str__(self) -> str:
        return f"{self.words} → {self.kind}.{self.field}"


class ColumnMapping(models.Model):
    """The columns of a file as a person explained them once, found again by the signature of its header and the customer.

    `columns` maps comparable header words to a field, "" or "size:36"; `constants` are values the file does not carry;
    `values` maps a field to {word: replacement}. `customer` is a name, for this app knows no customers; "" fits any.
    """

    class Numbers(models.TextChoices):
        AS_SHOWN = "", _("as the file shows")
        POINT = "point", "1,234.56"
        COMMA = "comma", "1.234,56"

    class Days(models.TextChoices):
        AS_SHOWN = "", _("as the file shows")
        DAY_FIRST = "day_first", "31/12/2026"
        MONTH_FIRST = "month_first", "12/31/2026"

    signature = models.CharField(max_length=64)
    customer = models.CharField(_("customer"), max_length=100, blank=True)
    kind = models.CharField(_("sheet"), max_length=60)
    columns = models.JSONField(_("columns"))
    constants = models.JSONField(_("values for all rows"), default=dict, blank=True)
    values = models.JSONField(_("words"), default=dict, blank=True)
    numbers = models.CharField(_("numbers"), max_length=5, choices=Numbers, blank=True)
    days = models.CharField(_("dates"), max_length=11, choices=Days, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "remembered columns"), pgettext_lazy("model", "remembered columns")
        ordering = ["customer", "kind"]
        constraints = [models.UniqueConstraint(fields=["signature", "customer"], name="column_mapping_once")]

    def __str__(self) -> str:
        return f"{self.customer or '*'} {self.kind}"


class ImportJob(models.Model):
    """An uploaded file: read, shown, corrected, then imported or not. The file stays with it."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("waiting")
        READING = "reading", _("being read")
        READY = "ready", _("not written yet")
        APPROVED = "approved", _("waiting to be imported")
        IMPORTING = "importing", _("being imported")
        DONE = "done", _("imported")
        DROPPED = "dropped", _("not imported")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")

    TRANSITIONS = {
        State.UPLOADED: {State.READING, State.DROPPED, State.FAILED},
        State.READING: {State.READY, State.REFUSED, State.FAILED, State.UPLOADED},
        State.READY: {State.UPLOADED, State.APPROVED, State.DROPPED},
        State.APPROVED: {State.IMPORTING, State.FAILED},
        State.IMPORTING: {State.DONE, State.READY, State.FAILED, State.APPROVED},
        State.REFUSED: {State.UPLOADED, State.DROPPED},
        State.FAILED: {State.UPLOADED, State.DROPPED},
        State.DONE: set(),
        State.DROPPED: set(),
    }
    WORKING = (State.UPLOADED, State.READING, State.APPROVED, State.IMPORTING)

    plant = models.ForeignKey(Plant, models.PROTECT, related_name="+")
    filename = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("bytes"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(_("seconds to read"), null=True, blank=True)
    customer = models.CharField(_("customer"), max_length=100, blank=True)
    # [[sheet, row, column, text]]: cells as a person corrected them
    corrections = models.JSONField(default=list, blank=True)
    # {signature: {kind, columns, constants, values, numbers, days}}: what a person said about this file's columns
    mapping = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=10, blank=True)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    # what was understood and what would be, or was, written: see workbooks.services.summary
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "import"), pgettext_lazy("model", "imports")
        ordering = ["-id"]
        indexes = [
            # waiting files, oldest first: workbooks.services.jobs.waiting
            models.Index(fields=["id"], condition=Q(state__in=["uploaded", "approved"]), name="import_job_waiting"),
            # the same file again: workbooks.services.jobs.imported_before
            models.Index(fields=["sha256"], name="import_job_file"),
        ]

    def __str__(self) -> str:
        return f"{self.filename} {self.state}"

    @property
    def works(self) -> bool:
        """Whether something is still going to happen by itself."""
        return self.state in self.WORKING

    def silent_since(self, moment: dt.datetime) -> bool:
        """Whether its worker has not been heard of since a moment."""
        return self.claimed_at is not None and self.claimed_at < moment

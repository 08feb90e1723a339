"""Mail on its way out: a row in the transaction of the fact it tells, delivered afterwards, visible to everybody."""

from collections.abc import Mapping, Set
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_site.core.departments import Department


class Attachment(models.Model):
    """A file that goes out with one or more mails, kept as it was when it was issued."""

    # of the name and the content: see outbox.services.store_attachment
    sha256 = models.CharField(max_length=64, unique=True)
    filename = models.CharField(_("file"), max_length=150)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("bytes"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "attachment"), pgettext_lazy("model", "attachments")

    def __str__(self) -> str:
        return self.filename


class OutgoingMail(models.Model):
    """One mail to one person. `key` says which fact it tells: a second row with the same key is never written."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("mail", "queued")
        SENDING = "sending", pgettext_lazy("mail", "sending")
        SENT = "sent", pgettext_lazy("mail", "sent")
        FAILED = "failed", pgettext_lazy("mail", "failed")
        # claimed, but nobody knows whether it left: listed for a person, never sent again by itself
        UNCERTAIN = "uncertain", _("uncertain")
        # no mail server is set: read here
        KEPT = "kept", _("kept here")

    TRANSITIONS: Mapping[Any, Set[Any]] = {
        State.QUEUED: {State.SENDING, State.KEPT},
        State.SENDING: {State.SENT, State.FAILED, State.QUEUED, State.UNCERTAIN},
        State.UNCERTAIN: {State.QUEUED, State.SENT},
        State.FAILED: {State.QUEUED},
        State.KEPT: {State.QUEUED},
        State.SENT: set(),
    }

    key = models.CharField(max_length=150, unique=True)
    rule_code = models.CharField(_("clause"), max_length=10, blank=True)
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="mails")
    to_address = models.EmailField(_("to"), blank=True)
    department = models.CharField(_("department"), max_length=20, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="mails")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "mail"), pgettext_lazy("model", "mails")
        ordering = ["-created_at", "-id"]
        # waiting mail, oldest first: outbox.services.deliver
        indexes = [models.Index(fields=["state", "retry_at", "id"], name="mail_waiting")]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to_address}"

    @property
    def department_label(self) -> str:
        return str(Department(self.department).label) if self.department in Department.values else self.department

    @property
    def waits_for_retry(self) -> bool:
        """Whether an attempt has failed and the next one is still to come."""
        return self.state == OutgoingMail.State.QUEUED and self.retry_at is not None


class MailRound(models.Model):
    """The mails of one kind and day, such as the morning digest. The row says that they were written, even if there were none."""

    kind = models.CharField(max_length=20)
    day = models.DateField()
    at = models.DateTimeField()
    mails = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["kind", "day"], name="mail_round_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"

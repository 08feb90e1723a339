"""Technical and QC: the signature that opens a new style for mass production."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Style
from quality.models.trials import Trial


class StyleRelease(models.Model):
    """QC's ready-for-production report of a new style (C5). Without it the style is not released."""

    class Result(models.TextChoices):
        PASSED = "pass", _("pass")
        PASSED_WITH_ACTIONS = "pass_with_actions", _("pass with actions")
        REDO = "redo", _("redo")

    style = models.ForeignKey(Style, models.PROTECT, related_name="releases")
    # the trial that it judges; only signatures from before trials were kept have none
    trial = models.ForeignKey(Trial, models.PROTECT, null=True, blank=True, verbose_name=_("trial"), related_name="reports")
    result = models.CharField(_("result"), max_length=20, choices=Result)
    note = models.CharField(_("note"), max_length=500, blank=True)
    signed_at = models.DateTimeField(_("signed"), auto_now_add=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "release of a style"), pgettext_lazy("model", "releases of styles")
        ordering = ["-signed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.style_id} {self.result}"

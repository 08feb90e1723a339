"""What a new style goes through before mass production, as data: items, departments of the trial, QC's report, production itself."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from planning_site.core.departments import Department

MAX_DAYS = 120


class Step(models.Model):
    """A step of pre-production with its usual duration in working days and the steps it waits for (C1, C2, C4, E2).

    A trial step bears the code of the stage at which it is made. `production` is what lies between the release and the due day.
    """

    class Group(models.TextChoices):
        ITEM = "item", pgettext_lazy("step", "item")
        TRIAL = "trial", pgettext_lazy("step", "trial")
        REPORT = "report", pgettext_lazy("step", "QC's report")
        PRODUCTION = "production", pgettext_lazy("step", "production")

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40, blank=True)
    group = models.CharField(_("kind"), max_length=10, choices=Group)
    days = models.PositiveSmallIntegerField(_("working days"), validators=[MinValueValidator(1), MaxValueValidator(MAX_DAYS)])
    after = models.ManyToManyField("self", symmetrical=False, blank=True, verbose_name=_("after"), related_name="before")
    department = models.CharField(_("department"), max_length=20, choices=Department)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("usual owner"), related_name="+"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "code"]
        constraints = [models.CheckConstraint(condition=models.Q(days__gte=1, days__lte=MAX_DAYS), name="step_takes_days")]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

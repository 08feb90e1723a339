"""What can be made where: the route of stages, workshops and their teams, minutes per pair. Blank is unknown, never zero."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orders.models import Style
from planning_site.core.models import Plant


class Stage(models.Model):
    """A step of the route. `after` names the stages that feed it: bottoming runs beside stitching into lasting."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    name_en = models.CharField(_("English name"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    after = models.ManyToManyField("self", symmetrical=False, blank=True, verbose_name=_("fed by"), related_name="feeds")
    # wall-clock minutes that a whole team stands still when it goes over to another style
    changeover_minutes = models.PositiveSmallIntegerField(_("style changeover, minutes"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "stage"), pgettext_lazy("model", "stages")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Workshop(models.Model):
    plant = models.ForeignKey(Plant, models.PROTECT, related_name="workshops")
    name = models.CharField(_("workshop"), max_length=60)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "workshop"), pgettext_lazy("model", "workshops")
        ordering = ["plant", "id"]
        constraints = [models.UniqueConstraint(fields=["plant", "name"], name="workshop_once")]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who work at one stage in one workshop. Minutes a day = people × hours × 60 × efficiency."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, verbose_name=_("workshop"), related_name="teams")
    stage = models.ForeignKey(Stage, models.PROTECT, verbose_name=_("stage"), related_name="teams")
    name = models.CharField(_("team"), max_length=60)
    people = models.PositiveSmallIntegerField(_("people"), null=True, blank=True)
    hours = models.DecimalField(
        _("hours a day"), max_digits=4, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(24)]
    )
    efficiency = models.DecimalField(
        _("efficiency %"), max_digits=5, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(200)]
    )
    overtime_hours = models.DecimalField(
        _("overtime, hours a day at most"),
        max_digits=4,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(12)],
    )
    # null: the team can make every family
    families = ArrayField(models.CharField(max_length=40), null=True, blank=True, verbose_name=_("families it can make"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_lent: bool  # whether other plants may plan with it too: annotated by scheduling.shared_teams.working_for

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "team"), pgettext_lazy("model", "teams")
        ordering = ["stage__position", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "name"], name="team_once"),
            models.CheckConstraint(condition=Q(hours__isnull=True) | Q(hours__lte=24), name="team_hours_in_a_day"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_rated(self) -> bool:
        """Whether people, hours and efficiency are all known. An unrated team is named and left out, not counted as 0."""
        return None not in (self.people, self.hours, self.efficiency)

    @property
    def minutes_a_day(self) -> float | None:
        """Person-minutes of a regular working day, or None while something is missing."""
        return self.person_minutes(self.hours)

    @property
    def overtime_minutes(self) -> float | None:
        """Person-minutes that overtime can add to a day, or None while something is missing."""
        return self.person_minutes(self.overtime_hours)

    def person_minutes(self, hours: object) -> float | None:
        """What the team's people do in some hours of the clock, in standard minutes; None while something is missing."""
        if self.people is None or self.efficiency is None or hours is None:
            return None
        return float(self.people) * float(str(hours)) * 60 * float(self.efficiency) / 100


class StyleRate(models.Model):
    """Standard minutes that one pair of a style takes at a stage."""

    style = models.ForeignKey(Style, models.CASCADE, related_name="rates")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="rates")
    minutes = models.DecimalField(_("minutes per pair"), max_digits=7, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "minutes per pair"), pgettext_lazy("model", "minutes per pair")
        ordering = ["style", "stage"]
        constraints = [
            models.UniqueConstraint(fields=["style", "stage"], name="style_rate_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="style_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.style_id} {self.stage_id} {self.minutes}"

"""Customers and the salespeople who look after them."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Salesperson(models.Model):
    """A name on orders. With an account it decides whose prices the account's owner sees."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="salesperson")

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "salesperson"), pgettext_lazy("model", "salespeople")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    class Grade(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    grade = models.CharField(_("grade"), max_length=1, choices=Grade, blank=True)
    salesperson = models.ForeignKey(
        Salesperson, models.PROTECT, null=True, blank=True, verbose_name=_("salesperson"), related_name="customers"
    )

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("model", "customer"), pgettext_lazy("model", "customers")
        ordering = ["code"]
        indexes = [
            # search by part of a customer's name: orders.selectors.search
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="customer_name_trgm"),
        ]

    def __str__(self) -> str:
        return self.name

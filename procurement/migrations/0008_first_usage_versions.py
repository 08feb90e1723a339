"""Every style and colour with usage gets its first version, valid from the day of its first order."""

import datetime as dt

from django.db import migrations
from django.db.models import Min

LONG_AGO = dt.date(2000, 1, 1)


def into_versions(apps, schema_editor):
    Usage = apps.get_model("procurement", "Usage")
    Version = apps.get_model("procurement", "UsageVersion")
    colours = set(Usage.objects.values_list("style_colour_id", flat=True))
    first = dict(
        apps.get_model("orders", "OrderLine").objects.filter(colour__in=colours).values_list("colour_id").annotate(Min("order__ordered_on"))
    )
    for colour in sorted(colours):
        version = Version.objects.create(style_colour_id=colour, valid_from=first.get(colour, LONG_AGO))
        Usage.objects.filter(style_colour_id=colour).update(version=version)


def out_of_versions(apps, schema_editor):
    """Only the newest version of each survives: before, there was one."""
    Usage = apps.get_model("procurement", "Usage")
    newest = {v.style_colour_id: v.pk for v in apps.get_model("procurement", "UsageVersion").objects.order_by("valid_from")}
    Usage.objects.exclude(version__in=newest.values()).delete()
    for colour, version in newest.items():
        Usage.objects.filter(version=version).update(style_colour=colour)


class Migration(migrations.Migration):

    dependencies = [
        ("procurement", "0007_usage_versions"),
    ]

    operations = [migrations.RunPython(into_versions, out_of_versions)]

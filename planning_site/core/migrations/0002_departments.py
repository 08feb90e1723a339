from django.db import migrations

DEPARTMENTS = ["sales", "planning", "technical", "qc", "purchasing", "production", "workshop", "warehouse", "gm"]


def add_departments(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in DEPARTMENTS:
        group.objects.get_or_create(name=name)
    apps.get_model("core", "Plant").objects.get_or_create(code="P1", defaults={"name": "本厂"})


def remove_departments(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=DEPARTMENTS).delete()


class Migration(migrations.Migration):
    """A group for every department, and the one plant that a small factory has."""

    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(add_departments, remove_departments)]

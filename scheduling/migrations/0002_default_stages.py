from django.db import migrations

# code, Chinese, English, fed by, wall-clock minutes of a style changeover (trade defaults, editable)
STAGES = [
    ("cutting", "裁断", "Cutting", [], 20),
    ("stitching", "针车", "Stitching", ["cutting"], 60),
    ("bottoming", "底部", "Bottoming", [], 30),
    ("lasting", "成型", "Lasting", ["stitching", "bottoming"], 60),
    ("packing", "包装", "Packing", ["lasting"], 10),
]


def add_default_stages(apps, schema_editor):
    stage_model = apps.get_model("scheduling", "Stage")
    made = {}
    for position, (code, name, name_en, after, changeover) in enumerate(STAGES, 1):
        made[code] = stage_model.objects.create(code=code, name=name, name_en=name_en, position=position, changeover_minutes=changeover)
        made[code].after.set([made[fed_by] for fed_by in after])


def remove_default_stages(apps, schema_editor):
    apps.get_model("scheduling", "Stage").objects.filter(code__in=[stage[0] for stage in STAGES]).delete()


class Migration(migrations.Migration):
    """The usual route: bottoming runs beside stitching into lasting."""

    dependencies = [("scheduling", "0001_initial")]
    operations = [migrations.RunPython(add_default_stages, remove_default_stages)]

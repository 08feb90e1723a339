from django.db import migrations

# code, Chinese, English, severity
DEFECTS = [
    ("needle", "断针、尖锐物", "Broken needle, sharp object", "critical"),
    ("size", "码标错", "Wrong size mark", "critical"),
    ("bonding", "开胶", "Sole bond open", "major"),
    ("stitch", "跳针断线", "Skipped or broken stitch", "major"),
    ("crooked", "歪斜不对称", "Crooked, not symmetrical", "major"),
    ("colour", "色差", "Colour difference", "major"),
    ("leather", "面料瑕疵", "Flaw of the upper", "major"),
    ("pair", "不配双", "Left and right differ", "major"),
    ("wrinkle", "皱褶", "Wrinkles", "minor"),
    ("glue", "溢胶", "Glue marks", "minor"),
    ("dirt", "脏污", "Dirt", "minor"),
    ("thread", "线头", "Loose threads", "minor"),
    ("packing", "包装错", "Wrong packing", "minor"),
]


def add_usual_defects(apps, schema_editor):
    model = apps.get_model("quality", "DefectCode")
    for position, (code, name, name_en, severity) in enumerate(DEFECTS, 1):
        model.objects.create(code=code, name=name, name_en=name_en, severity=severity, position=position)


def remove_usual_defects(apps, schema_editor):
    apps.get_model("quality", "DefectCode").objects.filter(code__in=[defect[0] for defect in DEFECTS]).delete()


class Migration(migrations.Migration):
    """The defects that every installation begins with; the factory edits them."""

    dependencies = [("quality", "0006_usual_steps")]
    operations = [migrations.RunPython(add_usual_defects, remove_usual_defects)]

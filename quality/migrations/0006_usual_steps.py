from django.db import migrations

# code, Chinese, English, kind, working days, after, department. Trade defaults: a round of patterns and samples takes two to four weeks,
# dies three to seven days, one day for each department of the trial, seven to fifteen days from cutting to shipment. All editable.
STEPS = [
    ("pattern_change", "改版", "Pattern change", "item", 5, [], "technical"),
    ("dies", "刀模", "Cutting dies", "item", 5, ["pattern_change"], "technical"),
    ("templates", "样板", "Templates", "item", 4, ["pattern_change"], "technical"),
    ("process_sheet", "工艺单", "Process sheet", "item", 2, ["templates"], "technical"),
    ("confirmation_sample", "确认样", "Confirmation sample", "item", 5, ["dies", "templates"], "technical"),
    ("colour_card", "色卡", "Colour card", "item", 3, [], "technical"),
    ("cutting", "裁断", "Cutting", "trial", 1, ["dies", "templates", "process_sheet", "confirmation_sample", "colour_card"], "workshop"),
    ("stitching", "针车", "Stitching", "trial", 1, ["cutting"], "workshop"),
    ("bottoming", "底部", "Bottoming", "trial", 1, ["cutting"], "workshop"),
    ("lasting", "成型", "Lasting", "trial", 1, ["stitching", "bottoming"], "workshop"),
    ("packing", "包装", "Packing", "trial", 1, ["lasting"], "workshop"),
    ("qc_report", "QC 放行", "QC release", "report", 1, ["lasting"], "qc"),
    ("production", "量产到出货", "Production to shipment", "production", 12, ["qc_report"], "planning"),
]

# QC gets the pairs from lasting; whoever wants them packed first takes this one into use
UNUSED = ("packing",)


def add_usual_steps(apps, schema_editor):
    step_model = apps.get_model("quality", "Step")
    made = {}
    for position, (code, name, name_en, group, days, after, department) in enumerate(STEPS, 1):
        made[code] = step_model.objects.create(
            code=code, name=name, name_en=name_en, group=group, days=days, department=department, position=position, is_active=code not in UNUSED
        )
        made[code].after.set([made[before] for before in after])


def remove_usual_steps(apps, schema_editor):
    apps.get_model("quality", "Step").objects.filter(code__in=[step[0] for step in STEPS]).delete()


class Migration(migrations.Migration):
    """The steps of pre-production that every installation begins with."""

    dependencies = [("quality", "0005_tooling_by_size")]
    operations = [migrations.RunPython(add_usual_steps, remove_usual_steps)]

"""The usual units, kinds of material, parts and stage offsets: defaults that purchasing and planning change in the admin."""

from django.db import migrations

COUNTED = ("双", "个", "副", "只", "对", "套", "片", "张", "件", "条", "pair", "pairs", "pc", "pcs", "set")
MEASURED = ("平方英尺", "平方分米", "平方米", "码", "米", "厘米", "克", "公斤", "千克", "升", "sf", "dm²", "yd", "m", "g", "kg", "l")

# name, stage, working days before the stage (D5, D6), may be reserved at once (D3)
CATEGORIES = (
    ("面料", "cutting", 2, True),
    ("里料", "cutting", 2, True),
    ("特殊", "stitching", 2, True),
    ("辅料", "stitching", 2, False),
    ("底材", "bottoming", 3, False),
    ("化工", "lasting", 2, False),
    ("包材", "packing", 3, False),
)
PARTS = (
    ("面料", "cutting"),
    ("里料", "cutting"),
    ("补强", "cutting"),
    ("港宝", "stitching"),
    ("缝线", "stitching"),
    ("饰扣", "stitching"),
    ("鞋眼", "stitching"),
    ("大底", "bottoming"),
    ("鞋跟", "bottoming"),
    ("中底", "bottoming"),
    ("胶水", "lasting"),
    ("鞋垫", "packing"),
    ("鞋带", "packing"),
    ("内盒", "packing"),
    ("外箱", "packing"),
    ("拷贝纸", "packing"),
    ("干燥剂", "packing"),
    ("标签", "packing"),
    ("吊牌", "packing"),
)
# working days that a stage begins before the due day: packing and inspection 2, lasting 3 more, a buffer of 2 after stitching,
# stitching 5 more, cutting 2 ahead of it; bottoming feeds lasting 2 days ahead
OFFSETS = (
    ("cutting", "裁断", "Cutting", 14),
    ("stitching", "针车", "Stitching", 12),
    ("bottoming", "底部", "Bottoming", 7),
    ("lasting", "成型", "Lasting", 5),
    ("packing", "包装", "Packing", 2),
)


def fill(apps, schema_editor):
    get = lambda name: apps.get_model("procurement", name).objects
    for decimals, names in ((0, COUNTED), (3, MEASURED)):
        for name in names:
            get("Unit").get_or_create(name=name, defaults={"decimals": decimals})
    for position, (name, stage, days, early) in enumerate(CATEGORIES, start=1):
        get("MaterialCategory").get_or_create(
            name=name, defaults={"stage": stage, "arrive_before": days, "is_early": early, "position": position * 10}
        )
    for part, stage in PARTS:
        get("PartStage").get_or_create(part=part, defaults={"stage": stage})
    for stage, name, name_en, days in OFFSETS:
        get("StageOffset").get_or_create(stage=stage, defaults={"name": name, "name_en": name_en, "days_before_due": days})


class Migration(migrations.Migration):

    dependencies = [
        ("procurement", "0005_how_material_is_bought"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

"""Lines with the same number and supplier become one purchase order; its state follows from theirs."""

from django.db import migrations
from django.db.models import F


def state_of(lines):
    states = {line.state for line in lines} - {"cancelled"}
    if not states:
        return "cancelled"
    if states == {"received"}:
        return "received"
    if "received" in states:
        return "partly"
    return "confirmed" if states == {"confirmed"} else "sent"


def into_orders(apps, schema_editor):
    Line = apps.get_model("procurement", "PurchaseOrderLine")
    Order = apps.get_model("procurement", "PurchaseOrder")
    together = {}
    for line in Line.objects.order_by("id"):
        together.setdefault((line.plant_id, line.number, line.supplier_id), []).append(line)
    for (plant, number, supplier), lines in together.items():
        order = Order.objects.create(plant_id=plant, number=number, supplier_id=supplier, state=state_of(lines))
        Line.objects.filter(pk__in=[line.pk for line in lines]).update(order=order)
    Line.objects.update(first_promised_on=F("promised_on"))


def out_of_orders(apps, schema_editor):
    Line = apps.get_model("procurement", "PurchaseOrderLine")
    for order in apps.get_model("procurement", "PurchaseOrder").objects.all():
        Line.objects.filter(order=order).update(number=order.number or f"#{order.pk}", supplier=order.supplier_id)


class Migration(migrations.Migration):

    dependencies = [
        ("procurement", "0010_purchase_orders"),
    ]

    operations = [migrations.RunPython(into_orders, out_of_orders)]

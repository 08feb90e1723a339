import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A run keeps its best plan, its curve and where it starts from."""

    dependencies = [
        ('scheduling', '0006_kept_plan_inputs'),
    ]

    operations = [
        migrations.AddField(
            model_name='planrun',
            name='again_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='scheduling.plan'),
        ),
        migrations.AddField(
            model_name='planrun',
            name='curve',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='planrun',
            name='saved',
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='planrun',
            name='saved_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='planrun',
            name='seed',
            field=models.PositiveIntegerField(default=1, verbose_name='seed'),
        ),
        migrations.AddField(
            model_name='planrun',
            name='start_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='scheduling.plan'),
        ),
    ]


import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Questions about plans, with their assumptions."""

    dependencies = [
        ('core', '0002_departments'),
        ('orders', '0002_search_indexes'),
        ('scheduling', '0011_gates_and_approvals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WhatIf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='question')),
                ('state', models.CharField(choices=[('open', 'open'), ('adopted', 'adopted'), ('dropped', 'thrown away')], default='open', max_length=8, verbose_name='state')),
                ('is_stale', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='what_ifs', to='scheduling.plan')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.plant')),
                ('result', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='scheduling.plan')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='planrun',
            name='what_if',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='runs', to='scheduling.whatif'),
        ),
        migrations.CreateModel(
            name='Assumption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('overtime', 'overtime'), ('ready', 'material or approval by a day'), ('postpone', 'later due day'), ('measure', 'proposed measure')], max_length=8, verbose_name='kind')),
                ('first_day', models.DateField(blank=True, null=True, verbose_name='from')),
                ('last_day', models.DateField(blank=True, null=True, verbose_name='to')),
                ('hours', models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(12)], verbose_name='hours a day')),
                ('detail', models.JSONField(blank=True, default=dict)),
                ('order_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                ('stage', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.stage')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.team')),
                ('what_if', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assumptions', to='scheduling.whatif')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'overtime'), _negated=True), models.Q(('first_day__isnull', False), ('hours__gt', 0), ('last_day__gte', models.F('first_day'))), _connector='OR'), name='assumption_overtime_has_hours_and_days'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['ready', 'postpone']), _negated=True), models.Q(('first_day__isnull', False), ('order_line__isnull', False)), _connector='OR'), name='assumption_of_a_line_has_a_line_and_a_day')],
            },
        ),
    ]

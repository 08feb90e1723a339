import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_departments'),
        ('orders', '0002_search_indexes'),
        ('quality', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_needed', models.BooleanField(default=True, verbose_name='needed')),
                ('planned_on', models.DateField(verbose_name='planned')),
                ('forecast_on', models.DateField(blank=True, null=True, verbose_name='forecast')),
                ('is_open_ended', models.BooleanField(default=False)),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='done')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'ordering': ['plan', 'step__position'],
            },
        ),
        migrations.CreateModel(
            name='Delay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('customer_change', 'change by the customer'), ('tech_late', 'technical difficulty'), ('material_late', 'material late'), ('tooling_missing', 'tooling missing'), ('machine', 'machine down'), ('labour', 'people missing'), ('quality_hold', 'quality problem'), ('other', 'other')], max_length=20, verbose_name='cause')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('day_before', models.DateField()),
                ('day_after', models.DateField(blank=True, null=True)),
                ('release_before', models.DateField(blank=True, null=True)),
                ('release_after', models.DateField(blank=True, null=True)),
                ('at', models.DateTimeField(verbose_name='reported')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delays', to='quality.planitem')),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PreparationPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('proposed', 'waits for technical'), ('agreed', 'signed by technical'), ('returned', 'sent back')], default='proposed', max_length=10, verbose_name='state')),
                ('due_on', models.DateField(verbose_name='due')),
                ('required_on', models.DateField(verbose_name='release needed by')),
                ('announced_on', models.DateField(blank=True, null=True, verbose_name='expected release')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('review_note', models.CharField(blank=True, max_length=300)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='orders.order')),
                ('plant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.plant')),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('style', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='preparation', to='orders.style', verbose_name='style')),
                ('tracker', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='tracker')),
            ],
            options={
                'ordering': ['due_on', 'style'],
            },
        ),
        migrations.AddField(
            model_name='planitem',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='quality.preparationplan'),
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=40, verbose_name='English name')),
                ('group', models.CharField(choices=[('item', 'item'), ('trial', 'trial'), ('report', "QC's report"), ('production', 'production')], max_length=10, verbose_name='kind')),
                ('days', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)], verbose_name='working days')),
                ('department', models.CharField(choices=[('sales', 'Sales'), ('planning', 'Planning'), ('technical', 'Technical'), ('qc', 'QC'), ('purchasing', 'Purchasing'), ('production', 'Production office'), ('workshop', 'Workshop'), ('warehouse', 'Warehouse'), ('gm', "General manager's office")], max_length=20, verbose_name='department')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('after', models.ManyToManyField(blank=True, related_name='before', to='quality.step', verbose_name='after')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='usual owner')),
            ],
            options={
                'ordering': ['position', 'code'],
            },
        ),
        migrations.AddField(
            model_name='planitem',
            name='step',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.step', verbose_name='step'),
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('filename', models.CharField(max_length=150, verbose_name='file')),
                ('content_type', models.CharField(max_length=100)),
                ('content', models.BinaryField()),
                ('size', models.PositiveIntegerField(verbose_name='bytes')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ItemVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('state', models.CharField(choices=[('submitted', 'delivered'), ('signed', 'signed'), ('returned', 'sent back')], default='submitted', max_length=10, verbose_name='state')),
                ('delivered_at', models.DateTimeField(verbose_name='delivered')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('delivered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='quality.planitem')),
                ('files', models.ManyToManyField(blank=True, related_name='versions', to='quality.storedfile')),
            ],
            options={
                'ordering': ['item', '-number'],
            },
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('planned_on', models.DateField()),
                ('step', models.PositiveSmallIntegerField()),
                ('days_late', models.PositiveSmallIntegerField(verbose_name='working days late')),
                ('at', models.DateTimeField()),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='escalations', to='quality.planitem')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'constraints': [models.UniqueConstraint(fields=('item', 'planned_on', 'step'), name='escalation_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 120)), name='step_takes_days'),
        ),
        migrations.AddIndex(
            model_name='planitem',
            index=models.Index(condition=models.Q(('done_on', None), ('is_needed', True)), fields=['planned_on'], name='plan_item_open'),
        ),
        migrations.AddConstraint(
            model_name='planitem',
            constraint=models.UniqueConstraint(fields=('plan', 'step'), name='plan_item_once'),
        ),
        migrations.AddConstraint(
            model_name='planitem',
            constraint=models.CheckConstraint(condition=models.Q(('is_open_ended', False), ('forecast_on', None), _connector='OR'), name='plan_item_open_end_has_no_day'),
        ),
        migrations.AddConstraint(
            model_name='itemversion',
            constraint=models.UniqueConstraint(fields=('item', 'number'), name='item_version_once'),
        ),
    ]

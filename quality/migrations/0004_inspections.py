import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_departments'),
        ('orders', '0002_search_indexes'),
        ('procurement', '0001_initial'),
        ('quality', '0003_trials'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DefectCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=60, verbose_name='English name')),
                ('severity', models.CharField(choices=[('critical', 'critical'), ('major', 'major'), ('minor', 'minor')], default='major', max_length=10, verbose_name='severity')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('incoming', 'incoming'), ('in_line', 'in line'), ('final', 'final')], max_length=10, verbose_name='kind')),
                ('method', models.CharField(choices=[('full', 'every pair'), ('sample', 'sample')], default='full', max_length=10, verbose_name='method')),
                ('day', models.DateField(verbose_name='day')),
                ('stage', models.SlugField(blank=True, max_length=20, verbose_name='stage')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='receipt')),
                ('presented', models.PositiveIntegerField(verbose_name='presented')),
                ('checked', models.PositiveIntegerField(verbose_name='checked')),
                ('failed', models.PositiveIntegerField(verbose_name='failed')),
                ('is_accepted', models.BooleanField(verbose_name='accepted')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('reversed_at', models.DateTimeField(blank=True, null=True)),
                ('reversal_reason', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='inspector')),
                ('material', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='procurement.material', verbose_name='material')),
                ('order_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='orders.orderline', verbose_name='order line')),
                ('plant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.plant')),
                ('reversed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supplier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='procurement.supplier', verbose_name='supplier')),
            ],
            options={
                'ordering': ['-day', '-id'],
            },
        ),
        migrations.CreateModel(
            name='InspectionDefect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.CharField(blank=True, max_length=6, verbose_name='size')),
                ('count', models.PositiveIntegerField(verbose_name='count')),
                ('place', models.CharField(blank=True, max_length=60, verbose_name='place')),
                ('code', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.defectcode', verbose_name='defect')),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='defects', to='quality.inspection')),
                ('photo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.storedfile', verbose_name='photo')),
            ],
            options={
                'ordering': ['inspection', 'id'],
            },
        ),
        migrations.CreateModel(
            name='InspectionSize',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.CharField(blank=True, max_length=6, verbose_name='size')),
                ('presented', models.PositiveIntegerField(verbose_name='presented')),
                ('checked', models.PositiveIntegerField(verbose_name='checked')),
                ('failed', models.PositiveIntegerField(verbose_name='failed')),
                ('passed', models.PositiveIntegerField(verbose_name='passed')),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sizes', to='quality.inspection')),
            ],
            options={
                'ordering': ['inspection', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(condition=models.Q(('reversed_at', None)), fields=['order_line', 'kind'], name='inspection_of_line'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['-day', '-id'], name='inspection_newest'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'incoming'), ('order_line', None)), models.Q(models.Q(('kind', 'incoming'), _negated=True), ('order_line__isnull', False)), _connector='OR'), name='inspection_of_line_or_receipt'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(('checked__lte', models.F('presented')), ('failed__lte', models.F('checked'))), name='inspection_counts_are_nested'),
        ),
        migrations.AddConstraint(
            model_name='inspectiondefect',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 1)), name='inspection_defect_was_found'),
        ),
        migrations.AddConstraint(
            model_name='inspectionsize',
            constraint=models.UniqueConstraint(fields=('inspection', 'size'), name='inspection_size_once'),
        ),
        migrations.AddConstraint(
            model_name='inspectionsize',
            constraint=models.CheckConstraint(condition=models.Q(('checked__lte', models.F('presented')), ('failed__lte', models.F('checked')), ('passed__lte', django.db.models.expressions.CombinedExpression(models.F('presented'), '-', models.F('failed')))), name='inspection_size_counts_are_nested'),
        ),
    ]

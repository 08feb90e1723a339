import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_search_indexes'),
        ('quality', '0002_preparation_plans'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='trial no.')),
                ('sizes', models.JSONField(verbose_name='sizes')),
                ('state', models.CharField(choices=[('planned', 'planned'), ('running', 'being made'), ('with_qc', 'with QC'), ('passed', 'passed'), ('failed', 'to be redone')], default='planned', max_length=10, verbose_name='state')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('handed_over_at', models.DateTimeField(blank=True, null=True, verbose_name='handed to QC')),
                ('minutes_taken_at', models.DateTimeField(blank=True, null=True)),
                ('colour', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.stylecolour', verbose_name='colour')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handed_over_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('minutes_taken_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('style', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='orders.style', verbose_name='style')),
            ],
            options={
                'ordering': ['style', '-number'],
            },
        ),
        migrations.AddField(
            model_name='stylerelease',
            name='trial',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='quality.trial', verbose_name='trial'),
        ),
        migrations.CreateModel(
            name='TrialProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('dies', 'dies'), ('templates', 'templates'), ('material', 'material'), ('process', 'process'), ('last_sole', 'last and sole')], max_length=10, verbose_name='kind')),
                ('place', models.CharField(max_length=60, verbose_name='place on the shoe')),
                ('text', models.CharField(max_length=300, verbose_name='what is wrong')),
                ('due_on', models.DateField(verbose_name='due')),
                ('found_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('remedy', models.CharField(blank=True, max_length=300, verbose_name='what was done')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('found_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('photo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.storedfile', verbose_name='photo')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='quality.trial')),
            ],
            options={
                'ordering': ['trial', 'closed_at', 'due_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='TrialStage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('planned_on', models.DateField(verbose_name='planned')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='done')),
                ('pairs', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='pairs')),
                ('people', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='people')),
                ('clock_minutes', models.DecimalField(blank=True, decimal_places=1, max_digits=7, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.1'))], verbose_name='minutes by the clock')),
                ('sheet_minutes', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.01'))], verbose_name='minutes of the process sheet')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('reported_at', models.DateTimeField(blank=True, null=True)),
                ('reported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.step', verbose_name='stage')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='quality.trial')),
            ],
            options={
                'ordering': ['trial', 'step__position'],
            },
        ),
        migrations.AddConstraint(
            model_name='trial',
            constraint=models.UniqueConstraint(fields=('style', 'number'), name='trial_once'),
        ),
        migrations.AddConstraint(
            model_name='trialstage',
            constraint=models.UniqueConstraint(fields=('trial', 'step'), name='trial_stage_once'),
        ),
        migrations.AddConstraint(
            model_name='trialstage',
            constraint=models.CheckConstraint(condition=models.Q(('pairs', None), ('pairs__gte', 1), _connector='OR'), name='trial_stage_has_pairs'),
        ),
        migrations.AddConstraint(
            model_name='trialstage',
            constraint=models.CheckConstraint(condition=models.Q(('people', None), ('people__gte', 1), _connector='OR'), name='trial_stage_has_people'),
        ),
    ]

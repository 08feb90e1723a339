import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_departments'),
        ('orders', '0002_search_indexes'),
        ('quality', '0004_inspections'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('last', 'last'), ('die', 'die'), ('mould', 'mould'), ('other', 'other')], max_length=10, verbose_name='kind')),
                ('number', models.CharField(max_length=40, verbose_name='tool no.')),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='name, part')),
                ('pairs_per_turn', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='pairs a turn')),
                ('turns_a_day', models.DecimalField(blank=True, decimal_places=1, max_digits=6, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='turns a day')),
                ('location', models.CharField(blank=True, max_length=60, verbose_name='location')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('plant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.plant')),
            ],
            options={
                'ordering': ['kind', 'number'],
            },
        ),
        migrations.CreateModel(
            name='StyleTool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.SlugField(max_length=20, verbose_name='stage')),
                ('style', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tools', to='orders.style')),
                ('tool', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='styles', to='quality.tool')),
            ],
            options={
                'ordering': ['style', 'stage'],
            },
        ),
        migrations.CreateModel(
            name='ToolSize',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.CharField(blank=True, max_length=6, verbose_name='size')),
                ('state', models.CharField(choices=[('good', 'good'), ('worn', 'worn'), ('repair', 'in repair'), ('scrapped', 'scrapped')], default='good', max_length=10, verbose_name='state')),
                ('pieces', models.PositiveIntegerField(verbose_name='pairs or sets')),
                ('tool', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sizes', to='quality.tool')),
            ],
            options={
                'ordering': ['tool', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='tool',
            constraint=models.UniqueConstraint(fields=('plant', 'kind', 'number'), name='tool_once'),
        ),
        migrations.AddConstraint(
            model_name='tool',
            constraint=models.CheckConstraint(condition=models.Q(('turns_a_day', None), ('turns_a_day__gt', 0), _connector='OR'), name='tool_turns'),
        ),
        migrations.AddConstraint(
            model_name='tool',
            constraint=models.CheckConstraint(condition=models.Q(('pairs_per_turn__gte', 1)), name='tool_makes_pairs'),
        ),
        migrations.AddConstraint(
            model_name='styletool',
            constraint=models.UniqueConstraint(fields=('style', 'tool', 'stage'), name='style_tool_once'),
        ),
        migrations.AddConstraint(
            model_name='toolsize',
            constraint=models.UniqueConstraint(fields=('tool', 'size', 'state'), name='tool_size_state_once'),
        ),
    ]

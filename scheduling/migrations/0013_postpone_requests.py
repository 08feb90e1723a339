
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """B3b: requests of planning to sales for a later due day."""

    dependencies = [
        ('core', '0002_departments'),
        ('orders', '0002_search_indexes'),
        ('scheduling', '0012_what_ifs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PostponeRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(verbose_name='due when asked')),
                ('earliest_on', models.DateField(verbose_name='earliest possible')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('state', models.CharField(choices=[('open', 'waits for sales'), ('accepted', 'accepted'), ('countered', 'countered'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='open', max_length=10, verbose_name='state')),
                ('answer_by', models.DateTimeField(verbose_name='answer by')),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answer_on', models.DateField(blank=True, null=True, verbose_name='answered day')),
                ('answer_note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('escalated_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postpone_requests', to='orders.orderline')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.plan')),
                ('plant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.plant')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'countered'])), fields=('order_line',), name='postpone_request_one_open_per_line', violation_error_message='A request for this line waits for its answer already.'), models.CheckConstraint(condition=models.Q(('earliest_on__gt', models.F('due_on'))), name='postpone_request_is_for_later'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'countered']), _negated=True), ('answer_on__isnull', False), _connector='OR'), name='postpone_request_answer_has_a_day')],
            },
        ),
    ]

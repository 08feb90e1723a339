from django.db import migrations, models


class Migration(migrations.Migration):
    """A plan may be a trial."""

    dependencies = [
        ('scheduling', '0007_runs_keep_their_best'),
    ]

    operations = [
        migrations.AlterField(
            model_name='plan',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('trial', 'what-if'), ('published', 'published'), ('superseded', 'superseded')], default='draft', max_length=10, verbose_name='state'),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """What plans were made from is kept."""

    dependencies = [
        ('scheduling', '0005_plan_weights'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanInput',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(max_length=64, unique=True)),
                ('data', models.BinaryField()),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]

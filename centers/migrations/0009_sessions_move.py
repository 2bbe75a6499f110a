from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("centers", "0008_sessions_to_come"),
        ("donors", "0003_room_to_mark_the_asked"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="moved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="moves",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="session",
            name="was_ar",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="session",
            name="was_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="was_en",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="session",
            name="was_fr",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("moved_at", None), ("moves", 0), ("was_at", None)),
                    models.Q(
                        ("moved_at__isnull", False), ("moves__gte", 1), ("was_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="session_moved_from_somewhere",
            ),
        ),
    ]

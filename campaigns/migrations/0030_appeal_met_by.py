from django.db import migrations, models
from django.db.models import Q

KNOWN = """
UPDATE campaigns_appeal a SET met_by = CASE WHEN EXISTS (
    SELECT FROM centers_stockalert s WHERE s.id = a.alert_id AND s.closed_at <= a.settled_at
) THEN 'stock' ELSE 'answers' END
WHERE a.state = 'met'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0020_guard_whose_fault"),
        ("centers", "0032_guard_the_tube"),
    ]

    operations = [
        migrations.AddField(
            model_name="appeal",
            name="met_by",
            field=models.CharField(
                blank=True,
                choices=[("answers", "Enough people answered"), ("stock", "Enough blood in stock")],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=Q(met_by="") | Q(state="met"),
                name="only_what_is_met_was_met_by_something",
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models

VIEW = """
CREATE VIEW campaigns_asked AS
SELECT 'n' || id AS key, donor_id, made_at AS at FROM campaigns_notification
    WHERE kind IN ('appeal_invitation', 'campaign_invitation', 'second_gift')
        AND donor_id IS NOT NULL AND state NOT IN ('skipped', 'failed')
UNION ALL
SELECT 'c' || id, donor_id, said_at FROM campaigns_call WHERE outcome IN ('yes', 'no', 'stop')
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0012_calls"), ("donors", "0005_push_and_whatsapp")]

    operations = [
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("key", models.CharField(max_length=24, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="donors.donor",
                    ),
                ),
            ],
            options={"db_table": "campaigns_asked", "managed": False},
        ),
        migrations.RunSQL(VIEW, "DROP VIEW campaigns_asked"),
    ]

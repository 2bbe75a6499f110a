from django.db import migrations

# What was asked of each donor, by message or by telephone: the one count of it.
VIEW = """
CREATE OR REPLACE VIEW campaigns_asked AS
SELECT 'n' || id AS key, donor_id, made_at AS at FROM campaigns_notification
    WHERE kind IN ('appeal_invitation', 'campaign_invitation', 'second_gift')
        AND donor_id IS NOT NULL AND state NOT IN ('skipped', 'failed')
UNION ALL
SELECT 'c' || id, donor_id, said_at FROM campaigns_call WHERE outcome IN ('yes', 'no', 'stop')
"""


class Migration(migrations.Migration):
    """The view, and free space in the pages of the people who may be asked.

    A wave marks each person asked; with free space in the page no index is written for it.
    """

    dependencies = [("campaigns", "0001_initial")]
    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW campaigns_asked"),
        migrations.RunSQL(
            "ALTER TABLE campaigns_askable SET (fillfactor = 70)",
            "ALTER TABLE campaigns_askable RESET (fillfactor)",
        ),
    ]

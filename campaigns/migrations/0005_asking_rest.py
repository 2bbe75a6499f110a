from django.db import migrations, models

# Stops of the time before reasons were asked for; a closed operation's own reason where there is one.
REASONS = """
UPDATE campaigns_appeal a SET because = coalesce(
    (SELECT p.because FROM campaigns_operationphase p
        WHERE p.operation_id = a.operation_id AND p.phase = 'closed' AND p.because ~ '\\S'), '—')
WHERE a.state = 'stopped' AND a.because = ''
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_memo_versions")]

    operations = [
        migrations.AddField(
            model_name="appeal", name="because", field=models.TextField(blank=True, default="")
        ),
        migrations.RunSQL(REASONS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="appeal", name="because", field=models.TextField(blank=True)
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "stopped"), _negated=True)
                | models.Q(("because__regex", "\\S")),
                name="stopped_appeal_says_why",
            ),
        ),
    ]

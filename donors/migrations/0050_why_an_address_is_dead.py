from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donors", "0040_keys_and_throttle"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="failed_code",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.AddField(
            model_name="contact",
            name="failed_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unknown", "the provider knows no such address"),
                    ("moved", "its owner has moved to another address"),
                    ("closed", "the provider has closed it"),
                    ("repeated", "it was refused on three days"),
                ],
                db_default="",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("failed_at__isnull", False),
                    models.Q(("failed_code", ""), ("failed_reason", "")),
                    _connector="OR",
                ),
                name="working_contact_has_no_failure",
            ),
        ),
    ]

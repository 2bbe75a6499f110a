import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donors", "0003_room_to_mark_the_asked"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("sign_in", "Sign In"), ("address", "Address")], max_length=8
                    ),
                ),
                ("address", models.CharField(max_length=254)),
                ("sender", models.CharField(blank=True, max_length=32)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="donor",
            name="quiet_from",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="donor",
            name="quiet_until",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="donor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from", None), ("quiet_until", None)),
                    models.Q(
                        ("quiet_from__range", (0, 23)),
                        ("quiet_until__range", (0, 23)),
                        models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="donor_quiet_hours_are_whole",
            ),
        ),
        migrations.AddField(
            model_name="proof",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proofs",
                to="donors.contact",
            ),
        ),
        migrations.AddIndex(
            model_name="proof",
            index=models.Index(fields=["address", "asked_at"], name="proof_of_address"),
        ),
        migrations.AddIndex(
            model_name="proof",
            index=models.Index(fields=["sender", "asked_at"], name="proof_of_sender"),
        ),
        migrations.AddConstraint(
            model_name="proof",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("asked_at"))),
                name="proof_expires_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="proof",
            constraint=models.CheckConstraint(
                condition=models.Q(("used_at", None), ("contact__isnull", False), _connector="OR"),
                name="proof_of_somebody",
            ),
        ),
    ]

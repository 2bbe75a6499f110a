import django.db.models.deletion
import uuid
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
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="donors.contact",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["address", "asked_at"], name="proof_of_address"),
                    models.Index(fields=["sender", "asked_at"], name="proof_of_sender"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("asked_at"))),
                        name="proof_expires_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at", None), ("contact__isnull", False), _connector="OR"
                        ),
                        name="proof_of_somebody",
                    ),
                ],
            },
        ),
    ]

import uuid

import django.db.models.deletion
from django.db import migrations, models

# A place held for whoever waited holds its place like a booked one.
PLACE = """
CREATE OR REPLACE FUNCTION appointment_takes_its_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held_before boolean := TG_OP = 'UPDATE' AND OLD.state IN ('offered', 'booked', 'arrived');
    holds_now boolean := NEW.state IN ('offered', 'booked', 'arrived');
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.slot_id, NEW.donor_id) IS DISTINCT FROM (OLD.slot_id, OLD.donor_id) THEN
        RAISE EXCEPTION 'an appointment is cancelled and made again, never moved'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF holds_now AND NOT held_before THEN
        UPDATE centers_slot SET taken = taken + 1 WHERE id = NEW.slot_id;
    ELSIF held_before AND NOT holds_now THEN
        UPDATE centers_slot SET taken = taken - 1 WHERE id = NEW.slot_id;
    END IF;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("centers", "0006_guard_results"),
        ("donors", "0003_room_to_mark_the_asked"),
    ]

    operations = [
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("since", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="appointment",
            name="donor_has_one_live_appointment",
        ),
        migrations.RemoveConstraint(
            model_name="appointment",
            name="appointment_is_settled_at_a_time",
        ),
        migrations.RemoveConstraint(
            model_name="bookingrequest",
            name="booking_request_confirmed_with_a_place",
        ),
        migrations.RenameField(
            model_name="bookingrequest",
            old_name="email",
            new_name="address",
        ),
        migrations.AddField(
            model_name="appointment",
            name="moved_to",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moved_from",
                to="centers.appointment",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="offered_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appointment",
            name="on_way_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="bookingrequest",
            name="address",
            field=models.CharField(blank=True, max_length=254, verbose_name="e-mail or phone"),
        ),
        migrations.AddField(
            model_name="bookingrequest",
            name="channel",
            field=models.CharField(
                choices=[("email", "E-mail"), ("sms", "SMS")], default="email", max_length=8
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="bookingrequest",
            name="sender",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="bookingrequest",
            name="waits_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="centers.session",
            ),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="state",
            field=models.CharField(
                choices=[
                    ("offered", "Offered"),
                    ("booked", "Booked"),
                    ("cancelled", "Cancelled"),
                    ("arrived", "Arrived"),
                    ("missed", "Did not come"),
                ],
                default="booked",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="bookingrequest",
            name="birth_date",
            field=models.DateField(blank=True, null=True, verbose_name="date of birth"),
        ),
        migrations.AlterField(
            model_name="bookingrequest",
            name="family_name",
            field=models.CharField(blank=True, max_length=80, verbose_name="family name"),
        ),
        migrations.AlterField(
            model_name="bookingrequest",
            name="given_name",
            field=models.CharField(blank=True, max_length=80, verbose_name="given name"),
        ),
        migrations.AlterField(
            model_name="bookingrequest",
            name="slot",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="centers.slot",
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("state", "offered")),
                fields=["offered_until"],
                name="appointment_offered",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["offered", "booked"])),
                fields=("donor",),
                name="donor_has_one_live_appointment",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("state__in", ["offered", "booked"])),
                    models.Q(
                        models.Q(("state__in", ["offered", "booked"]), _negated=True),
                        ("settled_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="appointment_is_settled_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "offered"), _negated=True),
                    ("offered_until__isnull", False),
                    _connector="OR",
                ),
                name="offered_place_is_held_until_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("moved_to", None), ("state", "cancelled"), _connector="OR"),
                name="moved_appointment_is_given_back",
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="donor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waiting",
                to="donors.donor",
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="offer",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waited",
                to="centers.appointment",
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waiting",
                to="centers.session",
            ),
        ),
        migrations.AddField(
            model_name="bookingrequest",
            name="waiting",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="request",
                to="centers.waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="bookingrequest",
            index=models.Index(fields=["address", "asked_at"], name="booking_request_of_address"),
        ),
        migrations.AddIndex(
            model_name="bookingrequest",
            index=models.Index(
                condition=models.Q(("sender", ""), _negated=True),
                fields=["sender", "asked_at"],
                name="booking_request_of_sender",
            ),
        ),
        migrations.AddIndex(
            model_name="bookingrequest",
            index=models.Index(
                condition=models.Q(("birth_date__isnull", False)),
                fields=["expires_at"],
                name="booking_request_to_forget",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("slot__isnull", False), ("waits_for", None)),
                    models.Q(("slot", None), ("waits_for__isnull", False)),
                    _connector="OR",
                ),
                name="booking_request_for_a_slot_or_a_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appointment", None), ("confirmed_at", None), ("waiting", None)),
                    models.Q(
                        ("appointment__isnull", False),
                        ("confirmed_at__isnull", False),
                        ("waiting", None),
                    ),
                    models.Q(
                        ("appointment", None),
                        ("confirmed_at__isnull", False),
                        ("waiting__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="booking_request_confirmed_with_a_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("address", ""),
                        ("birth_date", None),
                        ("family_name", ""),
                        ("given_name", ""),
                        ("sender", ""),
                    ),
                    models.Q(
                        ("birth_date__isnull", False), models.Q(("address", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="booking_request_whole_or_forgotten",
            ),
        ),
        migrations.AddIndex(
            model_name="waiting",
            index=models.Index(
                condition=models.Q(("left_at", None)),
                fields=["session", "since"],
                name="waiting_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at", None)),
                fields=("session", "donor"),
                name="donor_waits_once_for_a_session",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.CheckConstraint(
                condition=models.Q(("offer", None), ("left_at__isnull", False), _connector="OR"),
                name="waiting_ends_with_the_offer",
            ),
        ),
        migrations.RunSQL(PLACE, migrations.RunSQL.noop),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0004_afterword"),
        ("centers", "0032_guard_the_tube"),
        ("donors", "0050_why_an_address_is_dead"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelStop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=8),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            (
                                "rights",
                                "The provider refuses our account: its key, or what it may do.",
                            ),
                            ("credit", "The provider wants to be paid first."),
                            ("place", "At the address of the provider nobody takes messages."),
                            ("sender", "The provider refuses our own address as a sender."),
                            ("form", "The provider does not accept messages made as ours are."),
                            (
                                "suspect",
                                "It calls most of the last addresses wrong, which cannot be true.",
                            ),
                            ("away", "The provider has not answered, or taken nothing, for hours."),
                        ],
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("since", models.DateTimeField()),
                ("probes", models.PositiveIntegerField(default=0)),
                ("next_probe_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-since", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ContactRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=8),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("codes", models.CharField(blank=True, max_length=200)),
                ("contacts", models.PositiveIntegerField()),
                ("messages", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="notification",
            name="code",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.AddField(
            model_name="notification",
            name="refusal",
            field=models.CharField(
                blank=True,
                choices=[
                    ("recipient", "Recipient"),
                    ("doubtful", "Doubtful"),
                    ("message", "Message"),
                    ("ours", "Ours"),
                    ("temporary", "Temporary"),
                ],
                db_default="",
                max_length=9,
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                models.F("channel"),
                models.OrderBy(models.F("settled_at"), descending=True),
                condition=models.Q(("state__in", ["sent", "failed"])),
                name="message_handed_over",
            ),
        ),
        migrations.AddField(
            model_name="channelstop",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="channelstop",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="channelstop",
            name="opener",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="stops",
                to="campaigns.notification",
            ),
        ),
        migrations.AddField(
            model_name="contactrelease",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="channelstop",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("channel",),
                name="channel_is_stopped_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="channelstop",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None)),
                    models.Q(("ended_at__gte", models.F("since")), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="stop_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("since"))), name="release_has_an_interval"
            ),
        ),
    ]

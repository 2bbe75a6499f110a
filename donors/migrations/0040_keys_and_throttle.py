from django.db import migrations, models

# As `createcachetable` makes it; the counters of the sign-in hold without Redis.
THROTTLE = """
CREATE TABLE donors_throttle (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX donors_throttle_expires ON donors_throttle (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("donors", "0030_one_clock")]
    operations = [
        migrations.CreateModel(
            name="KeyCheck",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("mark", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(THROTTLE, "DROP TABLE donors_throttle"),
    ]

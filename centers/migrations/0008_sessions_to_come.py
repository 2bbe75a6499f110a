from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centers", "0007_waiting_and_moving")]
    operations = [
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                fields=["starts_at", "id"],
                include=["ends_at"],
                condition=models.Q(state__in=["planned", "open"]),
                name="session_to_come",
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                fields=["province", "starts_at", "id"],
                include=["ends_at"],
                condition=models.Q(state__in=["planned", "open"]),
                name="session_to_come_in_province",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_guard_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="afterword_ar",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="afterword_en",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="afterword_fr",
            field=models.TextField(blank=True),
        ),
    ]

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("donors", "0002_without_models")]
    operations = [
        migrations.AlterField("accesslog", "at", models.DateTimeField(db_default=Now())),
    ]

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from donors.people import names

CHUNK = 2000


def sound(apps, schema_editor):
    """Give everybody who is registered already the keys that they are found by."""
    Donor = apps.get_model("donors", "Donor")
    NameForm = apps.get_model("donors", "NameForm")
    forms, changed = set(), []
    for donor in Donor.objects.order_by("pk").iterator(CHUNK):
        written = [
            donor.given_name, donor.family_name, donor.given_name_ar, donor.family_name_ar
        ]  # fmt: skip
        donor.name_keys = names.keys(written)
        forms.update(word for name in written for word in names.words(name))
        changed.append(donor)
        if len(changed) == CHUNK:
            Donor.objects.bulk_update(changed, ["name_keys"])
            changed.clear()
    Donor.objects.bulk_update(changed, ["name_keys"])
    NameForm.objects.bulk_create([NameForm(form=form) for form in sorted(forms)])


class Migration(migrations.Migration):
    dependencies = [("donors", "0004_proofs")]

    operations = [
        migrations.CreateModel(
            name="NameForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.CharField(max_length=80, unique=True)),
            ],
        ),
        migrations.RemoveIndex(model_name="donor", name="donor_name_prefix"),
        migrations.RemoveIndex(model_name="donor", name="donor_name_ar_prefix"),
        migrations.AddField(
            model_name="donor",
            name="name_keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                default=list,
                editable=False,
                size=None,
            ),
        ),
        migrations.RunPython(sound, migrations.RunPython.noop, elidable=True),
        # Pending triggers of the rows just written would forbid the index.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="donor",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["name_keys"], name="donor_by_sound_of_name"
            ),
        ),
        migrations.AddIndex(
            model_name="donor",
            index=models.Index(fields=["birth_date"], name="donor_by_birth_date"),
        ),
    ]

from collections.abc import Iterable

from django.db import migrations, models

from donors.people import names

BATCH = 2000
DONOR = ("given_name", "family_name", "given_name_ar", "family_name_ar")
UNIT = ("name_ar", "name_fr", "name_en")


def written_by_sound_again(apps, schema_editor):
    """Keys as ``donors.people.names`` makes them now; donors whose keys changed are compared
    again."""
    _renew(apps.get_model("donors", "Donor"), DONOR, ("name_keys", "compared_at"))
    _renew(apps.get_model("donors", "Unit"), UNIT, ("name_keys",))


def _renew(model, named: Iterable[str], changed: tuple[str, ...]) -> None:
    last = 0
    while rows := list(model.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        other = []
        for row in rows:
            keys = names.keys(getattr(row, name) for name in named)
            if keys != row.name_keys:
                row.name_keys, row.compared_at = keys, None
                other.append(row)
        model.objects.bulk_update(other, changed)
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("donors", "0006_birth_precision"),
    ]

    operations = [
        migrations.AlterField(
            model_name="duplicate",
            name="reason",
            field=models.CharField(
                choices=[("birth", "Birth"), ("address", "Address"), ("swapped", "Swapped")],
                max_length=8,
            ),
        ),
        migrations.RunPython(written_by_sound_again, migrations.RunPython.noop),
    ]

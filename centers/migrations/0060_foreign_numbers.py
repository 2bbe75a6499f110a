import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

DIN = r"^[A-NP-Z1-9][A-NP-Z0-9]{2}[0-9]{2}[0-9]{2}[0-9]{6}$"

FACILITIES = """
CREATE TRIGGER centers_foreignnumber_is_append_only BEFORE UPDATE OR DELETE ON centers_foreignnumber
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_foreignnumber
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The facility of the centre or of a range of the session; any other one somebody has confirmed.
CREATE FUNCTION facility_is_of_the_session(the_din text, the_session bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    own text := (SELECT c.facility FROM centers_session s JOIN centers_center c ON c.id = s.center_id
        WHERE s.id = the_session);
    ranged boolean := EXISTS (SELECT FROM centers_numberrange WHERE session_id = the_session);
BEGIN
    IF left(the_din, 5) = own OR EXISTS (
        SELECT FROM centers_numberrange
        WHERE session_id = the_session AND left(first, 5) = left(the_din, 5)
    ) OR EXISTS (
        SELECT FROM centers_foreignnumber f WHERE f.session_id = the_session
            AND (f.din = the_din OR own = '' AND NOT ranged AND left(f.din, 5) = left(the_din, 5))
    ) THEN
        RETURN;
    END IF;
    RAISE EXCEPTION 'the facility is not of this session' USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE FUNCTION bleeding_is_of_a_known_facility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facility_is_of_the_session(NEW.din, (SELECT session_id FROM centers_visit WHERE id = NEW.visit_id));
    RETURN NEW;
END
$$;
CREATE TRIGGER bleeding_is_of_a_known_facility BEFORE INSERT ON centers_bleeding
    FOR EACH ROW EXECUTE FUNCTION bleeding_is_of_a_known_facility();

-- The number with which the bleeding began has been asked about already.
CREATE FUNCTION donation_is_of_a_known_facility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM centers_bleeding WHERE visit_id = NEW.visit_id AND din = NEW.din) THEN
        PERFORM facility_is_of_the_session(NEW.din, NEW.session_id);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER donation_is_of_a_known_facility BEFORE INSERT ON centers_donation
    FOR EACH ROW EXECUTE FUNCTION donation_is_of_a_known_facility();

CREATE FUNCTION range_is_of_a_known_facility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facility_is_of_the_session(NEW.first, NEW.session_id);
    IF left(NEW.first, 5) <> left(NEW.last, 5) THEN
        RAISE EXCEPTION 'a range of numbers is of one facility'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER range_is_of_a_known_facility BEFORE INSERT ON centers_numberrange
    FOR EACH ROW EXECUTE FUNCTION range_is_of_a_known_facility();
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("centers", "0050_e_old_contradictions"),
    ]
    operations = [
        migrations.CreateModel(
            name="ForeignNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("din", models.CharField(max_length=13)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="foreign_numbers",
                        to="centers.session",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "din"),
                        name="foreign_number_is_confirmed_once_a_session",
                    ),
                    models.CheckConstraint(
                        condition=Q(din__regex=DIN), name="foreign_number_is_isbt128"
                    ),
                ]
            },
        ),
        migrations.RunSQL(FACILITIES, migrations.RunSQL.noop),
    ]

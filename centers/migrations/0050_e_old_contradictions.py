from django.db import migrations

# Whom the records contradict already: their bags are held from this release on.
WEIGHED = """
DO $$
DECLARE
    person bigint;
BEGIN
    FOR person IN
        SELECT coalesce(p.merged_into_id, p.id) FROM donors_donor p
            JOIN centers_donation d ON d.donor_id = p.id
        WHERE EXISTS (SELECT FROM centers_result r WHERE r.donation_id = d.id)
        GROUP BY 1 ORDER BY 1
    LOOP
        IF EXISTS (SELECT FROM group_contradictions(person)) THEN
            PERFORM weigh_the_group(person, (
                SELECT c.donation_id FROM group_contradictions(person) c ORDER BY 1 DESC NULLS LAST LIMIT 1
            ), NULL, NULL, 'reading');
        END IF;
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0050_d_guard_relabelling")]
    operations = [migrations.RunSQL(WEIGHED, migrations.RunSQL.noop)]

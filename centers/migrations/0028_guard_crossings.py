from django.db import migrations

# Whoever is followed is followed to an end: no look-back is opened as a closed one.
LOOK_BACK = """
CREATE FUNCTION look_back_begins_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a look-back begins open' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER look_back_begins_open BEFORE INSERT ON centers_lookback
    FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION look_back_begins_open();
"""

# After the signatures only a paper of the session, typed by two, tells of somebody who was there.
VISIT = """
CREATE TRIGGER outcome_before_the_signatures BEFORE UPDATE OF outcome ON centers_visit
    FOR EACH ROW WHEN (OLD.outcome IS DISTINCT FROM NEW.outcome)
    EXECUTE FUNCTION visit_before_the_signatures();

CREATE FUNCTION visit_keeps_its_clearing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM centers_donation WHERE visit_id = OLD.id)
        OR EXISTS (SELECT FROM centers_bleeding WHERE visit_id = OLD.id)
    THEN
        RAISE EXCEPTION 'the needle was in already' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER visit_keeps_its_clearing BEFORE UPDATE ON centers_visit FOR EACH ROW WHEN (
    (NEW.cleared_at, NEW.cleared_by_id, NEW.cleared_because)
    IS DISTINCT FROM (OLD.cleared_at, OLD.cleared_by_id, OLD.cleared_because)
) EXECUTE FUNCTION visit_keeps_its_clearing();
"""

BAG = """
CREATE FUNCTION bag_was_made_by_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a bag is made before it is entered'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
-- The clocks of the site and of the database may differ by minutes, not more.
CREATE TRIGGER bag_was_made_by_now BEFORE INSERT ON centers_bag
    FOR EACH ROW WHEN (NEW.made_at > clock_timestamp() + interval '5 minutes')
    EXECUTE FUNCTION bag_was_made_by_now();

CREATE FUNCTION box_takes_from_the_shelf() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sent text := (SELECT state FROM centers_transfer WHERE id = NEW.transfer_id);
BEGIN
    IF TG_OP = 'INSERT' AND (NEW.arrived IS NOT NULL OR NEW.unpacked
        OR (SELECT state FROM centers_bag WHERE id = NEW.bag_id) <> 'available')
    THEN
        RAISE EXCEPTION 'a bag does not go into a box but from the shelf'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.unpacked OR OLD.arrived IS NOT NULL)
        OR NEW.unpacked AND (sent <> 'approved' OR NEW.arrived IS NOT NULL)
        OR NEW.arrived IS NOT NULL AND sent NOT IN ('packed', 'received')
    THEN
        RAISE EXCEPTION 'centers_transferbag is ended once, where the box stands'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER box_takes_from_the_shelf BEFORE INSERT OR UPDATE ON centers_transferbag
    FOR EACH ROW EXECUTE FUNCTION box_takes_from_the_shelf();
"""

PAPERS = """
CREATE TRIGGER consent_is_ended_once BEFORE UPDATE ON donors_consent
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{withdrawn_at}');
CREATE TRIGGER lift_is_ended_once BEFORE UPDATE ON donors_lift
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{approved_at,approved_by_id}');
CREATE TRIGGER policychange_is_ended_once BEFORE UPDATE ON donors_policychange
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{decided_at,decided_by_id,approved}');

CREATE TRIGGER reference_row_stands BEFORE INSERT OR UPDATE OR DELETE ON centers_recipe_kits
    FOR EACH ROW EXECUTE FUNCTION reference_row_stands();
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['marker', 'compatibility', 'component', 'kit', 'recipe', 'recipepart',
        'recipe_kits']
    LOOP
        EXECUTE format('CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_%s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0027_guard_groups")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (LOOK_BACK, VISIT, BAG, PAPERS)
    ]

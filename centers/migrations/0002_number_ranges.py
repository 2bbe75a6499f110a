from django.db import migrations

# Django knows exclusions by its own range types only.
RANGES = """
CREATE TYPE din_range AS RANGE (subtype = text, collation = "C");
ALTER TABLE centers_numberrange ADD CONSTRAINT numbers_are_given_out_once EXCLUDE USING gist (
    din_range(first, coalesce(nullif(kept_last, ''), last), '[]') WITH &&
) WHERE (closed_at IS NULL OR kept_last <> '');
"""
BACK = """
ALTER TABLE centers_numberrange DROP CONSTRAINT numbers_are_given_out_once;
DROP TYPE din_range;
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0001_initial")]
    operations = [migrations.RunSQL(RANGES, BACK)]

from django.db import migrations

# A plan that was published once is what people agreed to. Only its state may still move, from published to superseded; its entries and
# jobs stay as they are. TRUNCATE (test databases) fires no such trigger.
GUARD_PLAN = """
CREATE FUNCTION scheduling_guard_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state'
        AND (NEW.state = OLD.state OR (OLD.state = 'published' AND NEW.state = 'superseded')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'plan % was published and never changes', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER plan_published_never_changes BEFORE UPDATE OR DELETE ON scheduling_plan
    FOR EACH ROW EXECUTE FUNCTION scheduling_guard_plan();
"""

# Once per statement and over all its rows: plans are written thousands of rows at a time.
GUARD_ROWS = """
CREATE FUNCTION scheduling_guard_plan_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM touched JOIN scheduling_plan plan ON plan.id = touched.plan_id WHERE plan.published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a published plan never changes: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""

TABLES = ["scheduling_planentry", "scheduling_planjob"]
# an update touches the plan that a row leaves and the one that it comes to
MOMENTS = [("insert", "INSERT", "NEW"), ("delete", "DELETE", "OLD"), ("leave", "UPDATE", "OLD"), ("come", "UPDATE", "NEW")]


def row_triggers():
    for table in TABLES:
        for name, operation, side in MOMENTS:
            yield f"""
CREATE TRIGGER plan_rows_{name} AFTER {operation} ON {table} REFERENCING {side} TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION scheduling_guard_plan_rows();
"""


REMOVE = """
DROP FUNCTION scheduling_guard_plan_rows() CASCADE;
DROP FUNCTION scheduling_guard_plan() CASCADE;
"""


class Migration(migrations.Migration):
    """The database refuses what the services never do: to change a plan after it was published."""

    dependencies = [("scheduling", "0003_run_steps_and_further_reasons")]
    operations = [migrations.RunSQL(GUARD_PLAN + GUARD_ROWS + "".join(row_triggers()), REMOVE)]

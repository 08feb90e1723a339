from django.db import migrations

# What was issued is what purchasing bought and the workshops made by. TRUNCATE (test databases) fires no such trigger.
GUARD = """
CREATE FUNCTION scheduling_guard_instruction_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'instruction version % was issued and never changes', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER instruction_version_never_changes BEFORE UPDATE OR DELETE ON scheduling_instructionversion
    FOR EACH ROW EXECUTE FUNCTION scheduling_guard_instruction_version();

CREATE FUNCTION scheduling_guard_instruction_receiver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.acknowledged_at IS NULL
        AND to_jsonb(NEW) - 'acknowledged_at' = to_jsonb(OLD) - 'acknowledged_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'receiver % of an instruction never changes', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER instruction_receiver_acknowledges_once BEFORE UPDATE OR DELETE ON scheduling_instructionreceiver
    FOR EACH ROW EXECUTE FUNCTION scheduling_guard_instruction_receiver();
"""

REMOVE = """
DROP FUNCTION scheduling_guard_instruction_version() CASCADE;
DROP FUNCTION scheduling_guard_instruction_receiver() CASCADE;
"""


class Migration(migrations.Migration):
    """The database refuses what the services never do: to change a version of an instruction order, or who acknowledged it."""

    dependencies = [("scheduling", "0009_instruction_orders")]
    operations = [migrations.RunSQL(GUARD, REMOVE)]

from django.db import migrations

# A move stands for good. Whoever posted a mistake reverses it. TRUNCATE (test databases) fires no such trigger.
GUARD_LEDGER = """
CREATE FUNCTION procurement_guard_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the stock ledger is never edited: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER stock_move_stands BEFORE UPDATE OR DELETE ON procurement_stockmove
    FOR EACH ROW EXECUTE FUNCTION procurement_guard_ledger();
CREATE TRIGGER stock_document_stands BEFORE UPDATE OR DELETE ON procurement_stockdocument
    FOR EACH ROW EXECUTE FUNCTION procurement_guard_ledger();
"""

# Every move carries its balance along, whoever wrote it. The row of the balance stays locked until the transaction ends, and its check
# constraint refuses to go below zero. The update comes first: PostgreSQL checks the row of an INSERT before it looks for a conflict.
KEEP_BALANCES = """
CREATE FUNCTION procurement_keep_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.material_id IS NOT NULL THEN
        UPDATE procurement_stockbalance SET quantity = quantity + NEW.quantity
            WHERE material_id = NEW.material_id AND plant_id = NEW.plant_id AND warehouse = NEW.warehouse
            AND place = NEW.place AND size = NEW.size AND lot = NEW.lot;
    ELSE
        UPDATE procurement_stockbalance SET quantity = quantity + NEW.quantity
            WHERE pairs_of_id = NEW.pairs_of_id AND plant_id = NEW.plant_id AND warehouse = NEW.warehouse
            AND place = NEW.place AND size = NEW.size AND lot = NEW.lot AND stage = NEW.stage;
    END IF;
    IF NOT FOUND THEN
        INSERT INTO procurement_stockbalance (plant_id, warehouse, place, material_id, pairs_of_id, stage, size, lot, quantity)
            VALUES (NEW.plant_id, NEW.warehouse, NEW.place, NEW.material_id, NEW.pairs_of_id, NEW.stage, NEW.size, NEW.lot, NEW.quantity)
            ON CONFLICT (material_id, pairs_of_id, stage, size, lot, plant_id, warehouse, place)
            DO UPDATE SET quantity = procurement_stockbalance.quantity + EXCLUDED.quantity;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER stock_move_keeps_balance AFTER INSERT ON procurement_stockmove
    FOR EACH ROW EXECUTE FUNCTION procurement_keep_balance();
"""

# What stood in the ledger before. A balance below zero would stop here: it has to be set right by a count first.
FILL = """
INSERT INTO procurement_stockbalance (plant_id, warehouse, place, material_id, pairs_of_id, stage, size, lot, quantity)
    SELECT plant_id, warehouse, place, material_id, pairs_of_id, stage, size, lot, sum(quantity) FROM procurement_stockmove
    GROUP BY plant_id, warehouse, place, material_id, pairs_of_id, stage, size, lot;
"""

# Nobody but the ledger's trigger writes a balance: at depth 1 a statement comes from outside.
GUARD_BALANCES = """
CREATE FUNCTION procurement_guard_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a stock balance is the sum of the ledger: % on %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER stock_balance_is_a_sum BEFORE INSERT OR UPDATE OR DELETE ON procurement_stockbalance
    FOR EACH ROW EXECUTE FUNCTION procurement_guard_balance();
"""

REMOVE = """
DROP FUNCTION procurement_guard_balance() CASCADE;
DROP FUNCTION procurement_keep_balance() CASCADE;
DROP FUNCTION procurement_guard_ledger() CASCADE;
DELETE FROM procurement_stockbalance;
"""


class Migration(migrations.Migration):
    """The database keeps every balance equal to its moves, never negative, and lets nobody edit either."""

    dependencies = [("procurement", "0002_stock_documents_and_balances")]
    operations = [migrations.RunSQL(GUARD_LEDGER + KEEP_BALANCES + FILL + GUARD_BALANCES, REMOVE)]

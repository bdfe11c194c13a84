-- Purpose: the distinct units of quantities in hand and in the ledger's months compared with.
-- Parameters: views typed, rule_ledger.
-- Grain: (carrier, unit, gas condition).
SELECT carrier, unit, gas_condition FROM typed
UNION
SELECT carrier, unit, gas_condition FROM rule_ledger

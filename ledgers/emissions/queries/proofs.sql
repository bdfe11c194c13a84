-- Purpose: the unit proofs behind some lines.
-- Parameters: $ids.
-- Grain: one proof.
SELECT proof_id, multipliers, statement, coal_basis, gas_condition, condition_assumed
FROM emissions.proof
WHERE proof_id IN (SELECT unnest($ids))

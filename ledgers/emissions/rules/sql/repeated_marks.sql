-- Purpose: marks (a hash of every column) that more than one row of a file has: candidates for
-- rows that look alike. Few marks repeat, so the rows themselves are looked up afterwards.
-- Parameters: view typed.
-- Grain: one mark.
CREATE OR REPLACE TEMP TABLE rule_mark AS
SELECT
    hash(
        source, enterprise_id, facility, device, carrier, flow, period_start, period_end,
        starts_at, quantity, unit, ncv, ncv_unit, carbon_content, elemental_carbon,
        oxidation_rate, moisture, pressure, temperature, enthalpy, coal_basis,
        gas_condition, data_kind, evidence_kind, evidence, correction_of, note
    ) AS mark
FROM typed
GROUP BY mark
HAVING count(*) > 1

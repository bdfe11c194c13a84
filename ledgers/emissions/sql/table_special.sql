-- Purpose: an empty table for rows that are not posted as they came: parts of bills, day sums.
-- Parameters: none. Grain: one prepared row.
CREATE OR REPLACE TEMP TABLE special AS
SELECT
    source, sheet, row_no, enterprise_id, enterprise_name, facility, device, carrier,
    carrier_text, flow, starts_at, quantity_text, unit, ncv, ncv_unit, carbon_content,
    carbon_content_unit, elemental_carbon, elemental_carbon_unit, oxidation_rate,
    oxidation_rate_unit, moisture, moisture_unit, pressure, pressure_unit, temperature,
    temperature_unit, enthalpy, enthalpy_unit, coal_basis, gas_condition, data_kind,
    evidence_kind, evidence, correction_of, note, from_float, month, row_last, row_count,
    bill_start, bill_end, bill_quantity, period_start, period_end, quantity
FROM emissions.activity
LIMIT 0;

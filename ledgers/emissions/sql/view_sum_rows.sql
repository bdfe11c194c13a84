-- Purpose: which sum of a day each reading went into; a sum is named by its first row. The same
-- readings are one sum here and in day_sums.
-- Parameters: view kept. Grain: one reading finer than a day.
CREATE OR REPLACE TEMP VIEW sum_row AS
SELECT
    source, sheet, row_no,
    min(row_no) OVER (
        PARTITION BY
            source, sheet, enterprise_id, facility, device, carrier, flow, unit, ncv, ncv_unit,
            carbon_content, carbon_content_unit, elemental_carbon, elemental_carbon_unit,
            oxidation_rate, oxidation_rate_unit, moisture, moisture_unit, pressure,
            pressure_unit, temperature, temperature_unit, enthalpy, enthalpy_unit, coal_basis,
            gas_condition, data_kind, evidence_kind, correction_of, period_start, period_end
    ) AS first_row
FROM kept
WHERE starts_at IS NOT NULL;

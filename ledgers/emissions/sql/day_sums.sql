-- Purpose: sum readings finer than a day per stream and day before anything is rounded. Readings
-- that differ in unit, measured values or quality stay apart. The sum points to its rows.
-- Parameters: view kept.
-- Grain: one stream, day and set of measured values of one sheet of one file.
INSERT INTO special BY NAME
SELECT
    source, sheet, min(row_no) AS row_no,
    enterprise_id, min(enterprise_name) AS enterprise_name, facility, device,
    carrier, min(carrier_text) AS carrier_text, flow, NULL AS starts_at,
    CASE WHEN count(*) = 1 THEN min(quantity_text)
    ELSE rtrim(rtrim(sum(quantity)::VARCHAR, '0'), '.') END AS quantity_text,
    unit, ncv, ncv_unit, carbon_content, carbon_content_unit, elemental_carbon,
    elemental_carbon_unit, oxidation_rate, oxidation_rate_unit, moisture, moisture_unit,
    pressure, pressure_unit, temperature, temperature_unit, enthalpy, enthalpy_unit,
    coal_basis, gas_condition, data_kind, evidence_kind, min(evidence) AS evidence,
    correction_of, min(note) AS note, bool_or(from_float) AS from_float,
    strftime(period_end, '%Y-%m') AS month,
    max(row_no) AS row_last,
    count(*) AS row_count,
    NULL AS bill_start, NULL AS bill_end, NULL AS bill_quantity,
    period_start, period_end,
    sum(quantity) AS quantity
FROM kept
WHERE starts_at IS NOT NULL
GROUP BY ALL
ORDER BY source, sheet, row_no;

-- Purpose: rows of one file that say the same in every column (DU-01). The columns
-- themselves are compared, so that a collision of marks names nobody.
-- Parameters: view typed; temp table rule_mark. The number as written ('1.0', '1.00') is left out, its value is in.
-- Grain: one row after the first of its kind, in the order of sheet and row.
INSERT INTO faults BY NAME
WITH candidates AS (
    SELECT t.*
    FROM typed AS t
    SEMI JOIN rule_mark AS m
        ON m.mark = hash(
            source, enterprise_id, facility, device, carrier, flow, period_start, period_end,
            starts_at, quantity, unit, ncv, ncv_unit, carbon_content, elemental_carbon,
            oxidation_rate, moisture, pressure, temperature, enthalpy, coal_basis,
            gas_condition, data_kind, evidence_kind, evidence, correction_of, note
        )
),
placed AS (
    SELECT
        *,
        row_number() OVER same AS place,
        first_value(row_no) OVER same AS first_row,
        first_value(sheet) OVER same AS first_sheet
    FROM candidates
    WINDOW same AS (
        PARTITION BY
            source, enterprise_id, facility, device, carrier, flow, period_start, period_end,
            starts_at, quantity, unit, ncv, ncv_unit, carbon_content, carbon_content_unit,
            elemental_carbon, elemental_carbon_unit, oxidation_rate, oxidation_rate_unit,
            moisture, moisture_unit, pressure, pressure_unit, temperature, temperature_unit,
            enthalpy, enthalpy_unit, coal_basis, gas_condition, data_kind, evidence_kind,
            evidence, correction_of, note
        ORDER BY sheet, row_no
    )
)
SELECT
    source, sheet, row_no, '' AS column_name, 'DU-01' AS rule, 'W' AS severity,
    carrier_text || ' ' || quantity_text || ' ' || unit AS seen,
    CAST(
        to_json({'first_row': CAST(first_row AS VARCHAR), 'first_sheet': first_sheet}) AS VARCHAR
    ) AS facts
FROM placed
WHERE place > 1

-- Purpose: the standing rows that an accrual may rest on: what was sent of some enterprises in some
-- months, accruals left out.
-- Parameters: $months; $enterprises. Grain: one activity.
SELECT
    commit_no || '-' || ordinal AS activity_id,
    enterprise_id, facility, device, carrier, flow, month, period_start, period_end, quantity,
    unit, gas_condition, coal_basis, correction_of <> '' AS corrects,
    ncv, ncv_unit, carbon_content, carbon_content_unit, elemental_carbon, elemental_carbon_unit,
    oxidation_rate, oxidation_rate_unit, moisture, moisture_unit, pressure, pressure_unit,
    temperature, temperature_unit, enthalpy, enthalpy_unit
FROM emissions.live_activity
WHERE list_contains($months::VARCHAR[], month)
    AND list_contains($enterprises::VARCHAR[], enterprise_id)
    AND data_kind <> 'accrued'
    AND flow NOT IN ('opening_stock', 'closing_stock')
ORDER BY month, period_start, commit_no, ordinal

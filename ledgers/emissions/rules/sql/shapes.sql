-- Purpose: the distinct combinations of carrier and units as written; whatever their number of
-- rows, units are proven once for each. A unit beside a value that is absent says nothing.
-- Parameters: view typed.
-- Grain: one combination.
SELECT DISTINCT
    carrier,
    unit,
    gas_condition,
    CASE WHEN ncv IS NULL THEN '' ELSE ncv_unit END AS ncv_unit,
    ncv IS NOT NULL AS has_ncv,
    CASE WHEN carbon_content IS NULL THEN '' ELSE carbon_content_unit END AS carbon_content_unit,
    carbon_content IS NOT NULL AS has_carbon_content,
    CASE WHEN elemental_carbon IS NULL THEN '' ELSE elemental_carbon_unit END
        AS elemental_carbon_unit,
    elemental_carbon IS NOT NULL AS has_elemental_carbon,
    CASE WHEN oxidation_rate IS NULL THEN '' ELSE oxidation_rate_unit END AS oxidation_rate_unit,
    oxidation_rate IS NOT NULL AS has_oxidation_rate,
    CASE WHEN moisture IS NULL THEN '' ELSE moisture_unit END AS moisture_unit,
    moisture IS NOT NULL AS has_moisture,
    CASE WHEN pressure IS NULL THEN '' ELSE pressure_unit END AS pressure_unit,
    pressure IS NOT NULL AS has_pressure,
    CASE WHEN temperature IS NULL THEN '' ELSE temperature_unit END AS temperature_unit,
    temperature IS NOT NULL AS has_temperature,
    CASE WHEN enthalpy IS NULL THEN '' ELSE enthalpy_unit END AS enthalpy_unit,
    enthalpy IS NOT NULL AS has_enthalpy
FROM typed

-- Purpose: the raw numbers of the rows that the calculation left to integers, as printed.
-- Parameters: temp table calculated, view subject. Grain: one measure of one activity.
SELECT
    c.activity_commit, c.activity_ordinal, c.proof_id,
    s.quantity::VARCHAR AS quantity, s.ncv::VARCHAR AS ncv,
    s.carbon_content::VARCHAR AS carbon_content,
    s.elemental_carbon::VARCHAR AS elemental_carbon,
    s.oxidation_rate::VARCHAR AS oxidation_rate, s.moisture::VARCHAR AS moisture,
    s.pressure::VARCHAR AS pressure, s.temperature::VARCHAR AS temperature,
    s.enthalpy::VARCHAR AS enthalpy
FROM (FROM calculated WHERE value IS NULL) AS c
JOIN subject AS s
    ON s.activity_commit = c.activity_commit AND s.activity_ordinal = c.activity_ordinal;

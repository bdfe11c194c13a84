-- Purpose: what was calculated, with the raw numbers of its activity.
-- Parameters: temp table calculated. Grain: one measure of one activity.
SELECT
    c.activity_commit, c.activity_ordinal, c.proof_id, c.value, a.carrier, a.month,
    a.quantity::VARCHAR, a.ncv::VARCHAR, a.carbon_content::VARCHAR, a.elemental_carbon::VARCHAR,
    a.oxidation_rate::VARCHAR, a.moisture::VARCHAR, a.pressure::VARCHAR, a.temperature::VARCHAR,
    a.enthalpy::VARCHAR
FROM calculated AS c
JOIN emissions.activity AS a
    ON a.commit_no = c.activity_commit AND a.ordinal = c.activity_ordinal;

-- Purpose: a block of calculated entries with the raw numbers of their activities. Bounds keep
-- the join small: entries lie in the order of their activities.
-- Parameters: $commit_no, $first, $last, $low_commit, $high_commit, $low, $high.
-- Grain: one entry that is no reversal.
SELECT
    e.ordinal, e.proof_id, e.value, e.month IS DISTINCT FROM a.month AS misplaced, a.quantity, a.ncv, a.carbon_content,
    a.elemental_carbon, a.oxidation_rate, a.moisture, a.pressure, a.temperature, a.enthalpy
FROM (
    SELECT ordinal, month, proof_id, value, activity_commit, activity_ordinal
    FROM emissions.entry
    WHERE commit_no = $commit_no AND ordinal BETWEEN $first AND $last AND kind <> 'reversal'
) AS e
LEFT JOIN (
    SELECT
        commit_no, ordinal, month, quantity, ncv, carbon_content, elemental_carbon, oxidation_rate,
        moisture, pressure, temperature, enthalpy
    FROM emissions.activity
    WHERE commit_no BETWEEN $low_commit AND $high_commit AND ordinal BETWEEN $low AND $high
) AS a ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal;

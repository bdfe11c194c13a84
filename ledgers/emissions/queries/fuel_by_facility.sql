-- Purpose: the fuel behind the combustion CO2 of the ledger, by facility; of the method editions
-- under which a month of an enterprise stands the preferred one, so that a fuel is there once.
-- Parameters: $months; $commit_no (the last commit to read); $preferred (`edition|boundary`, best
-- first); $enterprise ('' = every one).
-- Grain: month, enterprise, facility, industry, carrier, flow, unit, gas condition.
WITH standing AS (
    SELECT
        a.enterprise_id,
        a.facility,
        e.month,
        e.proof_id,
        a.quantity,
        a.unit,
        a.carrier,
        a.flow,
        r.industry,
        r.sign,
        r.measure,
        r.category,
        list_position($preferred::VARCHAR[], r.method_edition || '|' || r.boundary) AS place
    FROM emissions.entry AS e
    JOIN emissions.activity AS a
        ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
    JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
    WHERE e.month IN (SELECT unnest($months::VARCHAR[]))
        AND e.commit_no <= $commit_no
        AND e.kind <> 'reversal'
        AND r.scope <> 'energy'
        AND r.counted
        AND ($enterprise = '' OR a.enterprise_id = $enterprise)
        AND NOT EXISTS (
            SELECT 1
            FROM emissions.entry AS x
            WHERE x.reverses_commit = e.commit_no
                AND x.reverses_ordinal = e.ordinal
                AND x.commit_no <= $commit_no
        )
),
chosen AS (
    SELECT enterprise_id, month, min(place) AS place FROM standing GROUP BY ALL
)
SELECT
    s.month, s.enterprise_id, s.facility, s.industry, s.carrier, s.flow, s.unit, p.gas_condition,
    sum(s.sign * s.quantity)::DECIMAL(38, 12) AS quantity
FROM standing AS s
JOIN chosen AS c USING (enterprise_id, month, place)
JOIN emissions.proof AS p ON p.proof_id = s.proof_id
WHERE s.measure = 'CO2' AND s.category = 'combustion'
GROUP BY ALL
ORDER BY ALL

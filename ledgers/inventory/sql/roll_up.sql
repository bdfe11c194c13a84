-- Purpose: what stands in the emission ledger for a city inventory, in whole quanta. Of the method
-- editions that one enterprise and month were booked under only the first of $preferred is taken,
-- so that nothing is counted twice; what the others say is left aside.
-- Parameters: $months; $commit_no (the last commit to read); $preferred (editions, best first).
-- Grain: month, method edition, industry, scope, category, counted, measure, carrier, flow, unit,
-- gas condition. `quantity` is what the enterprises sent in that unit, less what was deducted.
WITH standing AS (
    SELECT
        a.enterprise_id AS party,
        e.month,
        e.value,
        e.proof_id,
        a.quantity,
        a.unit,
        a.carrier,
        a.flow,
        r.method_edition,
        r.industry,
        r.scope,
        r.category,
        r.counted,
        r.measure,
        r.sign,
        list_position($preferred::VARCHAR[], r.method_edition || '|' || r.boundary) AS place
    FROM emissions.entry AS e
    JOIN emissions.activity AS a
        ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
    JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
    WHERE e.month IN (SELECT unnest($months::VARCHAR[]))
        AND e.commit_no <= $commit_no
        AND e.kind <> 'reversal'
        AND r.scope <> 'energy'
        AND NOT EXISTS (
            SELECT 1
            FROM emissions.entry AS x
            WHERE x.reverses_commit = e.commit_no
                AND x.reverses_ordinal = e.ordinal
                AND x.commit_no <= $commit_no
        )
),
chosen AS (
    SELECT party, month, min(place) AS place FROM standing WHERE counted GROUP BY ALL
)
SELECT
    s.month,
    s.method_edition,
    s.industry,
    s.scope,
    s.category,
    s.counted,
    s.measure,
    s.carrier,
    s.flow,
    s.unit,
    p.gas_condition,
    sum(s.value)::HUGEINT AS value,
    sum(s.sign * s.quantity)::DECIMAL(38, 12) AS quantity,
    count(*) AS entries
FROM standing AS s
JOIN chosen AS c ON c.party = s.party AND c.month = s.month AND c.place = s.place
JOIN emissions.proof AS p ON p.proof_id = s.proof_id
GROUP BY ALL
ORDER BY ALL

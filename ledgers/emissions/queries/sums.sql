-- Purpose: what stands in the ledger, summed in whole quanta; never a rounded number.
-- Parameters: $months; $commit_no (the last commit to read); $enterprise ('' = every one).
-- Grain: enterprise, month, method edition and method, boundary, scope, category, measure, carrier,
-- flow, tier.
SELECT
    a.enterprise_id,
    e.month,
    r.method_edition,
    r.method,
    r.boundary,
    r.gwp_edition,
    r.counted,
    r.scope,
    r.category,
    r.measure,
    a.carrier,
    a.flow,
    e.tier,
    sum(e.value)::HUGEINT AS value,
    count(*) AS entries
FROM emissions.entry AS e
JOIN emissions.activity AS a
    ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
WHERE e.month IN (SELECT unnest($months))
    AND e.commit_no <= $commit_no
    AND e.kind <> 'reversal'
    AND ($enterprise = '' OR a.enterprise_id = $enterprise)
    AND NOT EXISTS (
        SELECT 1
        FROM emissions.entry AS x
        WHERE x.reverses_commit = e.commit_no
            AND x.reverses_ordinal = e.ordinal
            AND x.commit_no <= $commit_no
    )
GROUP BY ALL
ORDER BY ALL

-- Purpose: what the live entries of a year come to, by the resolution that they rest on.
-- Parameters: $months; $commit_no (the last commit to read).
-- Grain: one resolution; `resolved_by` is the commit that brought it.
SELECT
    r.resolution_id,
    r.commit_no AS resolved_by,
    r.method_edition,
    r.gwp_edition,
    r.counted,
    r.measure,
    r.parameters,
    count(*) AS entries,
    sum(e.value)::HUGEINT AS value
FROM emissions.entry AS e
JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
WHERE e.month IN (SELECT unnest($months))
    AND e.commit_no <= $commit_no
    AND e.kind <> 'reversal'
    AND NOT EXISTS (
        SELECT 1
        FROM emissions.entry AS x
        WHERE x.reverses_commit = e.commit_no
            AND x.reverses_ordinal = e.ordinal
            AND x.commit_no <= $commit_no
    )
GROUP BY ALL
ORDER BY r.resolution_id

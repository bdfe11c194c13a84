-- Purpose: which resolutions the entries that stand in a span rest on, whether listed or not.
-- Parameters: $months; $commit_no (the last commit to read); $enterprise ('' = every one).
-- Grain: enterprise, resolution.
SELECT DISTINCT a.enterprise_id, e.resolution_id
FROM emissions.entry AS e
JOIN emissions.activity AS a
    ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
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
ORDER BY 1, 2

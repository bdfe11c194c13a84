-- Purpose: emissions that stand, summed as far as they share every source of uncertainty: the same
-- resolution (the same factors) and the same stream (the same meter, bill or record).
-- Parameters: $months; $commit_no (the last commit to read); $enterprise ('' = every one).
-- Grain: enterprise, resolution, tier, kind of data, stream.
SELECT
    a.enterprise_id,
    r.method_edition,
    r.boundary,
    r.gwp_edition,
    r.measure,
    e.resolution_id,
    a.carrier,
    e.tier,
    a.data_kind,
    concat_ws(
        chr(31), a.enterprise_id, a.facility, a.device, a.carrier, a.flow, a.evidence_kind
    ) AS stream,
    sum(e.value)::HUGEINT AS value,
    count(*) AS entries
FROM emissions.entry AS e
JOIN emissions.activity AS a
    ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
WHERE e.month IN (SELECT unnest($months))
    AND e.commit_no <= $commit_no
    AND e.kind <> 'reversal'
    AND r.counted
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

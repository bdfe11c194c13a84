-- Purpose: reversals that do not negate exactly one earlier entry of the same activity,
-- resolution and proof, or that reverse an entry for the second time.
-- Parameters: none. Grain: one faulty reversal.
SELECT r.commit_no, r.ordinal
FROM emissions.entry AS r
LEFT JOIN emissions.entry AS e
    ON e.commit_no = r.reverses_commit AND e.ordinal = r.reverses_ordinal
WHERE (r.kind = 'reversal') <> (r.reverses_commit IS NOT NULL)
    OR (r.kind = 'reversal' AND (
        e.value IS NULL
        OR e.kind = 'reversal'
        OR r.value <> -e.value
        OR (r.activity_commit, r.activity_ordinal, r.resolution_id, r.proof_id, r.month)
            <> (e.activity_commit, e.activity_ordinal, e.resolution_id, e.proof_id, e.month)
        OR (r.commit_no, r.ordinal) <= (e.commit_no, e.ordinal)
    ))
UNION ALL
SELECT max(commit_no), max(ordinal)
FROM emissions.entry
WHERE kind = 'reversal'
GROUP BY reverses_commit, reverses_ordinal
HAVING count(*) > 1
ORDER BY ALL
LIMIT $limit;

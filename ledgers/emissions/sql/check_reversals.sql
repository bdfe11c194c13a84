-- Purpose: reversals that do not negate exactly one earlier entry of the same activity,
-- resolution, proof and month, or that reverse an entry for the second time.
-- Parameters: $limit. Grain: one faulty reversal.
WITH reversal AS (
    SELECT * FROM emissions.entry WHERE kind = 'reversal' OR reverses_commit IS NOT NULL
),
named AS (
    SELECT e.*
    FROM emissions.entry AS e
    SEMI JOIN reversal AS r
        ON r.reverses_commit = e.commit_no AND r.reverses_ordinal = e.ordinal
)
SELECT r.commit_no, r.ordinal
FROM reversal AS r
LEFT JOIN named AS e ON e.commit_no = r.reverses_commit AND e.ordinal = r.reverses_ordinal
WHERE e.value IS NULL
    OR r.kind <> 'reversal'
    OR e.kind = 'reversal'
    OR r.value <> -e.value
    OR (r.activity_commit, r.activity_ordinal, r.resolution_id, r.proof_id, r.month)
        <> (e.activity_commit, e.activity_ordinal, e.resolution_id, e.proof_id, e.month)
    OR (r.commit_no, r.ordinal) <= (e.commit_no, e.ordinal)
UNION ALL
SELECT max(commit_no), max(ordinal)
FROM reversal
GROUP BY reverses_commit, reverses_ordinal
HAVING count(*) > 1
ORDER BY ALL
LIMIT $limit;

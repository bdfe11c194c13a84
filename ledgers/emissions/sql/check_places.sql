-- Purpose: entries whose resolution or proof is missing or not its own, and live entries of
-- withdrawn activities. That the activity is there, and of the month, each block shows.
-- Parameters: $limit. Grain: one faulty entry.
SELECT e.commit_no, e.ordinal
FROM emissions.entry AS e
LEFT JOIN emissions.proof AS p ON p.proof_id = e.proof_id AND p.resolution_id = e.resolution_id
LEFT JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
WHERE p.proof_id IS NULL OR r.resolution_id IS NULL
UNION ALL
SELECT e.commit_no, e.ordinal
FROM emissions.live_entry AS e
SEMI JOIN emissions.withdrawal AS w
    ON w.activity_commit = e.activity_commit AND w.activity_ordinal = e.activity_ordinal
ORDER BY ALL
LIMIT $limit;

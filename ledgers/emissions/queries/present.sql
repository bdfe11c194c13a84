-- Purpose: which carriers of which enterprises were sent for a month: booked or waiting.
-- Parameters: $month; $commit_no (the last commit to read).
-- Grain: enterprise, carrier.
SELECT DISTINCT a.enterprise_id, a.carrier
FROM emissions.activity AS a
WHERE a.month = $month
    AND a.commit_no <= $commit_no
    AND NOT EXISTS (
        SELECT 1
        FROM emissions.withdrawal AS w
        WHERE w.activity_commit = a.commit_no
            AND w.activity_ordinal = a.ordinal
            AND w.commit_no <= $commit_no
    )
UNION
SELECT DISTINCT enterprise_id, carrier
FROM emissions.waiting
WHERE month = $month AND commit_no <= $commit_no
ORDER BY 1, 2

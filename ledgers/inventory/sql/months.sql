-- Purpose: the months in which anything was booked, and for how many enterprises.
-- Parameters: $commit_no (the last commit to read). Grain: month.
SELECT e.month, count(DISTINCT a.enterprise_id) AS enterprises
FROM emissions.live_entry AS e
JOIN emissions.activity AS a
    ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
WHERE e.commit_no <= $commit_no
GROUP BY ALL
ORDER BY ALL

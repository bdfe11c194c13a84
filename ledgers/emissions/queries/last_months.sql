-- Purpose: the last month before a given one of which an enterprise has anything booked.
-- Parameters: $month; $commit_no (the last commit to read).
-- Grain: enterprise.
SELECT enterprise_id, max(month) AS month
FROM emissions.activity
WHERE month < $month AND commit_no <= $commit_no
GROUP BY enterprise_id

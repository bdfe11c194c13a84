-- Purpose: every recorded row of targets with who recorded it and when, in order of recording.
-- Parameters: $commit_no (the last commit to read). Grain: one row of one target.
SELECT t.*, c.recorded_at, c.person
FROM inventory.target AS t
JOIN journal.commit AS c ON c.commit_no = t.commit_no
WHERE t.commit_no <= $commit_no
ORDER BY t.commit_no, t.ordinal

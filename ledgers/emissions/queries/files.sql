-- Purpose: the files of a month as they took part in its commits.
-- Parameters: $month; $commit_no (the last commit to read).
-- Grain: one file in one commit.
SELECT
    s.source,
    s.name,
    s.feed,
    s.state,
    s.mode,
    s.rows_read,
    s.rows_posted,
    s.rows_rejected,
    s.rows_waiting,
    s.rows_unchanged,
    s.rows_held,
    c.recorded_at,
    c.person,
    s.commit_no
FROM emissions.source AS s
JOIN journal.commit AS c ON c.commit_no = s.commit_no
WHERE s.month = $month AND s.commit_no <= $commit_no
ORDER BY s.commit_no, s.ordinal

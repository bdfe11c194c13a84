-- Purpose: the files of a month as they took part in its commits.
-- Parameters: $month; $commit_no (the last commit to read).
-- Grain: one file in one commit.
SELECT
    s.source,
    coalesce(nullif(s.name, ''), n.name, '') AS name,
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
LEFT JOIN (
    -- What waited is posted without the file at hand: it has the name that it came under.
    SELECT source, min(name) FILTER (name <> '') AS name FROM emissions.source GROUP BY source
) AS n ON n.source = s.source
JOIN journal.commit AS c ON c.commit_no = s.commit_no
WHERE s.month = $month AND s.commit_no <= $commit_no
ORDER BY s.commit_no, s.ordinal

-- Purpose: the years that are sealed. Parameters: 1 the last commit to read, NULL reads all.
-- Grain: one year.
SELECT e.year, e.commit_no, c.hash, c.person, c.recorded_at
FROM (
    SELECT year, max_by(event, commit_no) AS event, max(commit_no) AS commit_no
    FROM journal.year_event
    WHERE commit_no <= coalesce($1, 9223372036854775807)
    GROUP BY year
) AS e
JOIN journal.commit AS c ON c.commit_no = e.commit_no
WHERE e.event = 'seal'
ORDER BY e.year

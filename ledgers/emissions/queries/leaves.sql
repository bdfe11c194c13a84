-- Purpose: the second tree of a month that is closed; nothing while it is open again.
-- Parameters: $month; $commit_no (the last commit to read).
-- Grain: one enterprise.
SELECT l.commit_no, c.hash, l.enterprise_id, l.leaf, l.body
FROM journal.statement_leaf AS l
JOIN journal.commit AS c ON c.commit_no = l.commit_no
WHERE l.commit_no = (
    SELECT max(p.commit_no)
    FROM journal.period_event AS p
    WHERE p.month = $month AND p.commit_no <= $commit_no
)
ORDER BY l.ordinal

-- The leaves of a month as it was closed last.
-- Parameters: month. Grain: one row an enterprise, in the order of the leaves.
SELECT commit_no, enterprise_id, body, leaf
FROM journal.statement_leaf
WHERE commit_no = (
    SELECT max(commit_no) FROM journal.period_event WHERE month = ? AND event = 'close'
)
ORDER BY ordinal

-- Purpose: every request with its decision. Parameters: none. Grain: one request.
SELECT
    r.commit_no, r.kind, r.body, r.requested_by, r.reason, c.recorded_at,
    coalesce(d.outcome, ''), coalesce(d.decided_by, ''), d.commit_no
FROM journal.request AS r
JOIN journal.commit AS c ON c.commit_no = r.commit_no
LEFT JOIN journal.decision AS d ON d.request_no = r.commit_no
ORDER BY r.commit_no

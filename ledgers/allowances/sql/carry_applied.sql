-- What an account has applied to carry: completed applications less withdrawals, and requests under
-- way. Parameter: account number. Grain: one row.
SELECT coalesce(sum(quantity), 0)::BIGINT AS quantity
FROM (
    SELECT CASE t.type WHEN 'carry_over_apply' THEN l.quantity ELSE -l.quantity END AS quantity
    FROM allowances.transaction AS t
    JOIN allowances.line AS l USING (seq)
    JOIN allowances.account AS a ON a.account = l.from_account
    WHERE a.number = $1 AND t.type IN ('carry_over_apply', 'carry_over_withdraw')
    UNION ALL
    SELECT l.quantity
    FROM allowances.request_now AS r
    JOIN allowances.request_line AS l USING (request)
    JOIN allowances.account AS a ON a.account = l.from_account
    WHERE a.number = $1 AND r.type = 'carry_over_apply'
        AND r.state IN ('awaiting_approval', 'proposed', 'checked', 'delayed')
)

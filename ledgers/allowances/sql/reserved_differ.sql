-- Accounts where what is reserved is not what requests under way ask for. Parameters: none.
-- Grain: a balance.
SELECT coalesce(b.account, r.account)
FROM (SELECT account, position, unit, reserved FROM allowances.balance WHERE reserved <> 0) AS b
FULL JOIN (
    SELECT l.from_account AS account, l.from_position AS position, l.unit, sum(l.quantity) AS reserved
    FROM allowances.request_line AS l
    JOIN allowances.request_now AS r USING (request)
    JOIN allowances.account AS a ON a.account = l.from_account
    WHERE r.state IN ('awaiting_approval', 'delayed') AND a.kind <> 'issuance'
    GROUP BY ALL
) AS r USING (account, position, unit)
WHERE b.reserved IS DISTINCT FROM r.reserved
ORDER BY 1
LIMIT 20

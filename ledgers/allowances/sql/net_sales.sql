-- What an account sold and bought of some vintages in a window, from settled trades. A trade that is
-- settled over the clearing account shows once on each side.
-- Parameters: 1 account number, 2 and 3 the window (UTC, first excluded), 4 and 5 vintages.
-- Grain: one row.
SELECT
    coalesce(sum(l.quantity) FILTER (f.number = $1), 0)::BIGINT AS sold,
    coalesce(sum(l.quantity) FILTER (g.number = $1), 0)::BIGINT AS bought
FROM allowances.transaction AS t
JOIN allowances.line AS l USING (seq)
JOIN allowances.account AS f ON f.account = l.from_account
JOIN allowances.account AS g ON g.account = l.to_account
WHERE t.type = 'trade_settle' AND $1 IN (f.number, g.number)
    AND t.executed_at > $2 AND t.executed_at <= $3
    AND right(l.unit, 4)::INTEGER BETWEEN $4 AND $5

-- Accounts with a stored balance that is not the sum of the blocks moved in and out.
-- Parameters: none. Grain: a balance.
SELECT coalesce(b.account, r.account)
FROM (SELECT account, position, unit, quantity FROM allowances.balance WHERE quantity <> 0) AS b
FULL JOIN (
    SELECT account, position, unit, sum(quantity) AS quantity
    FROM (
        SELECT l.from_account AS account, l.from_position AS position, l.unit, m.first - m.last - 1 AS quantity
        FROM allowances.move AS m
        JOIN allowances.line AS l USING (seq, line_no)
        UNION ALL
        SELECT l.to_account, l.to_position, l.unit, m.last - m.first + 1
        FROM allowances.move AS m
        JOIN allowances.line AS l USING (seq, line_no)
    )
    GROUP BY ALL
    HAVING sum(quantity) <> 0
) AS r USING (account, position, unit)
WHERE b.quantity IS DISTINCT FROM r.quantity
ORDER BY 1
LIMIT 20

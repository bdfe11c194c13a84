-- Holders for whom more is asked to be re-issued than the referred transaction recovered from them
-- and has not been re-issued for it yet. Parameters: refers. Grain: a holder; the first is enough.
SELECT a.number
FROM (
    SELECT to_account AS account, sum(quantity) AS quantity
    FROM (
        SELECT to_account, quantity FROM asked_lines
        UNION ALL
        SELECT l.to_account, l.quantity
        FROM allowances.line AS l
        JOIN allowances.transaction AS t USING (seq)
        WHERE t.refers = $refers
    )
    GROUP BY 1
) AS wanted
LEFT JOIN (
    SELECT from_account AS account, sum(quantity) AS quantity
    FROM allowances.line
    WHERE seq = $refers
    GROUP BY 1
) AS recovered USING (account)
JOIN allowances.account AS a USING (account)
WHERE wanted.quantity > coalesce(recovered.quantity, 0)
LIMIT 1

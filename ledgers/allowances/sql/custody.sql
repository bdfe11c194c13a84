-- What of an entity lies in the authority's custody: what came in under its name less what left.
-- Parameters: 1 market, 2 entity. Grain: a unit.
SELECT
    l.unit,
    sum(CASE WHEN g.kind = 'custody' THEN l.quantity ELSE 0 END
        - CASE WHEN f.kind = 'custody' THEN l.quantity ELSE 0 END)::BIGINT AS quantity
FROM allowances.transaction AS t
JOIN allowances.line AS l USING (seq)
JOIN allowances.account AS f ON f.account = l.from_account
JOIN allowances.account AS g ON g.account = l.to_account
WHERE t.market = $1 AND t.counterparty = $2 AND 'custody' IN (f.kind, g.kind)
    AND l.from_account <> l.to_account
GROUP BY l.unit
ORDER BY l.unit

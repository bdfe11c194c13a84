-- Where the lent deltas claim more than is free. Parameters: none. Grain: a balance; one is enough.
SELECT
    d.account,
    d.position,
    d.unit,
    coalesce(b.quantity - b.reserved, 0)::BIGINT,
    d.reserved
FROM deltas AS d
LEFT JOIN allowances.balance AS b USING (account, position, unit)
WHERE d.reserved > coalesce(b.quantity - b.reserved, 0)
LIMIT 1

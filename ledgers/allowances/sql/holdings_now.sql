-- Balances as they stand. Parameters: account number twice, market twice ('' = any).
-- Grain: a position of an account and unit.
SELECT
    a.number,
    a.kind,
    a.entity,
    a.name,
    a.status,
    b.position,
    b.unit,
    b.quantity,
    b.reserved
FROM allowances.balance AS b
JOIN allowances.account_now AS a USING (account)
WHERE (a.number = ? OR ? = '') AND (a.market = ? OR ? = '') AND b.quantity <> 0
ORDER BY a.account, b.position, b.unit

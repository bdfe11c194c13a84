-- Balances added up from the lines that were recorded and executed by then.
-- Parameters: last commit, last moment of execution, account number twice, market twice ('' = any).
-- Grain: a position of an account and unit.
WITH counted AS (
    SELECT l.*
    FROM allowances.line AS l
    JOIN allowances.transaction AS t USING (seq)
    WHERE t.commit_no <= ? AND t.executed_at <= ?
),
moved AS (
    SELECT from_account AS account, from_position AS position, unit, -quantity AS quantity FROM counted
    UNION ALL
    SELECT to_account, to_position, unit, quantity FROM counted
)
SELECT
    a.number,
    a.kind,
    a.entity,
    a.name,
    a.status,
    m.position,
    m.unit,
    sum(m.quantity)::BIGINT,
    0
FROM moved AS m
JOIN allowances.account_now AS a USING (account)
WHERE (a.number = ? OR ? = '') AND (a.market = ? OR ? = '')
GROUP BY a.account, a.number, a.kind, a.entity, a.name, a.status, m.position, m.unit
HAVING sum(m.quantity) <> 0
ORDER BY a.account, m.position, m.unit

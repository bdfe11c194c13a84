-- The last lines of completed transactions. Parameters: account number three times, market twice
-- ('' = any), how many. Grain: a line.
SELECT
    t.seq,
    t.id,
    t.type,
    t.executed_at,
    f.number,
    l.from_position,
    g.number,
    l.to_position,
    l.unit,
    l.quantity,
    l.ref,
    t.year,
    t.counterparty,
    t.reason,
    t.proposer,
    t.approver
FROM allowances.line AS l
JOIN allowances.transaction AS t USING (seq)
JOIN allowances.account AS f ON f.account = l.from_account
JOIN allowances.account AS g ON g.account = l.to_account
WHERE (f.number = ? OR g.number = ? OR ? = '') AND (t.market = ? OR ? = '')
ORDER BY t.seq DESC, l.line_no DESC
LIMIT ?

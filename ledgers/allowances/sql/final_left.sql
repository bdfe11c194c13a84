-- Transactions that took units out of a final account and are no reversal that names a surrender.
-- Parameters: none. Grain: a transaction.
SELECT DISTINCT l.seq
FROM allowances.line AS l
JOIN allowances.account AS a ON a.account = l.from_account
JOIN allowances.transaction AS t USING (seq)
WHERE a.kind IN ('surrender', 'cancelled', 'cancelled_voluntarily', 'expired', 'offset_retired', 'carry_over_recovered')
    AND (t.type <> 'surrender_reversal' OR a.kind <> 'surrender' OR t.refers IS NULL)
ORDER BY 1
LIMIT 20

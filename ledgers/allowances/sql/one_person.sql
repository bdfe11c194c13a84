-- Transactions without the consent of a second person where one is due: in their own row, or where
-- they came from a request without its approval. Parameters: none. Grain: a transaction.
SELECT t.seq
FROM allowances.transaction AS t
LEFT JOIN allowances.request AS r ON r.request = t.id
LEFT JOIN allowances.approval AS a ON a.request = t.id AND a.verdict = 'approve'
WHERE t.approvals > 0
    AND (
        t.approver = ''
        OR t.approver = t.proposer
        OR (r.request IS NOT NULL AND (a.approver IS NULL OR a.approver <> t.approver))
    )
ORDER BY 1
LIMIT 20

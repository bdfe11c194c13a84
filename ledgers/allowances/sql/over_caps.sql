-- Units of which more was issued than their cap, re-issue for carry-over left out.
-- Parameters: none. Grain: a unit, as the first transaction that issued it.
SELECT min(l.seq)
FROM allowances.line AS l
JOIN allowances.account AS a ON a.account = l.from_account AND a.kind = 'issuance'
JOIN allowances.transaction AS t USING (seq)
LEFT JOIN (
    SELECT unit, quantity
    FROM allowances.cap
    QUALIFY row_number() OVER (PARTITION BY unit ORDER BY commit_no DESC, ordinal DESC) = 1
) AS c USING (unit)
WHERE t.type <> 'carry_over_reissue'
GROUP BY l.unit, c.quantity
HAVING sum(l.quantity) > coalesce(c.quantity, -1)
ORDER BY 1
LIMIT 20

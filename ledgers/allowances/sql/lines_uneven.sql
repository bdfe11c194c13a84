-- Transactions with a line whose blocks do not add up to its quantity. Parameters: none.
-- Grain: a line.
SELECT coalesce(l.seq, m.seq)
FROM allowances.line AS l
FULL JOIN (
    SELECT seq, line_no, sum(last - first + 1) AS quantity
    FROM allowances.move
    GROUP BY seq, line_no
) AS m USING (seq, line_no)
WHERE l.quantity IS DISTINCT FROM m.quantity
ORDER BY 1
LIMIT 20

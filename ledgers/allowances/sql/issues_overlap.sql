-- Issued blocks of a unit that overlap, as the first serial number of the later one.
-- Parameters: none. Grain: an issued block.
SELECT first
FROM (
    SELECT m.first, max(m.last) OVER (PARTITION BY l.unit ORDER BY m.first, m.last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM allowances.move AS m
    JOIN allowances.line AS l USING (seq, line_no)
    WHERE m.parent IS NULL
)
WHERE first <= before
ORDER BY 1
LIMIT 20

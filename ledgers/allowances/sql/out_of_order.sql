-- Transactions whose number does not follow, that executed before one before them in their market,
-- or whose id stands twice. Parameters: none. Grain: a transaction.
SELECT seq
FROM (
    SELECT
        seq,
        row_number() OVER (ORDER BY commit_no, ordinal) AS place,
        executed_at < max(executed_at) OVER (PARTITION BY market ORDER BY seq ROWS UNBOUNDED PRECEDING) AS back
    FROM allowances.transaction
)
WHERE seq <> place OR back
UNION
SELECT max(seq) FROM allowances.transaction GROUP BY id HAVING count(*) > 1
ORDER BY 1
LIMIT 20

-- Moves that take what another move took of the same block. Parameters: none. Grain: a move.
SELECT move
FROM (
    SELECT move, first, lag(last) OVER (PARTITION BY parent ORDER BY first, last) AS before
    FROM allowances.move
    WHERE parent IS NOT NULL
)
WHERE first <= before
ORDER BY 1
LIMIT 20

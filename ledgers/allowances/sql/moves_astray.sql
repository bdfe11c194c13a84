-- Moves whose block does not come from where it lay: the parent is later, is of another unit, went
-- elsewhere or does not hold the block; or a move without a parent that is no issue.
-- Parameters: none. Grain: a move.
SELECT m.move
FROM allowances.move AS m
JOIN allowances.line AS l ON l.seq = m.seq AND l.line_no = m.line_no
JOIN allowances.account AS a ON a.account = l.from_account
LEFT JOIN allowances.move AS p ON p.move = m.parent
LEFT JOIN allowances.line AS q ON q.seq = p.seq AND q.line_no = p.line_no
WHERE CASE
    WHEN m.parent IS NULL THEN a.kind <> 'issuance'
    ELSE p.move IS NULL
        OR a.kind = 'issuance'
        OR p.move >= m.move
        OR q.unit <> l.unit
        OR q.to_account <> l.from_account
        OR q.to_position <> l.from_position
        OR m.first < p.first
        OR m.last > p.last
END
ORDER BY 1
LIMIT 20

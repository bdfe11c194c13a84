-- Accounts with stored blocks that are not what is left of the moves that came in.
-- Parameters: none. Grain: what is left of a move.
SELECT coalesce(h.account, r.account)
FROM allowances.holding AS h
FULL JOIN (
    SELECT
        m.move,
        l.to_account AS account,
        l.to_position AS position,
        l.unit,
        coalesce(c.last + 1, m.first) AS first,
        m.last,
        m.seq
    FROM allowances.move AS m
    JOIN allowances.line AS l USING (seq, line_no)
    LEFT JOIN (
        SELECT parent, max(last) AS last
        FROM allowances.move
        WHERE parent IS NOT NULL
        GROUP BY parent
    ) AS c ON c.parent = m.move
    WHERE coalesce(c.last, -1) < m.last
) AS r USING (move, account, position, unit, first, last, seq)
WHERE h.move IS NULL OR r.move IS NULL
ORDER BY 1
LIMIT 20

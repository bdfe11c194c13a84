-- Where more is asked back than is left of what the referred transaction brought there, for what
-- came from the account to which it goes back. Parameters: refers. Grain: an account; one is enough.
SELECT t.number
FROM (
    SELECT from_account, from_position, to_account, unit, sum(quantity) AS quantity
    FROM asked_lines
    GROUP BY ALL
) AS a
JOIN allowances.account AS t ON t.account = a.to_account
LEFT JOIN (
    SELECT h.account, h.position, h.unit, l.from_account AS came_from, sum(h.last - h.first + 1) AS quantity
    FROM allowances.holding AS h
    JOIN allowances.move AS m USING (move)
    JOIN allowances.line AS l ON l.seq = m.seq AND l.line_no = m.line_no
    WHERE h.seq = $refers
    GROUP BY ALL
) AS held
    ON held.account = a.from_account
    AND held.position = a.from_position
    AND held.unit = a.unit
    AND held.came_from = a.to_account
WHERE a.quantity > coalesce(held.quantity, 0)
LIMIT 1

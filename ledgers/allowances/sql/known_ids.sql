-- Which of the lent transactions stand in the registry by id, and whether with the same body.
-- Parameters: none (asked_heads, asked_lines are lent). Grain: a transaction asked for.
SELECT
    a.place,
    a.id,
    t.seq,
    a.type = t.type
    AND a.executed_at = t.executed_at
    AND a.year IS NOT DISTINCT FROM t.year
    AND a.refers IS NOT DISTINCT FROM t.refers
    AND x.body = y.body AS same
FROM asked_heads AS a
JOIN allowances.transaction AS t USING (id)
JOIN (
    SELECT
        place,
        string_agg(
            concat_ws('|', ref, from_account, from_position, to_account, to_position, unit, quantity, origin),
            ';' ORDER BY line_no
        ) AS body
    FROM asked_lines
    GROUP BY place
) AS x USING (place)
JOIN (
    SELECT
        seq,
        string_agg(
            concat_ws('|', ref, from_account, from_position, to_account, to_position, unit, quantity, origin),
            ';' ORDER BY line_no
        ) AS body
    FROM allowances.line
    WHERE seq IN (SELECT seq FROM allowances.transaction SEMI JOIN asked_heads USING (id))
    GROUP BY seq
) AS y ON y.seq = t.seq

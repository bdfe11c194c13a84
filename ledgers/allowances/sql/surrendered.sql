-- What completed transactions count for an entity's year, by way; reversals taken off.
-- Parameters: 1 account number, 2 entity, 3 year, 4 last moment of execution.
-- Grain: a way (own, forced, custody, offsets).
WITH counted AS (
    SELECT t.seq, t.type, t.counterparty, l.quantity, f.number AS source, f.kind
    FROM allowances.transaction AS t
    JOIN allowances.line AS l USING (seq)
    JOIN allowances.account AS f ON f.account = l.from_account
    WHERE t.year = $3 AND t.executed_at <= $4
        AND t.type IN ('surrender', 'forced_surrender', 'offset_surrender')
        AND (f.number = $1 OR (f.kind = 'custody' AND t.counterparty = $2))
),
ways AS (
    SELECT
        seq,
        CASE
            WHEN kind = 'custody' THEN 'custody'
            WHEN type = 'forced_surrender' THEN 'forced'
            WHEN type = 'offset_surrender' THEN 'offsets'
            ELSE 'own'
        END AS way,
        quantity
    FROM counted
),
reversed AS (
    SELECT (SELECT any_value(w.way) FROM ways AS w WHERE w.seq = t.refers) AS way, -l.quantity AS quantity
    FROM allowances.transaction AS t
    JOIN allowances.line AS l USING (seq)
    WHERE t.type = 'surrender_reversal' AND t.executed_at <= $4
        AND t.refers IN (SELECT seq FROM counted)
)
SELECT way, sum(quantity)::BIGINT AS quantity
FROM (SELECT way, quantity FROM ways UNION ALL SELECT way, quantity FROM reversed)
GROUP BY way

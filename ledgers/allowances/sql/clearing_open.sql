-- Clearing accounts that were not at zero at the end of a day in the market's zone.
-- Parameters: none. Grain: an account.
SELECT DISTINCT account
FROM (
    SELECT
        account,
        day,
        sum(sum(quantity)) OVER (PARTITION BY account, unit ORDER BY day) AS quantity
    FROM (
        SELECT
            a.account,
            l.unit,
            (t.executed_at AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Shanghai')::DATE AS day,
            CASE WHEN l.to_account = a.account THEN l.quantity ELSE -l.quantity END AS quantity
        FROM allowances.line AS l
        JOIN allowances.transaction AS t USING (seq)
        JOIN allowances.account AS a ON a.account IN (l.from_account, l.to_account)
        WHERE a.kind = 'clearing'
    )
    GROUP BY account, unit, day
)
WHERE quantity <> 0
ORDER BY 1
LIMIT 20

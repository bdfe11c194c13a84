-- Lines asked for that do not lead back from where the referred transaction led.
-- Parameters: refers. Grain: an asked line, as the account that it leads to; the first is enough.
SELECT t.number
FROM asked_lines AS a
JOIN allowances.account AS t ON t.account = a.to_account
WHERE NOT EXISTS (
    SELECT 1
    FROM allowances.line AS l
    WHERE l.seq = $refers
        AND l.unit = a.unit
        AND l.from_account = a.to_account
        AND l.to_account = a.from_account
)
LIMIT 1

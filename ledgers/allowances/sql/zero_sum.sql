-- Units whose stored balances do not add up to zero. Parameters: none. Grain: a unit.
SELECT sum(quantity)::BIGINT
FROM allowances.balance
GROUP BY unit
HAVING sum(quantity) <> 0
LIMIT 20

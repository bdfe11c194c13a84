-- Adds the lent deltas to balances that exist. Parameters: none. Grain: a balance.
UPDATE allowances.balance AS b
SET quantity = b.quantity + d.quantity, reserved = b.reserved + d.reserved
FROM deltas AS d
WHERE b.account = d.account AND b.position = d.position AND b.unit = d.unit

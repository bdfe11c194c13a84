-- What requests under way have claimed at the keys of wanted_keys.
-- Parameters: none (wanted_keys is lent). Grain: a balance.
SELECT b.account, b.position, b.unit, b.reserved
FROM allowances.balance AS b
JOIN wanted_keys AS w USING (account, position, unit)
WHERE b.reserved > 0

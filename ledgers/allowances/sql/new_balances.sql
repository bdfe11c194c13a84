-- Opens balances for the lent deltas where there are none yet. Parameters: none. Grain: a balance.
INSERT INTO allowances.balance BY NAME
SELECT d.account, d.position, d.unit, d.quantity, d.reserved, d.issuance
FROM deltas AS d
ANTI JOIN allowances.balance AS b USING (account, position, unit)

-- Units of which any were issued. Parameters: none. Grain: a unit.
SELECT DISTINCT unit FROM allowances.balance WHERE issuance

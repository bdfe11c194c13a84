-- What lies at the keys of wanted_keys, in the order in which it is taken.
-- Parameters: none (wanted_keys is lent). Grain: what is left of one move.
SELECT
    h.account,
    h.position,
    h.unit,
    epoch_us(h.acquired_at),
    h.origin,
    h.first,
    h.last,
    h.move,
    h.seq
FROM allowances.holding AS h
JOIN wanted_keys AS w USING (account, position, unit)
ORDER BY h.account, h.position, h.unit, h.acquired_at, h.origin, h.first

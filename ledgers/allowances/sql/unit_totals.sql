-- Where the units of a market are, from the stored balances. Parameters: the market. Grain: a unit.
SELECT
    b.unit,
    any_value(c.quantity),
    coalesce(-sum(b.quantity) FILTER (WHERE a.kind = 'issuance'), 0)::BIGINT,
    coalesce(sum(b.quantity) FILTER (WHERE a.kind IN ('operator', 'trader', 'person', 'clearing')), 0)::BIGINT,
    coalesce(sum(b.quantity) FILTER (WHERE a.kind IN ('reserve_city', 'reserve_entrants', 'reserve_stability', 'allocation', 'auction', 'custody')), 0)::BIGINT,
    coalesce(sum(b.quantity) FILTER (WHERE b.position = 'pledged'), 0)::BIGINT,
    coalesce(sum(b.quantity) FILTER (WHERE b.position = 'judicial'), 0)::BIGINT,
    coalesce(sum(b.quantity) FILTER (WHERE a.kind IN ('surrender', 'offset_retired')), 0)::BIGINT,
    coalesce(sum(b.quantity) FILTER (WHERE a.kind IN ('cancelled', 'cancelled_voluntarily', 'carry_over_recovered')), 0)::BIGINT,
    coalesce(sum(b.quantity) FILTER (WHERE a.kind = 'expired'), 0)::BIGINT,
    coalesce(sum(b.quantity) FILTER (WHERE a.kind IN ('offset_in', 'link_in', 'link_out')), 0)::BIGINT
FROM allowances.balance AS b
JOIN allowances.account AS a USING (account)
LEFT JOIN (
    SELECT unit, quantity
    FROM allowances.cap
    QUALIFY row_number() OVER (PARTITION BY unit ORDER BY commit_no DESC, ordinal DESC) = 1
) AS c USING (unit)
WHERE a.market = ?
GROUP BY b.unit
ORDER BY b.unit

-- Purpose: what a stream came to in each month, as sent, and the CO2 that stands of it (the largest
-- of its method editions, in grams). Accruals and stocks are left out.
-- Parameters: $first, $last (months). Grain: enterprise, facility, carrier, flow, unit, gas
-- condition, month.
WITH co2 AS (
    SELECT activity_commit, activity_ordinal, max(value) AS value
    FROM (
        SELECT e.activity_commit, e.activity_ordinal, r.method_edition, sum(e.value) AS value
        FROM emissions.live_entry AS e
        JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
        WHERE r.measure = 'CO2' AND r.counted AND e.month BETWEEN $first AND $last
        GROUP BY e.activity_commit, e.activity_ordinal, r.method_edition
    )
    GROUP BY activity_commit, activity_ordinal
)
SELECT
    a.enterprise_id, a.facility, a.carrier, a.flow, a.unit, a.gas_condition, a.month,
    sum(a.quantity) AS quantity,
    coalesce(sum(c.value), 0)::HUGEINT AS grams
FROM emissions.live_activity AS a
LEFT JOIN co2 AS c ON c.activity_commit = a.commit_no AND c.activity_ordinal = a.ordinal
WHERE a.month BETWEEN $first AND $last
    AND a.data_kind <> 'accrued'
    AND a.flow NOT IN ('opening_stock', 'closing_stock')
GROUP BY ALL
ORDER BY ALL

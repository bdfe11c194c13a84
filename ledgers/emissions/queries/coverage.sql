-- Purpose: which days of each month a stream's standing rows cover, as bits (bit d−1 is day d):
-- `covered` by rows of their own, `accrued` by accruals, `overlapping` by two different periods or
-- kinds of evidence of the same meter; `waiting` by rows that wait for a closed month. Stocks are
-- points in time and cover nothing, nor does a negative row that corrects another.
-- Parameters: $months; $enterprise ('' = every one).
-- Grain: enterprise, facility, device, carrier, flow, month.
WITH span AS (
    SELECT DISTINCT
        enterprise_id, facility, device, carrier, flow, month,
        CASE WHEN data_kind = 'accrued' THEN 'accrued' ELSE 'real' END AS state,
        evidence_kind, period_start, period_end
    FROM emissions.live_activity
    WHERE list_contains($months::VARCHAR[], month)
        AND flow NOT IN ('opening_stock', 'closing_stock')
        AND NOT (correction_of <> '' AND quantity < 0)
        AND ($enterprise = '' OR enterprise_id = $enterprise)
    UNION
    SELECT DISTINCT
        enterprise_id, facility, device, carrier, flow, month, 'waiting' AS state,
        evidence_kind, period_start, period_end
    FROM emissions.still_waiting
    WHERE list_contains($months::VARCHAR[], month)
        AND flow NOT IN ('opening_stock', 'closing_stock')
        AND NOT (correction_of <> '' AND quantity < 0)
        AND ($enterprise = '' OR enterprise_id = $enterprise)
),
reported AS (
    SELECT enterprise_id, facility, device, carrier, flow, month, state, day, count(*) AS spans
    FROM (
        SELECT
            enterprise_id, facility, device, carrier, flow, month, state,
            unnest(range(day(period_start), day(period_end) + 1)) AS day
        FROM span
    )
    GROUP BY ALL
)
SELECT
    enterprise_id, facility, device, carrier, flow, month,
    coalesce(bit_or(1::BIGINT << (day - 1)) FILTER (state = 'real'), 0) AS covered,
    coalesce(bit_or(1::BIGINT << (day - 1)) FILTER (state = 'accrued'), 0) AS accrued,
    coalesce(bit_or(1::BIGINT << (day - 1)) FILTER (state = 'waiting'), 0) AS waiting,
    coalesce(bit_or(1::BIGINT << (day - 1)) FILTER (state = 'real' AND spans > 1), 0)
    AS overlapping
FROM reported
GROUP BY enterprise_id, facility, device, carrier, flow, month
ORDER BY ALL

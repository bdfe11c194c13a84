-- Purpose: in which months a stream has standing rows of its own, accruals left out.
-- Parameters: $first, $last (months); $enterprise ('' = every one).
-- Grain: enterprise, facility, device, carrier, flow.
SELECT enterprise_id, facility, device, carrier, flow, list(DISTINCT month ORDER BY month) AS months
FROM emissions.live_activity
WHERE month BETWEEN $first AND $last
    AND data_kind <> 'accrued'
    AND flow NOT IN ('opening_stock', 'closing_stock')
    AND ($enterprise = '' OR enterprise_id = $enterprise)
GROUP BY ALL
ORDER BY ALL

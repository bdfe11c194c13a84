-- Purpose: what enterprises that generate electricity report of a month, gathered for the
-- efficiency of their plants (PW-01): what they generated and supplied, and the fuel with its
-- measured heating values. Corrections are left out, since they change other rows.
-- Parameters: view typed.
-- Grain: (enterprise, month, carrier, flow, units as written); `row_no` is its first row.
WITH plants AS (
    SELECT DISTINCT enterprise_id, date_trunc('month', period_start) AS month
    FROM typed
    WHERE carrier = 'electricity' AND flow = 'conversion_output'
)
SELECT
    t.enterprise_id,
    CAST(strftime(t.period_start, '%Y-%m') AS VARCHAR) AS month,
    t.carrier,
    t.flow,
    t.unit,
    CASE WHEN t.ncv IS NULL THEN '' ELSE t.ncv_unit END AS ncv_unit,
    t.gas_condition,
    t.ncv IS NOT NULL AS tested,
    sum(CAST(t.quantity AS DOUBLE)) AS quantity,
    sum(CAST(t.quantity AS DOUBLE) * CAST(t.ncv AS DOUBLE)) AS heat,
    min({'source': t.source, 'sheet': t.sheet, 'row_no': t.row_no}) AS place
FROM typed AS t
JOIN plants AS p
    ON p.enterprise_id = t.enterprise_id AND p.month = date_trunc('month', t.period_start)
WHERE t.correction_of = ''
    AND date_trunc('month', t.period_start) = date_trunc('month', t.period_end)
    AND t.flow IN ('conversion_output', 'conversion_input', 'consumption')
GROUP BY ALL
ORDER BY ALL;

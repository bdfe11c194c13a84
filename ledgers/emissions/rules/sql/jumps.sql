-- Purpose: months in hand that are far from an earlier month of the same enterprise, facility,
-- carrier and flow (TR-01: the month before, TR-02: the same month of the year before), in hand
-- or else in the ledger. A bill across months counts in each by its days, and what is compared
-- is the average of the days that were reported, for a month may be there in part.
-- Parameters: temp tables rule_total, rule_place; $rule, $months_back, $ratio.
-- Grain: one (enterprise, facility, carrier, flow, month), at its first row.
INSERT INTO faults BY NAME
WITH monthly AS (
    SELECT
        origin, enterprise_id, facility, carrier, flow, scale_unit, month,
        least(sum(shared_days), max(day(last_day(month)))) AS days,
        sum(
            quantity * shared_days / (last_day - first_day + 1) ORDER BY period_first, period_last
        ) AS quantity
    FROM (
        SELECT
            *,
            least(last_day, last_day(month)) - greatest(first_day, month) + 1 AS shared_days
        FROM (
            SELECT
                *,
                CAST(unnest(generate_series(
                    date_trunc('month', CAST(first_day AS TIMESTAMP)),
                    CAST(last_day AS TIMESTAMP),
                    INTERVAL 1 MONTH
                )) AS DATE) AS month
            FROM rule_total
            WHERE flow NOT IN ('opening_stock', 'closing_stock') AND last_day - first_day < 1100
        )
    )
    GROUP BY ALL
),
best AS (
    SELECT * EXCLUDE (origin)
    FROM monthly
    QUALIFY row_number() OVER (
        PARTITION BY enterprise_id, facility, carrier, flow, scale_unit, month ORDER BY origin
    ) = 1
),
compared AS (
    SELECT
        now.*, before.quantity AS earlier, before.days AS earlier_days,
        before.month AS earlier_month,
        (now.quantity / now.days) / (before.quantity / before.days) AS times
    FROM monthly AS now
    JOIN best AS before
        ON before.enterprise_id = now.enterprise_id
        AND before.facility = now.facility
        AND before.carrier = now.carrier
        AND before.flow = now.flow
        AND before.scale_unit = now.scale_unit
        AND before.month = CAST(now.month - to_months(CAST($months_back AS INTEGER)) AS DATE)
    WHERE now.origin = 'hand' AND before.quantity > 0
),
jumped AS (
    SELECT * FROM compared WHERE times > $ratio OR times * $ratio < 1
)
SELECT
    p.place.source AS source, p.place.sheet AS sheet, p.place.row_no AS row_no,
    'quantity' AS column_name, $rule AS rule, 'W' AS severity,
    format('{:.3f}', j.quantity) || ' ' || j.scale_unit AS seen,
    CAST(
        to_json({
            'days': CAST(j.days AS VARCHAR),
            'earlier': format('{:.3f}', j.earlier),
            'earlier_days': CAST(j.earlier_days AS VARCHAR),
            'earlier_month': strftime(j.earlier_month, '%Y-%m'),
            'limit': format('{:.1f}', $ratio),
            'month': strftime(j.month, '%Y-%m'),
            'quantity': format('{:.3f}', j.quantity),
            'ratio': format('{:.2f}', j.times),
            'unit': j.scale_unit
        }) AS VARCHAR
    ) AS facts
FROM jumped AS j
JOIN rule_place AS p
    ON p.enterprise_id = j.enterprise_id
    AND p.facility = j.facility
    AND p.carrier = j.carrier
    AND p.flow = j.flow
    AND p.month = j.month

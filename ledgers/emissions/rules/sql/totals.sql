-- Purpose: exact totals of the rows in hand and of the ledger, by what was counted and when. Rows
-- within one month share that month as their `period`; a bill across months keeps its own days.
-- first_day and last_day are the days that the rows themselves name.
-- Rows that a later file in hand replaces do not count.
-- Parameters: temp tables rule_summary, rule_case, rule_replaced, rule_scale; view rule_ledger.
-- Grain: (origin, enterprise, facility, carrier, flow, unit of the scale, period).
CREATE OR REPLACE TEMP TABLE rule_total AS
WITH rows_of_both AS (
    SELECT
        'hand' AS origin, enterprise_id, facility, carrier, flow, unit, gas_condition,
        period_start, period_end, quantity
    FROM rule_summary
    JOIN rule_case USING (case_id)
    ANTI JOIN rule_replaced USING (case_id, period_start, period_end)
    WHERE quantity IS NOT NULL AND period_start <= period_end
    UNION ALL
    SELECT
        'ledger' AS origin, enterprise_id, facility, carrier, flow, unit, gas_condition,
        period_start, period_end, quantity
    FROM rule_ledger
    WHERE abs(quantity) < 1000000000000000
),
summed AS (
    SELECT
        origin, enterprise_id, facility, carrier, flow, unit, gas_condition,
        CASE WHEN date_trunc('month', period_start) = date_trunc('month', period_end)
            THEN CAST(date_trunc('month', period_start) AS DATE) ELSE period_start
        END AS period_first,
        CASE WHEN date_trunc('month', period_start) = date_trunc('month', period_end)
            THEN last_day(period_end) ELSE period_end
        END AS period_last,
        min(period_start) AS first_day,
        max(period_end) AS last_day,
        sum(quantity) AS quantity
    FROM rows_of_both
    GROUP BY ALL
)
SELECT
    t.origin, t.enterprise_id, t.facility, t.carrier, t.flow, t.period_first, t.period_last,
    s.scale_unit,
    min(t.first_day) AS first_day,
    max(t.last_day) AS last_day,
    sum(CAST(t.quantity AS DOUBLE) * s.scale ORDER BY t.unit, t.gas_condition) AS quantity
FROM summed AS t
JOIN rule_scale AS s
    ON s.carrier = t.carrier AND s.unit = t.unit AND s.gas_condition = t.gas_condition
GROUP BY ALL

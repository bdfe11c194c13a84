-- Purpose: the first row in hand of each month of what is compared with earlier months.
-- Parameters: temp tables rule_summary, rule_case, rule_replaced.
-- Grain: (enterprise, facility, carrier, flow, month of the last day).
CREATE OR REPLACE TEMP TABLE rule_place AS
SELECT
    enterprise_id, facility, carrier, flow, CAST(date_trunc('month', period_end) AS DATE) AS month,
    min({'source': source, 'sheet': sheet, 'row_no': row_no}) AS place
FROM rule_summary
JOIN rule_case USING (case_id)
ANTI JOIN rule_replaced USING (case_id, period_start, period_end)
GROUP BY ALL

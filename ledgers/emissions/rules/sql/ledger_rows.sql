-- Purpose: the standing rows of the ledger in the months that months in hand are compared with:
-- each month in hand, the one before it and the same one of the year before.
-- Parameters: views typed, emissions.live_activity.
-- Grain: one activity.
CREATE OR REPLACE TEMP VIEW rule_ledger AS
WITH in_hand AS (
    SELECT DISTINCT date_trunc('month', period_end) AS month FROM typed
),
compared AS (
    SELECT DISTINCT strftime(month - to_months(back), '%Y-%m') AS month
    FROM in_hand
    CROSS JOIN (VALUES (0), (1), (12)) AS backs (back)
)
SELECT
    a.enterprise_id, a.facility, a.carrier, a.flow, a.unit, a.gas_condition, a.period_start,
    a.period_end, a.quantity
FROM emissions.live_activity AS a
SEMI JOIN compared USING (month)

-- Purpose: every part of every bill that was posted or waits, a part posted from waiting once.
-- Parameters: none. Grain: one part of one bill in one commit.
SELECT
    source, sheet, row_no, bill_start, bill_end, bill_quantity::VARCHAR, period_start, period_end,
    quantity::VARCHAR
FROM emissions.activity
WHERE bill_start IS NOT NULL
UNION ALL
SELECT
    source, sheet, row_no, bill_start, bill_end, bill_quantity::VARCHAR, period_start, period_end,
    quantity::VARCHAR
FROM emissions.still_waiting
WHERE bill_start IS NOT NULL
ORDER BY source, sheet, row_no, period_start;

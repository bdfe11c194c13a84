-- Purpose: every row of the run as it will be posted or kept waiting: whole rows as they came,
-- bills in parts, readings as sums of a day. `tier` (数据质量等级) is that of the quantity: 1
-- metered, 2 invoice or settlement, 3 the enterprise's own record or a calculation, 4 an estimate.
-- Parameters: variables month, first_day; view kept; temp tables special, refused_row,
-- refused_source (bills and sums are refused after they were prepared).
-- Grain: one prepared row.
CREATE OR REPLACE TEMP VIEW prepared AS
SELECT
    *,
    NULL::BIGINT AS waiting_commit,
    NULL::BIGINT AS waiting_ordinal,
    CASE
        WHEN data_kind IN ('estimated', 'accrued') THEN 4
        WHEN data_kind = 'calculated' THEN 3
        WHEN evidence_kind = 'meter' THEN 1
        WHEN evidence_kind IN ('invoice', 'settlement') THEN 2
        ELSE 3
    END::TINYINT AS tier
FROM (
    SELECT
        *,
        getvariable('month') AS month,
        row_no AS row_last,
        1::INTEGER AS row_count,
        NULL::DATE AS bill_start,
        NULL::DATE AS bill_end,
        NULL::DECIMAL(38, 12) AS bill_quantity
    FROM kept
    WHERE starts_at IS NULL AND period_start >= getvariable('first_day')
    UNION ALL BY NAME
    SELECT *, NULL::BIGINT AS position
    FROM special
    ANTI JOIN refused_row USING (source, sheet, row_no)
    ANTI JOIN refused_source USING (source)
);

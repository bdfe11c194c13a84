-- Purpose: split a bill that spans months by days, both end days counted. Part k is
-- Q × (days to the end of k) / D rounded half up to 12 decimals, minus the parts before, in
-- integers of 10^-12, so that the parts sum to Q exactly. A negative bill is split as its mirror.
-- Parameters: variable first_day; view kept.
-- Grain: one part, within one month, of one bill.
INSERT INTO special BY NAME
WITH bill AS (
    SELECT
        *,
        trunc(quantity)::HUGEINT * 1000000000000
        + ((quantity - trunc(quantity)) * 1000000000000)::HUGEINT AS mantissa,
        (period_end - period_start + 1)::HUGEINT AS days
    FROM kept
    WHERE starts_at IS NULL AND period_start < getvariable('first_day')
),
part AS (
    SELECT
        bill.*,
        greatest(period_start, start::DATE) AS part_start,
        least(period_end, last_day(start::DATE)) AS part_end
    FROM bill, LATERAL (
        SELECT unnest(
            generate_series(date_trunc('month', period_start), period_end, INTERVAL 1 MONTH)
        ) AS start
    )
),
share AS (
    SELECT
        *,
        sign(mantissa)::HUGEINT * (
            (2 * abs(mantissa) * (part_end - period_start + 1) + days) // (2 * days)
            - (2 * abs(mantissa) * (part_start - period_start) + days) // (2 * days)
        ) AS part_mantissa
    FROM part
)
SELECT
    * EXCLUDE (
        mantissa, days, part_start, part_end, part_mantissa, position, quantity, period_start,
        period_end
    ),
    strftime(part_start, '%Y-%m') AS month,
    row_no AS row_last,
    1 AS row_count,
    period_start AS bill_start,
    period_end AS bill_end,
    quantity AS bill_quantity,
    part_start AS period_start,
    part_end AS period_end,
    part_mantissa * 0.000000000001::DECIMAL(13, 12) AS quantity
FROM share
ORDER BY source, sheet, row_no, part_start;

-- Purpose: what kinds of rows a run holds, so that the rare kinds cost nothing when absent.
-- Parameters: none beyond those of `kept`.
-- Grain: one row.
SELECT
    count(*) AS rows,
    count_if(starts_at IS NULL AND period_start >= getvariable('first_day')) AS whole,
    count_if(starts_at IS NULL AND period_start < getvariable('first_day')) AS bills,
    count_if(starts_at IS NOT NULL) AS readings,
    coalesce(min(period_start), getvariable('first_day')) AS first_day
FROM kept;

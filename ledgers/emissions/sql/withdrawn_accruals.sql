-- Purpose: accruals (暂估) of which a real value has come for any of their days, whatever its
-- evidence and period: the whole accrual goes, and days that are still missing are missing again.
-- Parameters: temp table stream_row. Grain: one activity.
INSERT INTO withdrawn
SELECT r.activity_commit, r.activity_ordinal, 'accrual', any_value(r.source), max(n.source)
FROM stream_row AS r
JOIN stream_row AS n
    ON n.sign = 1 AND NOT n.accrued AND n.meter = r.meter
    AND n.period_start <= r.period_end AND n.period_end >= r.period_start
WHERE r.sign = -1 AND r.accrued
GROUP BY r.activity_commit, r.activity_ordinal;

-- Purpose: rows that come in the place of accruals, with the cause that their entries carry.
-- Parameters: temp tables stream_row, withdrawn. Grain: one row of a file.
INSERT INTO replacing_row
SELECT DISTINCT n.source, n.sheet, n.row_no, 'accrual'
FROM stream_row AS n
JOIN stream_row AS r
    ON r.sign = -1 AND n.meter = r.meter
    AND n.period_start <= r.period_end AND n.period_end >= r.period_start
SEMI JOIN (FROM withdrawn WHERE cause = 'accrual') AS w
    ON w.activity_commit = r.activity_commit AND w.activity_ordinal = r.activity_ordinal
WHERE n.sign = 1 AND NOT n.accrued;

-- Purpose: what was found in a month's rows. Parameters: $faults (list of fault files).
-- Grain: one rule with one severity.
SELECT
    rule, severity,
    count(DISTINCT (source, sheet, row_no)) AS rows,
    count(DISTINCT source) AS files
FROM read_parquet($faults::VARCHAR[])
GROUP BY rule, severity
ORDER BY severity, rows DESC, rule;

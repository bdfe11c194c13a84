-- Purpose: how many rows of each file were faulty, by month and rule.
-- Parameters: none; runs on a published copy.
-- Grain: month, source file, rule, severity.
CREATE OR REPLACE TABLE read_model.fault_month AS
SELECT
    c.month,
    r.source,
    r.rule,
    r.severity,
    count(DISTINCT (r.sheet, r.row_no)) AS fault_rows
FROM emissions.rejection AS r
JOIN journal.commit AS c ON c.commit_no = r.commit_no
GROUP BY ALL
ORDER BY ALL

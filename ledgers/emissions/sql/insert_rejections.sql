-- Purpose: record the faults of a commit. Parameters: $commit_no; temp table new_fault.
-- Grain: one fault.
INSERT INTO emissions.rejection
SELECT
    $commit_no,
    row_number() OVER (ORDER BY source, sheet, row_no, column_name, rule, facts) - 1,
    source, sheet, row_no, column_name, rule, severity, seen, facts
FROM new_fault
ORDER BY 2;

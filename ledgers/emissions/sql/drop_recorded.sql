-- Purpose: of the faults of this commit, only those that no earlier commit recorded.
-- Parameters: temp table new_fault. Grain: one fault.
CREATE OR REPLACE TEMP TABLE new_fault AS
FROM (FROM new_fault)
ANTI JOIN emissions.rejection
    USING (source, sheet, row_no, column_name, rule, severity, seen, facts);

-- Purpose: the faults that reading, typing and the declared rules found in the files of a run.
-- Parameters: variable fault_paths (list of Parquet files). Grain: one fault.
CREATE OR REPLACE TEMP VIEW fault AS
SELECT source, sheet, row_no, column_name, rule, severity, seen, facts
FROM read_parquet(getvariable('fault_paths'));

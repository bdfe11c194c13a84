-- Purpose: the typed rows of a run, as the intake wrote them.
-- Parameters: variable typed_paths (list of Parquet files).
-- Grain: one row of a file.
CREATE OR REPLACE TEMP VIEW typed AS
SELECT * EXCLUDE (file_row_number), file_row_number AS position
FROM read_parquet(getvariable('typed_paths'), file_row_number = true);

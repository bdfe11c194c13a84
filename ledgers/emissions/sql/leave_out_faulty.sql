-- Purpose: leave out the rows of refused cases. Parameters: temp table case_fault.
-- Grain: one row (or sum of rows) of a file.
INSERT INTO left_out
SELECT source, sheet, row_no, max(rows), 'rejected' FROM case_fault GROUP BY source, sheet, row_no;

-- Purpose: what was left out (rejected or unchanged) is no longer prepared. Parameters: temp
-- table left_out. Grain: one row (or sum of rows) of a file.
INSERT INTO refused_row
SELECT DISTINCT source, sheet, row_no FROM left_out;

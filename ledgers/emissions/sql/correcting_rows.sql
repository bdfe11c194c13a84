-- Purpose: the entries of correcting rows carry the cause. Parameters: view prepared_open.
-- Grain: one row of a file.
INSERT INTO replacing_row
SELECT DISTINCT source, sheet, row_no, 'correction' FROM prepared_open WHERE correction_of <> '';

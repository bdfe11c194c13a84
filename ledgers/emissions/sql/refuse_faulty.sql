-- Purpose: leave out rows with a fault that rejects. Parameters: view fault.
-- Grain: one row of a file.
INSERT INTO refused_row
SELECT DISTINCT source, sheet, row_no FROM fault WHERE severity = 'E' AND row_no > 0;

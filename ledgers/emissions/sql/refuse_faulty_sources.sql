-- Purpose: leave out files with a fault that rejects the whole file. Parameters: view fault.
-- Grain: one file.
INSERT INTO refused_source
SELECT DISTINCT source FROM fault WHERE severity = 'E' AND row_no = 0;

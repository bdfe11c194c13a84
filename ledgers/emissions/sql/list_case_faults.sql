-- Purpose: the faults of refused cases beside those found before. Parameters: temp table
-- case_fault. Grain: one fault.
INSERT INTO new_fault
SELECT DISTINCT source, sheet, row_no, column_name, rule, 'E', seen, facts FROM case_fault;

-- Purpose: rows whose units cannot be what their columns need (UN-01, UN-02).
-- Parameters: temp tables rule_failing, rule_unit_fault.
-- Grain: one fault of one row.
INSERT INTO faults BY NAME
SELECT r.source, r.sheet, r.row_no, f.column_name, f.rule, f.severity, f.seen, f.facts
FROM rule_failing AS r
JOIN rule_unit_fault AS f ON f.shape_id = r.shape_id
WHERE f.severity = 'E'

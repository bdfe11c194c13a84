-- Purpose: the rows of cases that cannot be resolved or proved become faults; a sum of readings is
-- named by its first row.
-- Parameters: lists $cases, $rules, $columns, $seen, $facts of one length; view keyed; temp table
-- found_case. Grain: one row and case.
INSERT INTO case_fault
SELECT r.source, r.sheet, r.row_no, r.row_count, x.column_name, x.rule, x.seen, x.facts
FROM keyed AS r
JOIN found_case AS c
    ON c.profile_id = r.profile_id AND c.own_facility = r.own_facility
    AND c.month = r.month AND c.first_bucket = r.first_bucket
    AND c.last_bucket = r.last_bucket AND c.carrier = r.carrier AND c.flow = r.flow
    AND c.unit = r.unit AND c.mask = r.mask AND c.measured_units = r.measured_units
    AND c.coal_basis = r.coal_basis AND c.gas_condition = r.gas_condition
    AND c.beside = r.beside
JOIN (
    SELECT
        unnest($cases::INTEGER[]) AS case_id, unnest($rules::VARCHAR[]) AS rule,
        unnest($columns::VARCHAR[]) AS column_name, unnest($seen::VARCHAR[]) AS seen,
        unnest($facts::VARCHAR[]) AS facts
) AS x ON x.case_id = c.case_id;

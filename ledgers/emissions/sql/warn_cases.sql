-- Purpose: rows that no method applies to are kept as activities without emission; one warning
-- for each file and case, at its first row, says how many they are.
-- Parameters: lists $cases, $columns, $seen, $facts of one length; view keyed; table found_case.
-- Grain: one sheet of one file and case.
INSERT INTO new_fault
SELECT
    r.source, r.sheet, min(r.row_no), any_value(x.column_name), 'FA-04', 'W', any_value(x.seen),
    json_merge_patch(
        any_value(x.facts),
        json_object('rows', sum(r.row_count)::BIGINT, 'enterprise_id', min(r.enterprise_id))
    )::VARCHAR
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
        unnest($cases::INTEGER[]) AS case_id, unnest($columns::VARCHAR[]) AS column_name,
        unnest($seen::VARCHAR[]) AS seen, unnest($facts::VARCHAR[]) AS facts
) AS x ON x.case_id = c.case_id
GROUP BY r.source, r.sheet, c.case_id;

-- Purpose: rows of the commit in the making that a case or a result refuses after all.
-- Parameters: lists $cases, $rules, $columns, $seen, $facts of one length; views keyed, sum_row;
-- temp table found_case. Grain: one fault.
SELECT DISTINCT
    r.source, r.sheet, coalesce(s.row_no, r.row_no) AS row_no, x.column_name, x.rule, 'E' AS severity, x.seen,
    json_merge_patch(json_object('enterprise_id', r.enterprise_id), x.facts)::VARCHAR AS facts
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
) AS x ON x.case_id = c.case_id
LEFT JOIN sum_row AS s
    ON r.row_count > 1 AND s.source = r.source AND s.sheet = r.sheet AND s.first_row = r.row_no;

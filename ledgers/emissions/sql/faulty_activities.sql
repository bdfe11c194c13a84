-- Purpose: the activities of cases that have no factor or proof. Parameters: $cases (list of ids);
-- view keyed; temp table found_case. Grain: one activity.
SELECT r.activity_commit, r.activity_ordinal
FROM keyed AS r
JOIN found_case AS c
    ON c.profile_id = r.profile_id AND c.own_facility = r.own_facility
    AND c.month = r.month AND c.first_bucket = r.first_bucket
    AND c.last_bucket = r.last_bucket AND c.carrier = r.carrier AND c.flow = r.flow
    AND c.unit = r.unit AND c.mask = r.mask AND c.measured_units = r.measured_units
    AND c.coal_basis = r.coal_basis AND c.gas_condition = r.gas_condition
    AND c.beside = r.beside
WHERE list_contains($cases::INTEGER[], c.case_id);

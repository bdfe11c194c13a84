-- Purpose: the live entries of the rows that were calculated again, with what makes them what
-- they are. Rows of cases that have no kernel now because of a fault are left as they stand.
-- Parameters: $faulty (list of case ids); views keyed, live_entry; temp table found_case.
-- Grain: one entry.
CREATE OR REPLACE TEMP TABLE standing AS
SELECT
    e.commit_no, e.ordinal, e.activity_commit, e.activity_ordinal, e.value,
    p.method_edition, p.method, p.measure, p.parameters
FROM emissions.live_entry AS e
JOIN emissions.resolution AS p ON p.resolution_id = e.resolution_id
JOIN (
    SELECT r.activity_commit, r.activity_ordinal
    FROM keyed AS r
    JOIN found_case AS c
        ON c.profile_id = r.profile_id AND c.own_facility = r.own_facility
        AND c.month = r.month AND c.first_bucket = r.first_bucket
        AND c.last_bucket = r.last_bucket AND c.carrier = r.carrier AND c.flow = r.flow
        AND c.unit = r.unit AND c.mask = r.mask AND c.measured_units = r.measured_units
        AND c.coal_basis = r.coal_basis AND c.gas_condition = r.gas_condition
        AND c.beside = r.beside
    WHERE NOT list_contains($faulty::INTEGER[], c.case_id)
) AS a ON a.activity_commit = e.activity_commit AND a.activity_ordinal = e.activity_ordinal;

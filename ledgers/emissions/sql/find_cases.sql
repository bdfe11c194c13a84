-- Purpose: the distinct cases of the rows of `keyed`, in one pass.
-- Parameters: view keyed. Grain: one case; few hundred, however many rows there are.
CREATE OR REPLACE TEMP TABLE found_case AS
SELECT
    row_number() OVER (
        ORDER BY
            profile_id, own_facility, month, first_bucket, last_bucket, carrier, flow, unit, mask,
            measured_units, coal_basis, gas_condition, beside
    )::INTEGER AS case_id,
    *
FROM (
    SELECT
        profile_id, own_facility, month, first_bucket, last_bucket, carrier, flow, unit, mask,
        measured_units, coal_basis, gas_condition, beside,
        min(period_start) AS period_start,
        max(period_end) AS period_end,
        count(*) AS rows
    FROM keyed
    GROUP BY
        profile_id, own_facility, month, first_bucket, last_bucket, carrier, flow, unit, mask,
        measured_units, coal_basis, gas_condition, beside
);

-- Purpose: the calculation: every row joined to the kernels of its case, in whole quanta. Where
-- the double may stand on the wrong side of a half, a plain kernel is computed in integers here;
-- `value` stays NULL where that cannot be or overflows, and is then computed outside.
-- Parameters: view keyed (of posted activities); temp tables found_case, kernel.
-- Grain: one measure of one activity.
CREATE OR REPLACE TEMP TABLE calculated AS
SELECT
    activity_commit,
    activity_ordinal,
    month,
    resolution_id,
    proof_id,
    CASE
        WHEN isfinite(quanta)
            AND abs(abs(quanta) - floor(abs(quanta)) - 0.5) > 1e-6 + abs(quanta) * slack
        THEN quanta::BIGINT
        WHEN parts IS NOT NULL
        THEN TRY((
            sign(quantity) * sign(times)
            * ((2 * (abs(quantity) * 1000000000000)::HUGEINT * abs(times) + parts) // (2 * parts))
        )::BIGINT)
    END AS value,
    tier
FROM (
    SELECT
        r.activity_commit,
        r.activity_ordinal,
        r.month,
        k.resolution_id,
        k.proof_id,
        k.slack,
        k.times,
        k.parts,
        r.quantity,
        least(r.tier + k.lowered, 5)::TINYINT AS tier,
        k.constant * CASE WHEN k.plain THEN r.amount ELSE
            affine_term(r.quantity, k.at_quantity)
            * affine_term(r.ncv, k.at_ncv)
            * affine_term(r.carbon_content, k.at_carbon_content)
            * affine_term(r.elemental_carbon, k.at_elemental_carbon)
            * affine_term(r.oxidation_rate, k.at_oxidation_rate)
            * affine_term(r.moisture, k.at_moisture)
            * affine_term(r.pressure, k.at_pressure)
            * affine_term(r.temperature, k.at_temperature)
            * affine_term(r.enthalpy, k.at_enthalpy)
        END AS quanta
    FROM (SELECT *, quantity::DOUBLE AS amount FROM keyed) AS r
    JOIN found_case AS c
        ON c.profile_id = r.profile_id AND c.own_facility = r.own_facility
        AND c.month = r.month AND c.first_bucket = r.first_bucket
        AND c.last_bucket = r.last_bucket AND c.carrier = r.carrier AND c.flow = r.flow
        AND c.unit = r.unit AND c.mask = r.mask AND c.measured_units = r.measured_units
        AND c.coal_basis = r.coal_basis AND c.gas_condition = r.gas_condition
        AND c.beside = r.beside
    JOIN kernel AS k ON k.case_id = c.case_id
);

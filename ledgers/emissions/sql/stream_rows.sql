-- Purpose: the rows of shared enterprises on both sides: +1 what came, -1 what stands.
-- A stream (数据流) is enterprise, facility, device, carrier, flow, kind of evidence and period as
-- sent (a bill's own period, not its part). Corrections follow what they name instead.
-- Parameters: $sources (list of sha256 of the batch); views prepared_open, live_activity; temp
-- table overlap. Grain: one row of either side.
CREATE OR REPLACE TEMP TABLE stream_row AS
WITH side AS (
    SELECT 1 AS sign, NULL::BIGINT AS activity_commit, NULL::BIGINT AS activity_ordinal, *
    FROM (SELECT * EXCLUDE (position) FROM prepared_open)
    UNION ALL BY NAME
    SELECT
        -1 AS sign, commit_no AS activity_commit, ordinal AS activity_ordinal,
        * EXCLUDE (commit_no, ordinal)
    FROM emissions.live_activity
    SEMI JOIN (SELECT DISTINCT month FROM prepared_open) USING (month)
    ANTI JOIN (SELECT unnest($sources::VARCHAR[]) AS source) USING (source)
)
SELECT
    sign, activity_commit, activity_ordinal, source, sheet, row_no, row_count,
    (
        enterprise_id, facility, device, carrier, flow, coalesce(bill_start, period_start),
        coalesce(bill_end, period_end)
    ) AS stream,
    evidence_kind,
    data_kind = 'accrued' AS accrued,
    (enterprise_id, facility, device, carrier, flow) AS meter,
    period_start,
    period_end,
    (
        month, period_start, quantity, unit, ncv, ncv_unit, carbon_content, carbon_content_unit,
        elemental_carbon, elemental_carbon_unit, oxidation_rate, oxidation_rate_unit, moisture,
        moisture_unit, pressure, pressure_unit, temperature, temperature_unit, enthalpy,
        enthalpy_unit, coal_basis, gas_condition, data_kind = 'accrued'
    ) AS content
FROM side
SEMI JOIN overlap USING (enterprise_id)
WHERE correction_of = '';

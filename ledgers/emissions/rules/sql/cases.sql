-- Purpose: what rows in hand are about, numbered, so that millions of days need carry one number.
-- `stream` numbers what is reported on and on: a case without its file, unit and condition.
-- Parameters: view typed.
-- Grain: (sheet of a file, stream, unit, gas condition, whether it corrects).
CREATE OR REPLACE TEMP TABLE rule_case AS
SELECT
    *,
    row_number() OVER () AS case_id,
    dense_rank() OVER (
        ORDER BY enterprise_id, facility, device, carrier, flow, evidence_kind
    ) AS stream
FROM (
    SELECT DISTINCT
        source, sheet, enterprise_id, facility, device, carrier, flow, evidence_kind, unit,
        gas_condition, correction_of <> '' AS corrects
    FROM typed
)

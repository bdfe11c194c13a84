-- Purpose: the rows of a ledger where there is none.
-- Parameters: none.
-- Grain: no row.
CREATE OR REPLACE TEMP VIEW rule_ledger AS
SELECT
    '' AS enterprise_id, '' AS facility, '' AS carrier, '' AS flow, '' AS unit,
    '' AS gas_condition, CAST(NULL AS DATE) AS period_start, CAST(NULL AS DATE) AS period_end,
    CAST(0 AS DECIMAL(38, 12)) AS quantity
WHERE FALSE

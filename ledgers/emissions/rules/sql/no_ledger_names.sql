-- Purpose: the names of rows of a ledger where there is none.
-- Parameters: none.
-- Grain: no row.
CREATE OR REPLACE TEMP VIEW rule_ledger_names AS
SELECT
    '' AS enterprise_id, '' AS source, 0 AS row_no, 0 AS row_last, '' AS evidence,
    '' AS activity_id
WHERE FALSE

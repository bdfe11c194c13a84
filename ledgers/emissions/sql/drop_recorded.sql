-- Purpose: of the faults of this commit, only those that no earlier commit recorded. Whose row it is
-- is left out of the comparison, for early records do not say it.
-- Parameters: temp table new_fault. Grain: one fault.
CREATE OR REPLACE TEMP TABLE new_fault AS
SELECT n.* EXCLUDE (said)
FROM (
    SELECT *, json_merge_patch(facts, '{"enterprise_id": null}')::VARCHAR AS said FROM new_fault
) AS n
ANTI JOIN (
    SELECT
        r.source, r.sheet, r.row_no, r.column_name, r.rule, r.severity, r.seen,
        json_merge_patch(r.facts, '{"enterprise_id": null}')::VARCHAR AS said
    FROM emissions.rejection AS r
    SEMI JOIN (SELECT DISTINCT source FROM new_fault) USING (source)
) AS r
    ON r.source = n.source AND r.sheet = n.sheet AND r.row_no = n.row_no
    AND r.column_name = n.column_name AND r.rule = n.rule AND r.severity = n.severity
    AND r.seen = n.seen AND r.said = n.said;
